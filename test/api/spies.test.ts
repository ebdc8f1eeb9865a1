import {
  DeleteFunctionEventInvokeConfigCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type App, start } from 'lambent'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

const spec = `
functions:
  work:
    handler: main.work
    maximumRetryAttempts: 1
    onError: sqs:dead
    destinations: { onSuccess: sqs:done, onFailure: lambda:note }
  note: { handler: main.note }
  silent: { handler: main.note }
  read: { handler: main.note, events: [sqs: inbox] }
  linger: { handler: main.linger, onError: sqs:dead }
resources: { queues: { dead: {}, done: {}, inbox: {} } }
`
const code = `
exports.work = async ({ fail }) => { if (fail) throw new Error('no'); return { fine: true } }
exports.note = async () => null
exports.linger = async () => {
  const send = (MessageBody) => fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({ QueueUrl: process.env.AWS_ENDPOINT_URL + '/000000000000/done', MessageBody }),
  })
  await send('begun')
  await new Promise((resolve) => setTimeout(resolve, 20))
  await send('late')
  throw new Error('later')
}
`

let directory: string
let app: App

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lambent-spies-'))
  await writeFile(path.join(directory, 'lambda.yml'), spec)
  await writeFile(path.join(directory, 'main.js'), code)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const begin = (): Promise<App> =>
  start({ config: path.join(directory, 'lambda.yml'), ephemeral: true, clock: 'frozen' })

beforeEach(async () => {
  app = await begin()
})
afterEach(() => app.stop())

test('a function shows its invocations: event, attempt, outcome, answer', async () => {
  await app.invoke('work', { id: 1 })
  const { requestId } = await app.invoke('work', { fail: true }, { type: 'Event' })
  await app.clock.advance('1m')
  await app.settle()
  expect(app.function('work').messages()).toMatchObject([
    { event: { id: 1 }, door: 'code', attempt: 1, outcome: 'success', response: { fine: true } },
    { requestId, attempt: 1, outcome: 'functionError', response: { errorMessage: 'no' } },
    { requestId, event: { fail: true }, attempt: 2, outcome: 'functionError' },
  ])
  expect(app.function('note').messages()).toMatchObject([{ door: 'destination', cause: requestId }])
})

test('a destination shows its records, a queue its messages', async () => {
  await app.invoke('work', {}, { type: 'Event' })
  await app.invoke('work', { fail: true }, { type: 'Event' })
  await app.clock.advance('1m')
  await app.settle()
  expect(app.destination('work', 'onSuccess').messages()).toMatchObject([
    { requestContext: { condition: 'Success' }, responsePayload: { fine: true } },
  ])
  expect(app.destination('work', 'onFailure').messages()).toMatchObject([
    { requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 } },
  ])
  expect(app.queue('dead').messages()).toMatchObject([{ body: '{"fail":true}', receiveCount: 0 }])
  expect(app.queue('done').messages()).toHaveLength(1)
})

test('next() gives one after the other, also those that are still to come; none() says when there is one more', async () => {
  const spy = app.queue('done')
  const first = spy.next()
  await app.invoke('work', { id: 1 }, { type: 'Event' })
  await app.invoke('work', { id: 2 }, { type: 'Event' })
  expect(JSON.parse((await first).body)).toMatchObject({ requestContext: { condition: 'Success' } })
  await expect(app.queue('done').none()).rejects.toThrow(
    'expected nothing more in queue done, but there is {',
  )
  await app.queue('done').next()
  await app.queue('done').none()
})

test('none() does not wait for what only the clock could bring', async () => {
  await app.invoke('work', { fail: true }, { type: 'Event' })
  await app.queue('dead').none()
  await app.clock.advance('1m')
  await expect(app.queue('dead').none()).rejects.toThrow('{\\"fail\\":true}')
})

test('next() says what it waited for in vain', async () => {
  await expect(app.function('silent').next({ timeoutMs: 1 })).rejects.toThrow(
    'nothing came to function silent within 1 ms',
  )
})

test('a destination that the Lambda API was told of has a spy as well', async () => {
  const lambda = new LambdaClient({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  })
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: app.spec().functions.find(({ key }) => key === 'silent')?.name,
      DestinationConfig: { OnSuccess: { Destination: 'arn:aws:sqs:us-east-1:000000000000:done' } },
    }),
  )
  await app.invoke('silent', {}, { type: 'Event' })
  expect(await app.destination('silent', 'onSuccess').next()).toMatchObject({
    requestContext: { condition: 'Success' },
  })
  await lambda.send(
    new DeleteFunctionEventInvokeConfigCommand({
      FunctionName: app.spec().functions.find(({ key }) => key === 'silent')?.name,
    }),
  )
  lambda.destroy()
})

test('an event that Lambda would refuse for its size is refused here too', async () => {
  const event = 'x'.repeat(1_048_576)
  await expect(app.invoke('silent', event, { type: 'Event' })).rejects.toThrow(
    'has 1048578 bytes; Lambda takes at most 1048576 for Event',
  )
  expect(await app.invoke('silent', event)).toMatchObject({ statusCode: 200 })
})

test('what does not exist is said with what does', () => {
  expect(() => app.function('wrok')).toThrow(
    'there is no function wrok; there are: work, note, silent, read, linger',
  )
  expect(() => app.queue('dad')).toThrow('there is no queue dad; there are: dead, done, inbox')
  expect(() => app.destination('note', 'onSuccess')).toThrow('the function note has no destination onSuccess')
})

test('reset() empties queues, events and spies, and the application goes on', async () => {
  await app.invoke('work', {}, { type: 'Event' })
  await app.invoke('work', { fail: true }, { type: 'Event' })
  await app.queue('done').next()
  await app.reset()
  expect(app.queue('done').messages()).toEqual([])
  expect(app.function('work').messages()).toEqual([])
  expect(app.clock.timers()).toEqual([])
  await app.invoke('work', {}, { type: 'Event' })
  await app.queue('done').next()
  await app.queue('done').none()
})

test('reset() leaves nothing of what was running: neither its end nor what it sends', async () => {
  await app.invoke('linger', {}, { type: 'Event' })
  await app.queue('done').next()
  await app.reset()
  await app.clock.advance('10m')
  await app.settle()
  expect(app.function('linger').messages()).toEqual([])
  expect(app.queue('done').messages()).toEqual([])
  expect(app.queue('dead').messages()).toEqual([])
  expect(app.ledger.latest().filter(({ kind }) => kind === 'invocationEnded')).toEqual([])
})

test('applications in one process know nothing of each other', async () => {
  const others = await Promise.all([begin(), begin(), begin()])
  try {
    await Promise.all(others.map((other, id) => other.invoke('work', { id }, { type: 'Event' })))
    await Promise.all(others.map((other) => other.settle()))
    for (const [id, other] of others.entries()) {
      expect(other.function('work').messages()).toMatchObject([{ event: { id } }])
      expect(other.queue('done').messages()).toHaveLength(1)
    }
    expect(app.function('work').messages()).toEqual([])
    await others[0]?.clock.advance('1h')
    expect(others[1]?.clock.now()).toBeLessThan((others[0]?.clock.now() ?? 0) - 3_000_000)
  } finally {
    await Promise.all(others.map((other) => other.stop()))
  }
})
