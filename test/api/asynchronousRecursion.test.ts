import { createRequire } from 'node:module'
import type { App } from 'lambent'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const require = createRequire(import.meta.url)
const sdk = (name: string): string => JSON.stringify(require.resolve(`@aws-sdk/client-${name}`))

/** The SDK, unchanged, passes the chain on: it reads the trace header from the environment. */
const HANDLERS = `
const { LambdaClient, InvokeCommand } = require(${sdk('lambda')})
const { SQSClient, SendMessageCommand } = require(${sdk('sqs')})
const lambda = new LambdaClient({ maxAttempts: 1 })
const sqs = new SQSClient({})
const call = (name, type) => lambda.send(new InvokeCommand({ FunctionName: name, InvocationType: type, Payload: '{}' }))
exports.again = async () => { await call('again', 'Event') }
exports.ping = async () => { await call('pong', 'Event') }
exports.pong = async () => { await call('ping', 'Event') }
exports.deeper = async () => {
  try {
    const { Payload } = await call('deeper', 'RequestResponse')
    return JSON.parse(Buffer.from(Payload).toString())
  } catch (error) {
    return { name: error.name, status: error.$metadata.httpStatusCode, type: error.Type }
  }
}
exports.resend = async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: 'once more' }))
}
exports.line = async () => 'done'
`

const project = {
  'lambda.yml': `
service: loops
provider: { timeout: 30, environment: { QUEUE: loop } }
functions:
  again: { handler: handlers.again, onError: sqs:dead, destinations: { onFailure: sqs:failed } }
  ping: { handler: handlers.ping, onError: sqs:dead }
  pong: { handler: handlers.pong }
  deeper: { handler: handlers.deeper }
  resend: { handler: handlers.resend, events: [{ sqs: loop }] }
  line: { handler: handlers.line }
resources:
  queues:
    dead: {}
    failed: {}
    loop: { visibilityTimeout: 40, redrive: { queue: dead, maxReceiveCount: 1 } }
`,
  'handlers.js': HANDLERS,
}

const runsOf = (app: App, name: string): number =>
  app.ledger.latest().filter((entry) => entry.kind === 'invocationEnded' && entry.functionName === name)
    .length

const figuresOf = (app: App, name: string) => app.status().functions.find((one) => one.name === name)?.figures

test('a function that invokes itself asynchronously is stopped after 16 runs; the event goes where failures go', async () => {
  const app = await startProject(project)
  await app.invoke('again', {}, { type: 'Event' })
  await app.settle()
  expect(runsOf(app, 'again')).toBe(16)
  expect(app.ledger.latest().filter(({ kind }) => kind === 'recursionStopped')).toHaveLength(1)
  expect(app.queue('dead').messages()).toMatchObject([{ body: '{}' }])
  expect(JSON.parse(app.queue('failed').messages()[0]?.body ?? '')).toMatchObject({
    requestContext: { approximateInvokeCount: 0 },
    requestPayload: {},
  })
  expect(figuresOf(app, 'again')).toMatchObject({
    invocations: 16,
    asyncEventsReceived: 17,
    asyncEventsDropped: 1,
    recursiveInvocationsDropped: 1,
  })
})

test('functions that invoke each other in turn are stopped as well', async () => {
  const app = await startProject(project)
  await app.invoke('ping', {}, { type: 'Event' })
  await app.settle()
  expect([runsOf(app, 'ping'), runsOf(app, 'pong')]).toEqual([16, 16])
  expect(app.queue('dead').messages()).toHaveLength(1)
})

test('a synchronous loop ends with a RecursiveInvocationException for the innermost caller', async () => {
  const app = await startProject(project)
  const { payload } = await app.invoke('deeper')
  expect(payload).toEqual({ name: 'RecursiveInvocationException', status: 400, type: 'User' })
  expect(runsOf(app, 'deeper')).toBe(16)
})

test('a loop through a queue is stopped; the message is left to the redrive policy', async () => {
  const app = await startProject(project)
  const endpoint = `${app.url}/000000000000/loop`
  await fetch(app.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({ QueueUrl: endpoint, MessageBody: 'first' }),
  })
  await app.clock.advance('41s')
  await app.settle()
  expect(runsOf(app, 'resend')).toBe(16)
  expect(app.queue('loop').messages()).toEqual([])
  expect(app.queue('dead').messages()).toMatchObject([{ body: 'once more' }])
})

test('any number of invocations that do not follow from each other is no loop', async () => {
  const app = await startProject(project)
  for (let one = 0; one < 40; one++) await app.invoke('line', {}, { type: 'Event' })
  await app.settle()
  expect(runsOf(app, 'line')).toBe(40)
})
