import { expect, test } from 'vitest'
import { arnOf, createMappingWorld } from './mappingWorld.ts'

/** The keys of a record in the order that was recorded from AWS. */
const KEYS = [
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
]

/** Sends one message, and answers its record as the function gets it. */
async function recordOf(message: object, config: { maximumBatchingWindow?: number; queue?: string } = {}) {
  const { queue = 'orders' } = config
  const world = await createMappingWorld({ queues: queue === 'orders' ? {} : { [queue]: {} } })
  world.mapping(config)
  await world.call('SendMessage', { QueueUrl: queue, ...message })
  await world.clock.advance(config.maximumBatchingWindow === undefined ? 0 : 1_000)
  return world.calls[0]?.records[0]
}

test('a message without attributes has no digest of them, with a window the digest null', async () => {
  const plain = await recordOf({ MessageBody: '{"orderId": 7}' })
  expect(Object.keys(plain ?? {})).toEqual(KEYS.filter((key) => key !== 'md5OfMessageAttributes'))
  expect(plain).toMatchObject({
    body: '{"orderId": 7}',
    messageAttributes: {},
    md5OfBody: '76a4b9505a57439e9e3fa770647053bf',
    eventSource: 'aws:sqs',
    eventSourceARN: arnOf('orders'),
    awsRegion: 'us-east-1',
  })
  const windowed = await recordOf({ MessageBody: 'a' }, { maximumBatchingWindow: 1 })
  expect(Object.keys(windowed ?? {})).toEqual(KEYS)
  expect(windowed).toMatchObject({ md5OfMessageAttributes: null })
})

test('message attributes keep their types; binary ones are base64, and the lists are there and empty', async () => {
  const lists = { stringListValues: [], binaryListValues: [] }
  const record = await recordOf({
    MessageBody: 'a',
    MessageAttributes: {
      Kind: { DataType: 'String', StringValue: 'order' },
      Count: { DataType: 'Number.int', StringValue: '7' },
      Blob: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]) },
    },
  })
  expect(Object.keys(record ?? {})).toEqual(KEYS)
  expect(record).toMatchObject({
    messageAttributes: {
      Kind: { stringValue: 'order', ...lists, dataType: 'String' },
      Count: { stringValue: '7', ...lists, dataType: 'Number.int' },
      Blob: { binaryValue: 'AQID', ...lists, dataType: 'Binary' },
    },
    md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
})

test('system attributes are texts: four of them, and the trace header and the fairness group if the sender set them', async () => {
  const record = await recordOf({ MessageBody: 'a' })
  expect(record?.attributes).toEqual({
    ApproximateReceiveCount: '1',
    SentTimestamp: '1700000000000',
    SenderId: '000000000000',
    ApproximateFirstReceiveTimestamp: '1700000000000',
  })
  const AWSTraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793'
  const traced = await recordOf({
    MessageBody: 'a',
    MessageGroupId: 'tenant',
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: AWSTraceHeader } },
  })
  expect(traced?.attributes).toMatchObject({ AWSTraceHeader, MessageGroupId: 'tenant' })
})

test('a message of a FIFO queue has a sequence number, a group and a deduplication id', async () => {
  const record = await recordOf(
    { MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'd' },
    { queue: 'jobs.fifo' },
  )
  expect(record?.attributes).toMatchObject({
    SequenceNumber: expect.stringMatching(/^\d{20}$/),
    MessageGroupId: 'g',
    MessageDeduplicationId: 'd',
  })
})

test('a mapping on a dead-letter queue gets messages with their id, their count and where they came from', async () => {
  const redrive = { deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 }
  const world = await createMappingWorld({
    queues: { dead: {}, redriven: { RedrivePolicy: JSON.stringify(redrive) } },
  })
  world.mapping({ queue: 'redriven' }, () => {
    throw new Error('the function is gone')
  })
  world.mapping({ queue: 'dead' }, () => {}, { functionName: 'undertaker' })
  await world.send(['a'], { queue: 'redriven' })
  await world.clock.advance(30_000)
  const [first, second] = world.calls
  expect(second).toMatchObject({ functionName: 'undertaker' })
  expect(second?.records[0]).toMatchObject({
    messageId: first?.records[0]?.messageId,
    eventSourceARN: arnOf('dead'),
    attributes: { ApproximateReceiveCount: '2', DeadLetterQueueSourceArn: arnOf('redriven') },
  })
})
