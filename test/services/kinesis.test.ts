import { expect, test } from 'vitest'
import { createKinesisService } from '../../src/services/kinesis/index.ts'
import { createKinesisWorld, readAll, startMs } from './kinesisWorld.ts'
import { HALF_KEY, LAST_KEY, shardId } from './kinesisTable/kinesisCase.ts'

const StreamName = 'clicks'
const data = (text: string): Buffer => Buffer.from(text)
const hour = 3_600_000

async function call(url: string, operation: string, input: object): Promise<[number, string]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `Kinesis_20131202.${operation}`,
    },
    body: JSON.stringify(input),
  })
  return [response.status, await response.text()]
}

test('errors carry their bare code, and operations without output answer nothing', async () => {
  const { url } = await createKinesisWorld()
  expect(await call(url, 'DescribeStream', { StreamName: 'X' })).toEqual([
    400,
    '{"__type":"ResourceNotFoundException","message":"Stream X under account 000000000000 not found."}',
  ])
  expect(await call(url, 'CreateStream', { StreamName })).toEqual([200, ''])
  expect(await call(url, 'CreateStream', { StreamName: 7 })).toEqual([
    400,
    '{"__type":"SerializationException","message":"NUMBER_VALUE can not be converted to a String"}',
  ])
})

test('at the end of a closed shard the next iterator is null', async () => {
  const { kinesis, url } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 1 })
  await kinesis.splitShard({ StreamName, ShardToSplit: shardId(0), NewStartingHashKey: HALF_KEY })
  const { ShardIterator } = await kinesis.getShardIterator({
    StreamName,
    ShardId: shardId(0),
    ShardIteratorType: 'TRIM_HORIZON',
  })
  const [, body] = await call(url, 'GetRecords', { ShardIterator })
  expect(JSON.parse(body)).toMatchObject({ Records: [], NextShardIterator: null, MillisBehindLatest: 0 })
})

test('a record carries its time, and is read with the sequence number that its producer got', async () => {
  const { kinesis } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 1 })
  const put = await kinesis.putRecord({ StreamName, PartitionKey: 'user-1', Data: data('hello') })
  const { ShardIterator } = await kinesis.getShardIterator({
    StreamName,
    ShardId: shardId(0),
    ShardIteratorType: 'TRIM_HORIZON',
  })
  const { Records } = await kinesis.getRecords({ ShardIterator })
  expect(Records).toMatchObject([
    { SequenceNumber: put.SequenceNumber, ApproximateArrivalTimestamp: new Date(startMs) },
  ])
})

test('sequence numbers ascend within a shard, and from parents to children', async () => {
  const { kinesis } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 2 })
  const numbers: bigint[] = []
  const put = async (): Promise<void> => {
    const { SequenceNumber = '' } = await kinesis.putRecord({
      StreamName,
      PartitionKey: 'a',
      Data: data('x'),
    })
    numbers.push(BigInt(SequenceNumber))
  }
  await put()
  await put()
  await kinesis.splitShard({ StreamName, ShardToSplit: shardId(0), NewStartingHashKey: '1000' })
  await put()
  await kinesis.mergeShards({ StreamName, ShardToMerge: shardId(3), AdjacentShardToMerge: shardId(1) })
  await put()
  expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : 1)))
  const { Shards = [] } = await kinesis.listShards({ StreamName })
  const ranges = Shards.map(({ SequenceNumberRange: range }) => [
    BigInt(range?.StartingSequenceNumber ?? 0),
    BigInt(range?.EndingSequenceNumber ?? 10n ** 60n),
  ])
  expect(ranges.every(([start = 0n, end = 0n]) => start < end)).toBe(true)
  // The first shard ends before its children begin.
  expect(ranges[0]?.[1]).toBeLessThan(ranges[2]?.[0] ?? 0n)
  expect(numbers[1]).toBeLessThan(ranges[0]?.[1] ?? 0n)
})

