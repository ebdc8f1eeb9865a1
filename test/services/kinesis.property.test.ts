import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ServiceError } from '../../src/services/operation.ts'
import { createKinesisService, type KinesisService } from '../../src/services/kinesis/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import { createActivity, createClock, createIds } from '../../src/system/index.ts'
import { identity, startMs } from './kinesisWorld.ts'

type Change =
  | { readonly kind: 'put'; readonly key: number }
  | { readonly kind: 'split'; readonly shard: number; readonly percent: number }
  | { readonly kind: 'merge'; readonly shard: number }
  | { readonly kind: 'count'; readonly shards: number }
  | { readonly kind: 'wait' }

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put'), key: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('split'),
      shard: fc.nat(9),
      percent: fc.integer({ min: 1, max: 99 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('merge'), shard: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('count'), shards: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait') }) },
)

const name = 'clicks'

/** What goes on at once stands in one list. */
test('whatever is split and merged, every record is read once, and those of a key in their order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 8 }), async (rounds) => {
      const { streams, clock, stop } = openStreams()
      await streams.declare([{ name, shards: 2 }])
      const put: string[] = []
      for (const round of rounds)
        await Promise.all(round.map((one) => carryOut(streams, one, put, () => clock.advance(1))))
      expectWholeKeySpace(streams)
      const read = await readInOrder(streams)
      expect([...read].sort()).toEqual([...put].sort())
      for (const key of new Set(put.map(keyOf)))
        expect(read.filter((text) => keyOf(text) === key)).toEqual(put.filter((text) => keyOf(text) === key))
      await stop()
    }),
    { numRuns: 60 },
  )
})

function openStreams() {
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs, idle: activity.idle })
  const store = createMemoryStore()
  const streams = createKinesisService({ store, clock, ids: createIds(), activity, identity })
  const stop = (): Promise<void> => {
    clock.stop()
    return store.close()
  }
  return { streams, clock, stop }
}

/** Texts are `KEY NUMBER`, in the order in which they were put. */
async function carryOut(
  streams: KinesisService,
  one: Change,
  put: string[],
  wait: () => Promise<void>,
): Promise<void> {
  const open = streams.overview()[0]!.shards.filter(({ isClosed }) => !isClosed)
  const call = (operation: string, input: object): unknown =>
    streams.service.operations[operation]?.({ StreamName: name, ...input } as never, {} as never)
  try {
    switch (one.kind) {
      case 'put': {
        const text = `${one.key} ${put.length}`
        put.push(text)
        await streams.put(name, { partitionKey: String(one.key), data: Buffer.from(text) })
        break
      }
      case 'split': {
        const { id, hashKeys } = open[one.shard % open.length]!
        const [from, to] = [BigInt(hashKeys.from), BigInt(hashKeys.to)]
        const at = from + ((to - from) * BigInt(one.percent)) / 100n
        await call('SplitShard', { ShardToSplit: id, NewStartingHashKey: String(at) })
        break
      }
      case 'merge': {
        const sorted = [...open].sort((a, b) => (BigInt(a.hashKeys.from) < BigInt(b.hashKeys.from) ? -1 : 1))
        const at = one.shard % sorted.length
        const [shard, adjacent] = [sorted[at]!, sorted[at + 1] ?? sorted[at]!]
        await call('MergeShards', { ShardToMerge: shard.id, AdjacentShardToMerge: adjacent.id })
        break
      }
      case 'count':
        await streams.declare([{ name, shards: one.shards }])
        break
      case 'wait':
        await wait()
    }
  } catch (error) {
    // Of several changes at once the later ones may come too late.
    if (!(error instanceof ServiceError)) throw error
  }
}

/** Parents to their ends before their children, as a mapping reads. */
async function readInOrder(streams: KinesisService): Promise<string[]> {
  const reader = streams.reader(name)
  const { signal } = new AbortController()
  const shards = await reader.shards()
  const read: string[] = []
  const done = new Set<string>()
  for (const { id, parents, isClosed } of shards) {
    expect(parents.every((parent) => done.has(parent))).toBe(true)
    const page = await reader.read(id, { from: { kind: 'oldest' }, limit: 1_000, waitUntilMs: 0, signal })
    const numbers = page.records.map(({ sequenceNumber }) => BigInt(sequenceNumber))
    expect(numbers.every((number, at) => at === 0 || number > numbers[at - 1]!)).toBe(true)
    expect(page.isEnd).toBe(isClosed)
    read.push(...page.records.map((record) => Buffer.from(record.data).toString()))
    done.add(id)
  }
  return read
}

function expectWholeKeySpace(streams: KinesisService): void {
  const ranges = streams
    .overview()[0]!
    .shards.filter(({ isClosed }) => !isClosed)
    .map(({ hashKeys }) => ({ from: BigInt(hashKeys.from), to: BigInt(hashKeys.to) }))
    .sort((a, b) => (a.from < b.from ? -1 : 1))
  expect(ranges[0]?.from).toBe(0n)
  for (const [at, { to }] of ranges.entries()) expect(to + 1n).toBe(ranges[at + 1]?.from ?? 2n ** 128n)
}

const keyOf = (text: string): string => text.split(' ')[0] ?? ''
