import type { KinesisRecord } from '../../../src/services/kinesis/record.ts'
import type { ShardFacts, ShardPage, ShardPosition, StreamReader } from '../../../src/sources/index.ts'
import type { Clock } from '../../../src/system/index.ts'

interface FakeShard {
  readonly id: string
  readonly parents: readonly string[]
  isClosed: boolean
  records: KinesisRecord[]
}

/** Numbers as long as a service's, so that comparing them as numbers would go wrong. */
const numberOf = (count: number): string => `4959033827149025660855969253${String(count).padStart(28, '0')}`

/** A stream in an array, which can be put to, split, merged, closed, trimmed, deleted and made anew. */
export function createFakeStream(
  clock: Clock,
  { shards = 1, retentionMs = undefined as number | undefined } = {},
) {
  const all = new Map<string, FakeShard>()
  const waiting = new Set<() => void>()
  const listeners = new Set<() => void>()
  let count = 0
  let made = 0
  let error: Error | undefined
  let failing: string | undefined
  let reads = 0
  let pending = 0

  const changed = (): void => {
    for (const wake of waiting) wake()
  }
  const shardsChanged = (): void => {
    changed()
    for (const listener of listeners) listener()
  }
  function add(parents: readonly string[]): FakeShard {
    const id = `shardId-${String(made++).padStart(12, '0')}`
    const shard = { id, parents, isClosed: false, records: [] }
    all.set(id, shard)
    return shard
  }
  function shardOf(id: string): FakeShard {
    if (error) throw error
    const shard = all.get(id)
    if (!shard || id === failing) throw notFound()
    return shard
  }
  const indexOf = (shard: FakeShard, from: ShardPosition): number => {
    const isBehind = (record: KinesisRecord): boolean =>
      from.kind === 'after'
        ? BigInt(record.sequenceNumber) > BigInt(from.sequenceNumber)
        : from.kind !== 'time' || record.arrivedMs >= from.ms
    let [low, high] = [0, shard.records.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const record = shard.records[middle]
      if (record && !isBehind(record)) low = middle + 1
      else high = middle
    }
    return low
  }

  const reader: StreamReader<KinesisRecord> = {
    async shards(): Promise<ShardFacts[]> {
      if (error) throw error
      if (all.size === 0) throw notFound()
      return [...all.values()].map(({ id, parents, isClosed }) => ({ id, parents, isClosed }))
    },
    async latest(id) {
      shardOf(id)
      return { kind: 'after', sequenceNumber: numberOf(count) }
    },
    async read(id, { from, limit, waitUntilMs, signal }): Promise<ShardPage<KinesisRecord>> {
      reads++
      for (;;) {
        signal.throwIfAborted()
        const shard = shardOf(id)
        const first = indexOf(shard, from)
        const records = shard.records.slice(first, first + limit)
        const last = records.at(-1)
        const isAll = first + records.length === shard.records.length
        const isEnd = shard.isClosed && isAll
        if (records.length > 0 || isEnd || (waitUntilMs !== undefined && waitUntilMs <= clock.now())) {
          const newest = shard.records.at(-1)?.arrivedMs ?? 0
          return {
            records,
            next: last ? { kind: 'after', sequenceNumber: last.sequenceNumber } : from,
            isEnd,
            millisBehindLatest: isAll ? 0 : Math.max(1, newest - (last?.arrivedMs ?? newest)),
          }
        }
        pending++
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake)
            signal.removeEventListener('abort', wake)
            resolve()
          }
          waiting.add(wake)
          signal.addEventListener('abort', wake)
        })
        pending--
      }
    },
    onShardsChanged(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    retentionMs: () => retentionMs,
  }

  for (let index = 0; index < shards; index++) add([])

  return {
    reader,
    shardIds: () => [...all.keys()],
    openIds: () => [...all.values()].filter(({ isClosed }) => !isClosed).map(({ id }) => id),
    recordsOf: (id: string) => all.get(id)?.records ?? [],
    /** Reads made so far, and those that wait now. */
    reads: () => ({ made: reads, pending }),
    put(
      data: readonly string[],
      {
        shard = [...all.keys()].at(0) ?? '',
        key = undefined as string | undefined,
        cause = undefined as string | undefined,
      } = {},
    ): string[] {
      const records = data.map((one) => ({
        sequenceNumber: numberOf(++count),
        partitionKey: key ?? one,
        data: Buffer.from(one),
        arrivedMs: clock.now(),
        cause,
      }))
      shardOf(shard).records.push(...records)
      changed()
      return records.map(({ sequenceNumber }) => sequenceNumber)
    },
    split(id: string): [string, string] {
      shardOf(id).isClosed = true
      const [left, right] = [add([id]).id, add([id]).id]
      shardsChanged()
      return [left, right]
    },
    merge(a: string, b: string): string {
      shardOf(a).isClosed = true
      shardOf(b).isClosed = true
      const { id } = add([a, b])
      shardsChanged()
      return id
    },
    close(id: string): void {
      shardOf(id).isClosed = true
      shardsChanged()
    },
    /** Removes a shard with all that is in it, as retention does once it is closed. */
    removeShard(id: string): void {
      all.delete(id)
      shardsChanged()
    },
    /** Removes the first records of a shard. */
    trim(id: string, records: number): void {
      const shard = shardOf(id)
      shard.records = shard.records.slice(records)
    },
    /** Every call fails until `undefined`. */
    fail(by: Error | undefined): void {
      error = by
      shardsChanged()
    },
    /** One shard cannot be found, though it is there. */
    failShard(id: string | undefined): void {
      failing = id
      changed()
    },
    remove(): void {
      all.clear()
      shardsChanged()
    },
    /** Makes the stream again, with shards of the same names. */
    create(number = 1): void {
      made = 0
      for (let index = 0; index < number; index++) add([])
      shardsChanged()
    },
  }
}

export type FakeStream = ReturnType<typeof createFakeStream>

function notFound(): Error {
  const error = new Error('Stream clicks under account 000000000000 not found.')
  error.name = 'ResourceNotFoundException'
  return error
}
