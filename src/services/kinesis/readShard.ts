import type { LogRecord } from '../../store/index.ts'
import * as errors from './errors.ts'
import { horizonOf, newestMsOf } from './horizon.ts'
import { noSuchShard } from './iterator.ts'
import type { Shard, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** What one read of a shard brings. */
export interface Page {
  readonly records: readonly LogRecord[]
  /** The sequence that the next read goes on behind. */
  readonly afterSequence: number
  /** The shard is closed, and nothing comes behind these records. */
  readonly isEnd: boolean
  readonly millisBehindLatest: number
}

/** At most so much data comes with one read (Kinesis API Reference, `GetRecords`). */
export const MOST_PAGE_BYTES = 10 * 1024 * 1024
export const MOST_PAGE_RECORDS = 10_000

/** The shard as it is by now: it may have been closed. Throws when it is gone. */
export function currentOf(streams: Streams, stream: Stream, { id }: Shard): Shard {
  if (!streams.holds(stream)) throw errors.streamNotFound(stream.name, streams.edges.identity.accountId)
  const shard = stream.shards.get(id)
  if (!shard) throw noSuchShard(streams, stream, id)
  return shard
}

/** Reads up to `limit` records behind `afterSequence`, or behind those that are too old. */
export function readPage(
  streams: Streams,
  stream: Stream,
  shard: Shard,
  from: { readonly afterSequence: number; readonly limit: number; readonly mostBytes?: number },
): Page {
  const { store } = streams.edges
  const after = Math.max(from.afterSequence, horizonOf(streams, stream, shard))
  const records = store.read(stream.log, shard.id, after, from.limit, from.mostBytes ?? MOST_PAGE_BYTES)
  const newest = records.at(-1)
  const afterSequence = newest?.sequence ?? after
  const hasMore = afterSequence < store.lastSequence(stream.log, shard.id)
  const { closed } = shard.record
  return {
    records,
    afterSequence,
    isEnd: closed !== undefined && afterSequence >= closed.lastSequence,
    millisBehindLatest: hasMore && newest ? behindMs(streams, stream, shard, newest) : 0,
  }
}

/** With more to come it is never 0: readers take that for the tip, also where the clock stands still. */
const behindMs = (streams: Streams, stream: Stream, shard: Shard, { atMs }: LogRecord): number =>
  Math.max(1, newestMsOf(streams, stream, shard) - atMs)
