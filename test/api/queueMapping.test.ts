import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { App } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const project = (
  event: string,
  handler: string,
  queue = 'visibilityTimeout: 30',
): Record<string, string> => ({
  'lambda.yml': `
service: shop
functions:
  worker:
    handler: worker.handler
    events:
      - sqs: ${event}
resources:
  queues:
    orders: { ${queue}, redrive: { queue: orders-dead, maxReceiveCount: 3 } }
    orders-dead: {}
    other: {}
`,
  'worker.js': handler,
})

const sqsOf = (app: App): SQSClient => {
  const client = new SQSClient({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  onTestFinished(() => client.destroy())
  return client
}
const urlOf = (app: App, queue: string): string => `${app.url}/000000000000/${queue}`

/** Sends bodies in batches of ten. */
async function send(app: App, bodies: readonly string[]): Promise<void> {
  const client = sqsOf(app)
  for (let first = 0; first < bodies.length; first += 10) {
    const entries = bodies
      .slice(first, first + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }))
    await client.send(new SendMessageBatchCommand({ QueueUrl: urlOf(app, 'orders'), Entries: entries }))
  }
}

/** The bodies of each batch that the function was given, in order. */
const batchesOf = (app: App): string[][] =>
  app.ledger
    .latest()
    .flatMap((entry) =>
      entry.kind === 'logLine' && entry.text.includes('\tINFO\t')
        ? [JSON.parse(entry.text.split('\t').at(-1) ?? '') as string[]]
        : [],
    )
const LOGS = `console.log(JSON.stringify(event.Records.map(({ body }) => body)))`

test('a message leads to an invocation with the event that AWS sends, and is deleted', async () => {
  const handler = `exports.handler = async (event) => { console.log(JSON.stringify(event.Records)) }`
  const app = await startProject(project('orders', handler))
  const sent = await sqsOf(app).send(
    new SendMessageCommand({
      QueueUrl: urlOf(app, 'orders'),
      MessageBody: '{"orderId": 7}',
      MessageAttributes: { Kind: { DataType: 'String', StringValue: 'order' } },
    }),
  )
  await app.settle()
  const [[record]] = batchesOf(app) as unknown as [[Record<string, unknown>]]
  expect(Object.keys(record)).toEqual([
    'messageId',
    'receiptHandle',
    'body',
    'attributes',
    'messageAttributes',
    'md5OfMessageAttributes',
    'md5OfBody',
    'eventSource',
    'eventSourceARN',
    'awsRegion',
  ])
  expect(record).toMatchObject({
    messageId: sent.MessageId,
    body: '{"orderId": 7}',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(app.clock.now()) },
    messageAttributes: {
      Kind: { stringValue: 'order', stringListValues: [], binaryListValues: [], dataType: 'String' },
    },
    md5OfBody: sent.MD5OfMessageBody,
    md5OfMessageAttributes: sent.MD5OfMessageAttributes,
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:orders',
    awsRegion: 'us-east-1',
  })
  expect(app.queue('orders').messages()).toEqual([])
})

