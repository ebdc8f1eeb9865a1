import type { LogRecord } from '../../store/index.ts'
import { horizonOf, newestMsOf } from './horizon.ts'
import type { ShardedStream, ShardMemory, StreamHost } from './shard.ts'

/** What one read of a shard brings. */
export interface Page {
  readonly records: readonly LogRecord[]
  /** The sequence that the next read goes on behind. */
  readonly afterSequence: number
  /** The shard is closed, and nothing comes behind these records. */
  readonly isEnd: boolean
  readonly millisBehindLatest: number
}

export interface PageWanted {
  readonly afterSequence: number
  readonly limit: number
  readonly mostBytes: number
  /** The last one that a closed shard has. */
  readonly lastSequence: number | undefined
}

/** Reads up to `limit` records behind `afterSequence`, or behind those that are too old. */
export function readPage(
  host: StreamHost,
  stream: ShardedStream,
  shard: ShardMemory,
  { afterSequence: wanted, limit, mostBytes, lastSequence }: PageWanted,
): Page {
  const { store } = host.edges
  const after = Math.max(wanted, horizonOf(host, stream, shard))
  const records = store.read(stream.log, shard.id, after, limit, mostBytes)
  const newest = records.at(-1)
  const afterSequence = newest?.sequence ?? after
  const hasMore = afterSequence < store.lastSequence(stream.log, shard.id)
  return {
    records,
    afterSequence,
    isEnd: lastSequence !== undefined && afterSequence >= lastSequence,
    // With more to come it is never 0: readers take that for the tip, also where the clock stands still.
    millisBehindLatest: hasMore && newest ? Math.max(1, newestMsOf(host, stream, shard) - newest.atMs) : 0,
  }
}
