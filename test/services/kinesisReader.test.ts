import { expect, test } from 'vitest'
import type { KinesisRecord, StreamReader } from '../../src/services/kinesis/index.ts'
import type { StreamReader as SourcesReader } from '../../src/sources/defineStream.ts'
import { createKinesisWorld, startMs } from './kinesisWorld.ts'
import { HALF_KEY, shardId } from './kinesisTable/kinesisCase.ts'

const name = 'clicks'
const { signal } = new AbortController()
const first = shardId(0)
const data = (text: string): Buffer => Buffer.from(text)
const textsOf = (page: { readonly records: readonly KinesisRecord[] }): string[] =>
  page.records.map((record) => Buffer.from(record.data).toString())

/** A stream with one shard, and a reader of it. */
async function createReader() {
  const world = await createKinesisWorld()
  await world.streams.declare([{ name, shards: 1 }])
  // What sources ask of a reader is what a reader is here.
  const reader: SourcesReader<KinesisRecord> & StreamReader = world.streams.reader(name)
  const put = (text: string, cause?: string) =>
    world.streams.put(name, { partitionKey: text, data: data(text) }, cause)
  return { ...world, reader, put }
}

test('a reader at rest is no open work, and gets a record as soon as it is there', async () => {
  const { reader, put, activity, puts, clock } = await createReader()
  expect(await reader.shards()).toEqual([{ id: first, parents: [], isClosed: false }])
  const reading = reader.read(first, { from: await reader.latest(first), limit: 10, signal })
  await activity.idle()
  expect([activity.open(), clock.timers()]).toEqual([[], []])
  const { sequenceNumber } = await put('a', 'invocation-1')
  expect(await reading).toEqual({
    records: [
      { sequenceNumber, partitionKey: 'a', data: data('a'), arrivedMs: startMs, cause: 'invocation-1' },
    ],
    next: { kind: 'after', sequenceNumber },
    isEnd: false,
    millisBehindLatest: 0,
  })
  expect(puts).toEqual([{ stream: name, shardId: first, count: 1, cause: 'invocation-1' }])
})

test('a page goes on where the one before it ended', async () => {
  const { reader, put } = await createReader()
  for (const text of ['a', 'b', 'c']) await put(text)
  const one = await reader.read(first, { from: { kind: 'oldest' }, limit: 2, signal })
  const two = await reader.read(first, { from: one.next, limit: 2, signal })
  expect([textsOf(one), textsOf(two)]).toEqual([['a', 'b'], ['c']])
})

test('a reader may begin with a time', async () => {
  const { reader, put, clock } = await createReader()
  await put('a')
  await clock.advance(1_000)
  await put('b')
  const page = await reader.read(first, { from: { kind: 'time', ms: startMs + 1 }, limit: 2, signal })
  expect(textsOf(page)).toEqual(['b'])
})

test('a reader waits until a time, by the clock', async () => {
  const { reader, clock, activity } = await createReader()
  const waitUntilMs = clock.now() + 5_000
  const reading = reader.read(first, { from: { kind: 'oldest' }, limit: 2, waitUntilMs, signal })
  await activity.idle()
  expect(clock.timers()).toMatchObject([{ recurring: true, dueMs: waitUntilMs }])
  await clock.advance(5_000)
  expect(await reading).toMatchObject({ records: [], isEnd: false })
  const looked = await reader.read(first, { from: { kind: 'oldest' }, limit: 2, waitUntilMs: 0, signal })
  expect(looked.records).toEqual([])
})

test('a reader that is no longer wanted rejects with the reason', async () => {
  const { reader, clock } = await createReader()
  const abort = new AbortController()
  const reading = reader.read(first, {
    from: { kind: 'oldest' },
    limit: 2,
    waitUntilMs: clock.now() + 5_000,
    signal: abort.signal,
  })
  abort.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
  expect(clock.timers()).toEqual([])
})

test('a split tells those who watch, and ends the wait for more of the parent', async () => {
  const { reader, kinesis, put } = await createReader()
  const { sequenceNumber } = await put('a')
  let changes = 0
  const unwatch = reader.onShardsChanged(() => changes++)
  const from = { kind: 'after', sequenceNumber } as const
  const reading = reader.read(first, { from, limit: 2, signal })
  await kinesis.splitShard({ StreamName: name, ShardToSplit: first, NewStartingHashKey: HALF_KEY })
  expect(await reading).toMatchObject({ records: [], next: from, isEnd: true })
  expect(changes).toBe(1)
  expect(await reader.shards()).toEqual([
    { id: first, parents: [], isClosed: true },
    { id: shardId(1), parents: [first], isClosed: false },
    { id: shardId(2), parents: [first], isClosed: false },
  ])
  unwatch()
  await kinesis.mergeShards({
    StreamName: name,
    ShardToMerge: shardId(1),
    AdjacentShardToMerge: shardId(2),
  })
  expect(changes).toBe(1)
})

test('the last records of a closed shard say that they are', async () => {
  const { reader, kinesis, put } = await createReader()
  await put('a')
  await kinesis.splitShard({ StreamName: name, ShardToSplit: first, NewStartingHashKey: HALF_KEY })
  const page = await reader.read(first, { from: { kind: 'oldest' }, limit: 2, signal })
  expect([textsOf(page), page.isEnd]).toEqual([['a'], true])
})