test('one poisoned message of ten is alone in ending up in the dead-letter queue', async () => {
  const handler = `exports.handler = async (event) => {
    ${LOGS}
    return { batchItemFailures: event.Records.filter(({ body }) => body === '5').map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }`
  const app = await startProject(
    project('{ queue: orders, functionResponseType: ReportBatchItemFailures }', handler),
  )
  await send(app, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  await app.clock.advance('2m')
  await app.settle()
  expect(batchesOf(app).filter((batch) => batch.includes('5'))).toHaveLength(3)
  expect(app.queue('orders').messages()).toEqual([])
  expect(app.ledger.latest().findLast((entry) => entry.kind === 'messagesDeadLettered')).toMatchObject({
    queue: 'orders',
    deadLetterQueue: 'orders-dead',
  })
  expect(
    app
      .queue('orders-dead')
      .messages()
      .map(({ body }) => body),
  ).toEqual(['5'])
})

test('without partial responses a failing batch comes back whole after the visibility timeout', async () => {
  const handler = `exports.handler = async (event) => { ${LOGS}; throw new Error('no') }`
  const app = await startProject(project('orders', handler))
  await send(app, ['a', 'b'])
  await app.clock.advance('29s')
  expect(batchesOf(app)).toHaveLength(1)
  await app.clock.advance('1s')
  expect(batchesOf(app)).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
})

test('a batch never holds more than batchSize messages', async () => {
  const app = await startProject(
    project('{ queue: orders, batchSize: 3 }', `exports.handler = async (event) => { ${LOGS} }`),
  )
  await send(
    app,
    Array.from({ length: 10 }, (_, index) => String(index)),
  )
  await app.settle()
  const batches = batchesOf(app)
  expect(batches.flat().toSorted()).toHaveLength(10)
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(3)
})

test('a batching window gathers messages until it has passed', async () => {
  const app = await startProject(
    project(
      '{ queue: orders, batchSize: 100, maximumBatchingWindow: 5 }',
      `exports.handler = async (event) => { ${LOGS} }`,
    ),
  )
  await send(app, ['a'])
  await app.clock.advance('2s')
  await send(app, ['b'])
  await app.clock.advance('2s')
  expect(batchesOf(app)).toEqual([])
  await app.clock.advance('1s')
  expect(batchesOf(app)).toEqual([['a', 'b']])
})

test('a full batch does not wait for its window', async () => {
  const app = await startProject(
    project(
      '{ queue: orders, batchSize: 20, maximumBatchingWindow: 60 }',
      `exports.handler = async (event) => { ${LOGS} }`,
    ),
  )
  await send(
    app,
    Array.from({ length: 20 }, (_, index) => String(index)),
  )
  await app.clock.advance(0)
  expect(batchesOf(app).map((batch) => batch.length)).toEqual([20])
})

test('a thousand messages with a maximumConcurrency of 2 never have three invocations at once', async () => {
  const handler = `exports.handler = () => new Promise((resolve) => setImmediate(resolve))`
  const app = await startProject(project('{ queue: orders, batchSize: 1, maximumConcurrency: 2 }', handler))
  let running = 0
  let most = 0
  let batches = 0
  app.ledger.subscribe((entry) => {
    if (entry.kind === 'batchTaken') most = Math.max(most, ++running)
    if (entry.kind === 'batchEnded') {
      running--
      batches++
    }
  })
  await send(
    app,
    Array.from({ length: 1_000 }, (_, index) => String(index)),
  )
  await app.settle()
  expect(batches).toBe(1_000)
  expect(most).toBe(2)
})

test('a disabled mapping leaves the queue alone', async () => {
  const app = await startProject(
    project('{ queue: orders, enabled: false }', `exports.handler = async () => {}`),
  )
  await send(app, ['a'])
  await app.settle()
  expect(app.queue('orders').messages()).toHaveLength(1)
})

test('a handler that long-polls another queue holds up neither the clock nor settle', async () => {
  const handler = `exports.handler = async () => {
    const response = await fetch(process.env.AWS_ENDPOINT_URL + '/', {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage',
        authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0' },
      body: JSON.stringify({ QueueUrl: process.env.AWS_ENDPOINT_URL + '/000000000000/other', WaitTimeSeconds: 5 }),
    })
    console.log(JSON.stringify([String(response.status)]))
  }`
  const app = await startProject(project('orders', handler))
  await send(app, ['a'])
  await app.clock.advance('6s')
  await app.settle()
  expect(batchesOf(app)).toEqual([['200']])
})

test('what a mapping has taken is invisible to others', async () => {
  const handler = `exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 100)) }`
  const app = await startProject(project('orders', handler))
  const client = sqsOf(app)
  await send(app, ['a'])
  const received = await client.send(new ReceiveMessageCommand({ QueueUrl: urlOf(app, 'orders') }))
  expect(received.Messages).toBeUndefined()
  await app.settle()
  await expect(
    client.send(new DeleteMessageCommand({ QueueUrl: urlOf(app, 'orders'), ReceiptHandle: 'garbage' })),
  ).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' })
})
