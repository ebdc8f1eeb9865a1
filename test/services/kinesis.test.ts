import { expect, test } from 'vitest'
import { createKinesisWorld } from './kinesisWorld.ts'

test('a record that was put is read back with its key, its time and an ascending sequence number', async () => {
  const { kinesis } = await createKinesisWorld()
  await kinesis.createStream({ StreamName: 'clicks', ShardCount: 1 })
  const put = await kinesis.putRecord({
    StreamName: 'clicks',
    PartitionKey: 'user-1',
    Data: Buffer.from('hello'),
  })
  expect(put.ShardId).toBe('shardId-000000000000')
  expect(put.SequenceNumber).toMatch(/^495\d{53}$/)
  const { ShardIterator } = await kinesis.getShardIterator({
    StreamName: 'clicks',
    ShardId: put.ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  })
  const { Records = [], NextShardIterator, MillisBehindLatest } = await kinesis.getRecords({ ShardIterator })
  expect(Records).toMatchObject([
    {
      SequenceNumber: put.SequenceNumber,
      PartitionKey: 'user-1',
      ApproximateArrivalTimestamp: new Date('2026-01-02T03:04:05.678Z'),
    },
  ])
  expect(Buffer.from(Records[0]?.Data ?? []).toString()).toBe('hello')
  expect([MillisBehindLatest, typeof NextShardIterator]).toEqual([0, 'string'])
})

test('a reader at rest is no open work, and gets a record as soon as it is there', async () => {
  const { streams, activity, puts } = await createKinesisWorld()
  await streams.declare([{ name: 'clicks', shards: 1 }])
  const reader = streams.reader('clicks')
  const [shard] = await reader.shards()
  expect(shard).toEqual({ id: 'shardId-000000000000', parents: [], isClosed: false })
  const from = await reader.latest('shardId-000000000000')
  const reading = reader.read('shardId-000000000000', {
    from,
    limit: 10,
    signal: new AbortController().signal,
  })
  await activity.idle()
  expect(activity.open()).toEqual([])
  await streams.put('clicks', { partitionKey: 'a', data: Buffer.from('1') }, 'invocation-1')
  const page = await reading
  expect(page.records).toMatchObject([{ partitionKey: 'a', cause: 'invocation-1' }])
  expect(puts).toEqual([
    { stream: 'clicks', shardId: 'shardId-000000000000', count: 1, cause: 'invocation-1' },
  ])
})