test('the end of a closed shard may be named, that of an open one may not', async () => {
  const { kinesis } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 1 })
  const { SequenceNumber = '' } = await kinesis.putRecord({ StreamName, PartitionKey: 'a', Data: data('x') })
  const at = async (StartingSequenceNumber: string | undefined): Promise<unknown> => {
    const position = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber } as const
    const place = { StreamName, ShardId: shardId(0), ...position }
    const { ShardIterator } = await kinesis.getShardIterator(place)
    const { Records, ChildShards } = await kinesis.getRecords({ ShardIterator })
    return [Records?.length, ChildShards?.length]
  }
  const next = String(BigInt(SequenceNumber) + 1n)
  await expect(at(next)).rejects.toMatchObject({ name: 'InvalidArgumentException' })
  await kinesis.splitShard({ StreamName, ShardToSplit: shardId(0), NewStartingHashKey: HALF_KEY })
  const { Shards = [] } = await kinesis.listShards({ StreamName })
  const range = Shards[0]?.SequenceNumberRange
  expect(range?.EndingSequenceNumber).toBe(next)
  expect(await at(range?.EndingSequenceNumber)).toEqual([0, 2])
  expect(await at(range?.StartingSequenceNumber)).toEqual([1, 2])
})

test('an iterator that is too old says when it was made', async () => {
  const { kinesis, clock } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 1 })
  const { ShardIterator } = await kinesis.getShardIterator({
    StreamName,
    ShardId: shardId(0),
    ShardIteratorType: 'LATEST',
  })
  expect(ShardIterator?.length).toBeLessThanOrEqual(512)
  await clock.advance(391_000)
  await expect(kinesis.getRecords({ ShardIterator })).rejects.toMatchObject({
    name: 'ExpiredIteratorException',
    message:
      'Iterator expired. The iterator was created at time Fri Jan 02 03:04:05 UTC 2026 while right now it is Fri Jan 02 03:10:36 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.',
  })
})

test('AT_TIMESTAMP begins with the first record of that time or later', async () => {
  const { kinesis, clock } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 1 })
  for (let index = 0; index < 10; index++) {
    await kinesis.putRecord({ StreamName, PartitionKey: 'a', Data: data(String(index)) })
    await clock.advance(1_000)
  }
  const from = async (ms: number): Promise<string[]> => {
    const { ShardIterator } = await kinesis.getShardIterator({
      StreamName,
      ShardId: shardId(0),
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: new Date(startMs + ms),
    })
    const { Records = [] } = await kinesis.getRecords({ ShardIterator })
    return Records.map(({ Data }) => Buffer.from(Data ?? []).toString())
  }
  expect(await from(7_000)).toEqual(['7', '8', '9'])
  expect(await from(7_001)).toEqual(['8', '9'])
  expect(await from(9_500)).toEqual([])
})

test('a page has 10 MiB at most, and goes on with what found no room', async () => {
  const { kinesis } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 1 })
  for (let index = 0; index < 11; index++)
    await kinesis.putRecord({ StreamName, PartitionKey: 'a', Data: Buffer.alloc(1_000_000, index) })
  const { ShardIterator } = await kinesis.getShardIterator({
    StreamName,
    ShardId: shardId(0),
    ShardIteratorType: 'TRIM_HORIZON',
  })
  const first = await kinesis.getRecords({ ShardIterator })
  expect(first.Records?.map(({ Data }) => Data?.[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const second = await kinesis.getRecords({ ShardIterator: first.NextShardIterator })
  expect(second.Records?.map(({ Data }) => Data?.[0])).toEqual([10])
})

test('records of all sizes stay in order when they are put at once', async () => {
  const { kinesis, streams } = await createKinesisWorld()
  await streams.declare([{ name: StreamName, shards: 1 }])
  const sizes = [10, 100_000, 10, 70_000, 10]
  const placed = await Promise.all(
    sizes.map((size) => streams.put(StreamName, { partitionKey: 'a', data: Buffer.alloc(size) })),
  )
  const numbers = placed.map(({ sequenceNumber }) => sequenceNumber)
  expect(numbers).toEqual([...new Set(numbers)].sort())
  const sizesRead = (await readAll(kinesis, StreamName, shardId(0))).map(({ length }) => length)
  expect(sizesRead).toEqual(sizes)
})

test('a stream is found by its StreamId', async () => {
  const { kinesis, url } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 1 })
  const { StreamDescriptionSummary: summary } = await kinesis.describeStreamSummary({ StreamName })
  expect(summary?.StreamId).toMatch(/^[a-z0-9]{20}-[a-z0-9]{3}$/)
  const [status, body] = await call(url, 'DescribeStream', { StreamId: summary?.StreamId })
  expect([status, JSON.parse(body)]).toMatchObject([200, { StreamDescription: { StreamName } }])
  const [refused] = await call(url, 'DescribeStream', { StreamId: 'aaaaaaaaaaaaaaaaaaaa-000' })
  expect(refused).toBe(400)
})

