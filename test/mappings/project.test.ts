import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { App } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const spec = (mapping: string): string => `
functions:
  worker:
    handler: worker.handler
    events:
      - sqs: ${mapping}
resources:
  queues:
    orders: { visibilityTimeout: 5m }
    jobs.fifo: { redrive: { queue: dead.fifo, maxReceiveCount: 2 } }
    dead.fifo: {}
`

const startWith = (mapping: string, handler = 'exports.handler = async () => {}') =>
  startProject({ 'lambda.yml': spec(mapping), 'worker.js': handler })

async function send(app: App, queue: string, bodies: readonly string[], group?: string) {
  const client = new SQSClient({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  onTestFinished(() => client.destroy())
  const Entries = bodies.map((MessageBody, index) => ({
    Id: String(index),
    MessageBody,
    ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: `${group}-${MessageBody}` }),
  }))
  const QueueUrl = `${app.url}/000000000000/${queue}`
  const { Successful = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  return Successful.map(({ MessageId }) => MessageId)
}

const batchesOf = (app: App): string[][] =>
  app
    .function('worker')
    .messages()
    .map(({ event }) => (event as { Records: { body: string }[] }).Records.map(({ body }) => body))

test('filters of lambda.yml decide what reaches the function; the life of the others says where they went', async () => {
  const app = await startWith(
    `{ queue: orders, filterPatterns: [{ body: { kind: [new] } }, '{"body":["text"]}'], metricsConfig: { metrics: [EventCount] } }`,
  )
  const sent = await send(app, 'orders', ['{"kind":"new"}', '{"kind":"old"}', 'text', 'other'])
  await app.settle()
  expect(batchesOf(app)).toEqual([['{"kind":"new"}', 'text']])
  expect(app.queue('orders').messages()).toEqual([])
  const response = await fetch(`${app.url}/_lambent/invocations/${sent[1]}`)
  expect(await response.json()).toMatchObject({
    steps: [{ kind: 'sent' }, { kind: 'filtered', functionName: 'worker' }],
  })
  const queue = await fetch(`${app.url}/_lambent/queues/orders`)
  expect(await queue.json()).toMatchObject({
    mappings: [{ metrics: { PolledEventCount: 4, FilteredOutEventCount: 2, DeletedEventCount: 2 } }],
  })
})

test('a poisoned group of a FIFO queue ends in the dead-letter queue, the others go on, all in order', async () => {
  const app = await startWith(
    '{ queue: jobs.fifo, batchSize: 1 }',
    `exports.handler = async ({ Records: [{ body }] }) => { if (body === 'bad') throw new Error('no') }`,
  )
  await send(app, 'jobs.fifo', ['bad', 'b2', 'b3'], 'b')
  await send(app, 'jobs.fifo', ['a1', 'a2', 'a3'], 'a')
  await app.clock.advance('10s')
  expect(
    batchesOf(app)
      .flat()
      .filter((body) => body.startsWith('a')),
  ).toEqual(['a1', 'a2', 'a3'])
  expect(app.queue('jobs.fifo').messages()).toHaveLength(3)
  await app.clock.advance('1m')
  await app.settle()
  expect(
    app
      .queue('dead.fifo')
      .messages()
      .map(({ body }) => body),
  ).toEqual(['bad'])
  expect(batchesOf(app).flat().slice(-3)).toEqual(['bad', 'b2', 'b3'])
})

test('a mapping that is changed while it gathers loses nothing and hides nothing', async () => {
  const app = await startWith('{ queue: orders, batchSize: 100, maximumBatchingWindow: 4m }')
  await send(app, 'orders', ['1', '2', '3'])
  await app.clock.advance('1s')
  expect(batchesOf(app)).toEqual([])
  app.project.write('lambda.yml', spec('{ queue: orders }'))
  await app.reloadSpec()
  await app.settle()
  expect(batchesOf(app)).toEqual([['1', '2', '3']])
  expect(app.queue('orders').messages()).toEqual([])
})

test('messages that were gathered are there again as soon as their mapping is gone', async () => {
  const app = await startWith('{ queue: orders, batchSize: 100, maximumBatchingWindow: 4m }')
  await send(app, 'orders', ['1', '2'])
  await app.clock.advance('1s')
  app.project.write('lambda.yml', spec('{ queue: orders, enabled: false }'))
  await app.reloadSpec()
  expect(
    app
      .queue('orders')
      .messages()
      .map(({ receiveCount }) => receiveCount),
  ).toEqual([1, 1])
  app.project.write('lambda.yml', spec('{ queue: orders }'))
  await app.reloadSpec()
  await app.settle()
  expect(batchesOf(app)).toEqual([['1', '2']])
})
