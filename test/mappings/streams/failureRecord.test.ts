import { expect, test } from 'vitest'
import { failureRecord } from '../../../src/mappings/streams/failureRecord.ts'
import { streamSources } from '../../../src/sources/index.ts'
import { createStreamWorld, fails, FAILURES_ARN, FUNCTION_ARN, STREAM_ARN } from './streamWorld.ts'

test('a queue is told of the batch, in the order and with the members that AWS was seen to send', async () => {
  const world = await createStreamWorld()
  await world.mapping({ maximumRetryAttempts: 1, onFailureArn: FAILURES_ARN }, () => fails)
  const [first, last] = world.stream.put(['a', 'b'])
  await world.clock.advance(1_000)
  const [failure] = world.failures()
  expect(JSON.stringify(failure)).toBe(
    JSON.stringify({
      requestContext: {
        requestId: world.calls.at(-1)?.requestId,
        functionArn: FUNCTION_ARN,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2023-11-14T22:13:20.400Z',
      KinesisBatchInfo: {
        shardId: 'shardId-000000000000',
        startSequenceNumber: first,
        endSequenceNumber: last,
        approximateArrivalOfFirstRecord: '2023-11-14T22:13:20.000Z',
        approximateArrivalOfLastRecord: '2023-11-14T22:13:20.000Z',
        batchSize: 2,
        streamArn: STREAM_ARN,
      },
    }),
  )
  expect(world.facts).toContainEqual(expect.objectContaining({ kind: 'delivered', arn: FAILURES_ARN }))
  expect(world.facts).toContainEqual(
    expect.objectContaining({
      kind: 'streamRecordsGivenUp',
      records: 2,
      firstSequenceNumber: first,
      lastSequenceNumber: last,
      condition: 'RetryAttemptsExhausted',
    }),
  )
})

test('a DynamoDB stream has a name of its own there, and times without milliseconds', () => {
  const range = {
    firstSequenceNumber: '1',
    lastSequenceNumber: '2',
    firstArrivedMs: 0,
    lastArrivedMs: 999,
    count: 2,
  }
  const text = failureRecord(
    {
      atMs: 5,
      requestId: 'request',
      functionArn: FUNCTION_ARN,
      condition: 'RetryAttemptsExhausted',
      invokeCount: 1,
      lastAnswer: { executedVersion: '3', functionError: null },
      shardId: 'shard',
      streamArn: 'stream',
      range,
    },
    streamSources.dynamodb.failure,
  )
  expect(JSON.parse(text)).toMatchObject({
    responseContext: { executedVersion: '3', functionError: null },
    timestamp: '1970-01-01T00:00:00.005Z',
    DDBStreamBatchInfo: {
      approximateArrivalOfFirstRecord: '1970-01-01T00:00:00Z',
      approximateArrivalOfLastRecord: '1970-01-01T00:00:00Z',
    },
  })
})

test('a bucket gets the event besides, as text, in a folder of the mapping and the shard', async () => {
  const world = await createStreamWorld()
  await world.s3.declareBucket('failures')
  const onFailureArn = 'arn:aws:s3:::failures'
  await world.mapping({ maximumRetryAttempts: 0, onFailureArn }, () => fails)
  world.stream.put(['a'])
  await world.idle()
  const [object] = world.s3.objects('failures')
  const body = JSON.parse(object?.body ?? '') as { payload: string }
  expect(Object.keys(body)).toEqual([
    'requestContext',
    'responseContext',
    'version',
    'timestamp',
    'KinesisBatchInfo',
    'payload',
  ])
  expect(body.payload).toBe(world.calls[0]?.text)
  expect(object?.key).toMatch(
    /^aws\/lambda\/6d8bd7a7-2f0e-4a2e-9d1c-0c0f6f0b8a11\/shardId-000000000000\/2023\/11\/14\/2023-11-14T22\.13\.20-[0-9a-f-]{36}$/,
  )
})

test.each([
  ['arn:aws:sqs:us-east-1:000000000000:nowhere', 'there is no'],
  ['arn:aws:s3:::nowhere', 'there is no bucket nowhere'],
  ['arn:aws:sns:us-east-1:000000000000:nowhere', 'nothing here delivers'],
  ['arn:aws:sqs:us-east-1:000000000000:failures.fifo', 'Lambda cannot deliver to a FIFO queue'],
])('when %s cannot take it, that is told, and the shard moves on', async (onFailureArn, reason) => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ maximumRetryAttempts: 0, batchSize: 1, onFailureArn }, ({ data }) =>
    data[0] === 'bad' ? fails : undefined,
  )
  world.stream.put(['bad', 'good'])
  await world.idle()
  expect(world.data()).toEqual([['bad'], ['good']])
  expect(world.facts).toContainEqual(
    expect.objectContaining({
      kind: 'deliveryFailed',
      arn: onFailureArn,
      reason: expect.stringContaining(reason) as string,
    }),
  )
  expect(mapping.figures).toMatchObject({ dropped: 1, delivered: 0 })
})