test('what is too old leaves the store at the next look, and nothing waits for that', async () => {
  const { streams, clock, store } = await createKinesisWorld()
  await streams.declare([{ name: StreamName, shards: 1 }])
  await streams.put(StreamName, { partitionKey: 'a', data: data('1') })
  await clock.advance(hour)
  await streams.put(StreamName, { partitionKey: 'a', data: data('2') })
  expect(clock.timers()).toEqual([])
  await clock.advance(23 * hour + 60_000)
  expect(streams.overview()[0]?.shards[0]).toMatchObject({ records: 1, newestMs: startMs + hour })
  await clock.advance(hour)
  expect(streams.overview()[0]?.shards[0]).toMatchObject({
    records: 0,
    firstSequenceNumber: null,
    newestMs: null,
  })
  await clock.advance(0)
  expect(clock.timers()).toEqual([])
  const [[, stream] = []] = store.list('kinesis/streams')
  const { mark } = stream as { mark: string }
  expect(store.lastSequence(`kinesis/${StreamName}/${mark}`, shardId(0))).toBe(2)
  expect(store.read(`kinesis/${StreamName}/${mark}`, shardId(0), 0, 10)).toEqual([])
})

test('streams, records and lineage are there after a restart', async () => {
  const { streams, edges, kinesis, clock } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 1 })
  await clock.advance(5_000)
  await kinesis.putRecord({ StreamName, PartitionKey: 'a', Data: data('1') })
  await kinesis.splitShard({ StreamName, ShardToSplit: shardId(0), NewStartingHashKey: HALF_KEY })
  const restarted = createKinesisService(edges)
  expect(restarted.overview()).toEqual(streams.overview())
  const { shardId: placed } = await restarted.put(StreamName, { partitionKey: 'b', data: data('2') })
  expect(placed).toBe(shardId(2))
})

test('what is deleted leaves the store, also when the process ended on the way', async () => {
  const { edges, store } = await createKinesisWorld()
  const removeShard = () => Promise.reject(new Error('the process ended'))
  const streams = createKinesisService({ ...edges, store: { ...store, removeShard } })
  await streams.declare([{ name: StreamName, shards: 1 }])
  await streams.put(StreamName, { partitionKey: 'a', data: data('1') })
  const [[, stream] = []] = store.list('kinesis/streams')
  const log = `kinesis/${StreamName}/${(stream as { mark: string }).mark}`
  const deleteStream = streams.service.operations['DeleteStream']
  await expect(deleteStream?.({ StreamName } as never, {} as never)).rejects.toThrow('the process ended')
  expect(store.read(log, shardId(0), 0, 10)).toHaveLength(1)
  const restarted = createKinesisService(edges)
  await edges.activity.idle()
  expect(restarted.exists(StreamName)).toBe(false)
  expect([store.list('kinesis/removals'), store.read(log, shardId(0), 0, 10)]).toEqual([[], []])
})