test('a deleted stream ends the wait, and a new one is found', async () => {
  const { reader, kinesis, streams, put, clock } = await createReader()
  let changes = 0
  reader.onShardsChanged(() => changes++)
  const reading = reader.read(first, {
    from: { kind: 'oldest' },
    limit: 2,
    waitUntilMs: clock.now() + 5_000,
    signal,
  })
  await Promise.all([
    expect(reading).rejects.toMatchObject({ code: 'ResourceNotFoundException' }),
    kinesis.deleteStream({ StreamName: name }),
  ])
  expect([changes, streams.exists(name), reader.retentionMs()]).toEqual([1, false, undefined])
  await expect(reader.shards()).rejects.toThrow(`Stream ${name} under account 000000000000 not found.`)
  await streams.declare([{ name, shards: 1, retentionHours: 48 }])
  await put('new')
  const page = await reader.read(first, { from: { kind: 'oldest' }, limit: 2, signal })
  expect([changes, textsOf(page), reader.retentionMs()]).toEqual([2, ['new'], 48 * 3_600_000])
})

test('a place in an earlier stream of the same name is before all that is in this one', async () => {
  const { reader, kinesis, streams, put } = await createReader()
  const { sequenceNumber } = await put('old')
  await kinesis.deleteStream({ StreamName: name })
  await streams.declare([{ name, shards: 1 }])
  await put('new')
  const page = await reader.read(first, { from: { kind: 'after', sequenceNumber }, limit: 2, signal })
  expect(textsOf(page)).toEqual(['new'])
})

test('a store that was emptied from outside is read again', async () => {
  const { reader, streams, store, clock, put } = await createReader()
  await put('a')
  const from = await reader.latest(first)
  const reading = reader.read(first, { from, limit: 2, signal })
  await store.clear()
  streams.reload()
  await expect(reading).rejects.toMatchObject({ code: 'ResourceNotFoundException' })
  expect([streams.overview(), clock.timers()]).toEqual([[], []])
})

test('records that grew too old are passed over', async () => {
  const { reader, put, clock } = await createReader()
  const { sequenceNumber } = await put('a')
  await put('b')
  await clock.advance(24 * 3_600_000 + 1)
  await put('c')
  const page = await reader.read(first, { from: { kind: 'after', sequenceNumber }, limit: 9, signal })
  expect(textsOf(page)).toEqual(['c'])
})

test('a declaration creates a stream, and changes one that is there without losing a record', async () => {
  const { reader, streams, put } = await createReader()
  await put('a')
  await streams.declare([{ name, shards: 3, retentionHours: 72, mode: 'ON_DEMAND' }])
  expect(streams.overview()).toMatchObject([{ name, mode: 'ON_DEMAND', retentionHours: 72 }])
  const open = (await reader.shards()).filter(({ isClosed }) => !isClosed)
  expect(open).toHaveLength(3)
  await streams.declare([{ name, shards: 1 }])
  expect(streams.overview()).toMatchObject([{ mode: 'ON_DEMAND', retentionHours: 72 }])
  expect((await reader.shards()).filter(({ isClosed }) => !isClosed)).toHaveLength(1)
  const page = await reader.read(first, { from: { kind: 'oldest' }, limit: 2, signal })
  expect(textsOf(page)).toEqual(['a'])
  await streams.declare([])
  expect(streams.exists(name)).toBe(true)
})

test('the overview tells shards with their records', async () => {
  const { streams, put, kinesis } = await createReader()
  const { sequenceNumber: firstSequenceNumber } = await put('a')
  const { sequenceNumber: lastSequenceNumber } = await put('b')
  await kinesis.splitShard({ StreamName: name, ShardToSplit: first, NewStartingHashKey: HALF_KEY })
  const [stream] = streams.overview()
  expect(stream).toMatchObject({ name, arn: streams.arnOf(name), retentionHours: 24, consumers: [] })
  expect(stream?.shards).toMatchObject([
    { id: first, isClosed: true, records: 2, firstSequenceNumber, lastSequenceNumber, newestMs: startMs },
    { id: shardId(1), isClosed: false, parents: [first], records: 0, lastSequenceNumber: null },
    { id: shardId(2), isClosed: false, parents: [first], records: 0, newestMs: null },
  ])
  expect(streams.streamOfArn(streams.arnOf(name))).toBe(name)
  expect(streams.streamOfArn('arn:aws:kinesis:us-east-1:000000000000:stream/other')).toBeUndefined()
})

test('a record that AWS would refuse is refused here as well', async () => {
  const { streams } = await createReader()
  const refused = { code: 'ValidationException' }
  await expect(streams.put(name, { partitionKey: '', data: data('') })).rejects.toMatchObject(refused)
  const hashKey = { partitionKey: 'a', data: data(''), explicitHashKey: 'x' }
  await expect(streams.put(name, hashKey)).rejects.toMatchObject(refused)
  const large = { partitionKey: 'a', data: Buffer.alloc(1_048_576) }
  await expect(streams.put(name, large)).rejects.toMatchObject(refused)
})
