import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KinesisRecord, KinesisService } from '../../src/services/kinesis/index.ts'
import { aggregate } from '../tools/aggregate.ts'
import { createKinesisWorld } from './kinesisWorld.ts'

const StreamName = 'clicks'
const MIDDLE = 2n ** 127n

async function world(shards = 1) {
  const { streams } = await createKinesisWorld()
  await streams.declare([{ name: StreamName, shards }])
  await streams.declareConsumers(StreamName, ['reports'])
  return streams
}

async function recordsOf(
  streams: KinesisService,
  asConsumer = true,
  shardId = 'shardId-000000000000',
): Promise<readonly KinesisRecord[]> {
  const reader = streams.reader(
    StreamName,
    asConsumer ? { consumerArn: streams.consumerArn(StreamName, 'reports')! } : {},
  )
  const { signal } = new AbortController()
  const page = await reader.read(shardId, { from: { kind: 'oldest' }, limit: 100, waitUntilMs: 0, signal })
  return page.records
}

const shown = (records: readonly KinesisRecord[]): [string, string][] =>
  records.map(({ partitionKey, data }) => [partitionKey, Buffer.from(data).toString('hex')])

test('what was put together comes apart again, under one number', async () => {
  const any = fc.record(
    {
      partitionKey: fc.string({ minLength: 1, maxLength: 300 }),
      explicitHashKey: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(String),
      data: fc.uint8Array({ maxLength: 300 }),
    },
    { requiredKeys: ['partitionKey', 'data'] },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 20 }), async (given) => {
      const streams = await world()
      await streams.put(StreamName, { partitionKey: 'outer', data: aggregate(given) })
      const records = await recordsOf(streams)
      expect(shown(records)).toEqual(
        given.map(({ partitionKey, data }) => [
          Buffer.from(partitionKey).toString(),
          Buffer.from(data).toString('hex'),
        ]),
      )
      expect(new Set(records.map(({ sequenceNumber }) => sequenceNumber)).size).toBe(1)
    }),
    { numRuns: 30 },
  )
})

test('records whose keys belong to another shard are dropped', async () => {
  const streams = await world(2)
  const data = aggregate([
    { partitionKey: 'low', explicitHashKey: '1', data: Buffer.from('a') },
    { partitionKey: 'high', explicitHashKey: String(MIDDLE), data: Buffer.from('b') },
  ])
  await streams.put(StreamName, { partitionKey: 'outer', explicitHashKey: '0', data })
  expect(shown(await recordsOf(streams))).toEqual([['low', '61']])
})

const whole = aggregate([{ partitionKey: 'k', data: Buffer.from('text') }])
const changed = Buffer.from(whole)
changed[8]! ^= 1

test.each([
  ['without the four bytes', whole.subarray(1)],
  ['that was changed', changed],
  ['that is cut short', whole.subarray(0, -1)],
  [
    'with a hash key that no shard has',
    aggregate([{ partitionKey: 'k', explicitHashKey: String(2n ** 128n), data: Buffer.from('a') }]),
  ],
  ['of nothing but the four bytes', whole.subarray(0, 4)],
])('data %s is an ordinary record', async (_what, data) => {
  const streams = await world()
  await streams.put(StreamName, { partitionKey: 'outer', data })
  expect(shown(await recordsOf(streams))).toEqual([['outer', data.toString('hex')]])
})

test('who shares the stream gets the aggregate as it is', async () => {
  const streams = await world()
  await streams.put(StreamName, { partitionKey: 'outer', data: whole })
  expect(shown(await recordsOf(streams, false))).toEqual([['outer', whole.toString('hex')]])
})