test('shards have shares where that is asked for', async () => {
  const { kinesis, clock, streams } = await createKinesisWorld()
  await streams.declare([{ name: StreamName, shards: 2, limitsThroughput: true }])
  const records = (count: number) =>
    Array.from({ length: count }, () => ({ PartitionKey: 'a', Data: data('x') }))
  await kinesis.putRecords({ StreamName, Records: records(500) })
  await kinesis.putRecords({ StreamName, Records: records(499) })
  const { FailedRecordCount, Records = [] } = await kinesis.putRecords({
    StreamName,
    Records: [...records(2), { PartitionKey: 'b', Data: data('x') }],
  })
  const text = `Rate exceeded for shard ${shardId(0)} in stream ${StreamName} under account 000000000000.`
  expect([FailedRecordCount, Records]).toMatchObject([
    1,
    [
      { ShardId: shardId(0) },
      { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: text },
      { ShardId: shardId(1) },
    ],
  ])
  const exceeded = { name: 'ProvisionedThroughputExceededException', message: text }
  const put = { StreamName, PartitionKey: 'a', Data: data('x') }
  await expect(kinesis.putRecord(put)).rejects.toMatchObject(exceeded)
  await clock.advance(1_000)
  await kinesis.putRecord(put)
  let { ShardIterator } = await kinesis.getShardIterator({
    StreamName,
    ShardId: shardId(0),
    ShardIteratorType: 'TRIM_HORIZON',
  })
  for (let reads = 0; reads < 5; reads++)
    ShardIterator = (await kinesis.getRecords({ ShardIterator, Limit: 1 })).NextShardIterator
  await expect(kinesis.getRecords({ ShardIterator })).rejects.toMatchObject(exceeded)
  await clock.advance(1_000)
  expect((await kinesis.getRecords({ ShardIterator })).Records).toHaveLength(996)
})

test('without that, nothing is refused', async () => {
  const { kinesis } = await createKinesisWorld()
  await kinesis.createStream({ StreamName, ShardCount: 1 })
  const Records = Array.from({ length: 500 }, () => ({ PartitionKey: 'a', Data: data('x') }))
  for (let calls = 0; calls < 4; calls++)
    expect((await kinesis.putRecords({ StreamName, Records })).FailedRecordCount).toBe(0)
})

test('the account tells its limits and its billing commitment', async () => {
  const { kinesis, clock } = await createKinesisWorld()
  await kinesis.createStream({ StreamName })
  expect(await kinesis.describeLimits()).toMatchObject({
    ShardLimit: 20_000,
    OpenShardCount: 4,
    OnDemandStreamCount: 1,
    OnDemandStreamCountLimit: 50,
  })
  const commitment = async (Status: 'ENABLED' | 'DISABLED') =>
    (await kinesis.updateAccountSettings({ MinimumThroughputBillingCommitment: { Status } }))
      .MinimumThroughputBillingCommitment
  const shown = async () => (await kinesis.describeAccountSettings({})).MinimumThroughputBillingCommitment
  expect(await shown()).toEqual({ Status: 'DISABLED' })
  expect(await commitment('ENABLED')).toEqual({
    Status: 'ENABLED',
    StartedAt: new Date(startMs),
    EarliestAllowedEndAt: new Date(startMs + 24 * hour),
  })
  expect((await commitment('DISABLED'))?.Status).toBe('ENABLED_UNTIL_EARLIEST_ALLOWED_END')
  await clock.advance(24 * hour)
  expect(await shown()).toEqual({
    Status: 'DISABLED',
    StartedAt: new Date(startMs),
    EndedAt: new Date(startMs + 24 * hour),
  })
})

test('of two creations at once one is refused', async () => {
  const { kinesis } = await createKinesisWorld()
  const created = await Promise.allSettled([
    kinesis.createStream({ StreamName, ShardCount: 1 }),
    kinesis.createStream({ StreamName, ShardCount: 1 }),
  ])
  expect(created.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('shards are as the spec says them anew, and as the API left them otherwise', async () => {
  const { streams, kinesis } = await createKinesisWorld()
  const openShards = async () => {
    const { StreamDescriptionSummary } = await kinesis.describeStreamSummary({ StreamName })
    return StreamDescriptionSummary?.OpenShardCount
  }
  await streams.declare([{ name: StreamName, shards: 1 }])
  await kinesis.updateShardCount({ StreamName, TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' })
  await streams.declare([{ name: StreamName, shards: 1 }])
  expect(await openShards()).toBe(2)
  await streams.declare([{ name: StreamName, shards: 3 }])
  expect(await openShards()).toBe(3)
})

test('the last hash key belongs to the last shard', async () => {
  const { streams } = await createKinesisWorld()
  await streams.declare([{ name: StreamName, shards: 7 }])
  const put = { partitionKey: 'a', data: data('x'), explicitHashKey: LAST_KEY }
  expect((await streams.put(StreamName, put)).shardId).toBe(shardId(6))
})
