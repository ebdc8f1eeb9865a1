import type { LogRecord } from '../../store/index.ts'
import * as errors from './errors.ts'
import { horizonOf, newestMsOf } from './horizon.ts'
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

/** So much comes with one read (Amazon DynamoDB Streams API Reference, `GetRecords`). */
const MOST_PAGE_BYTES = 1024 * 1024
export const MOST_PAGE_RECORDS = 1_000

/** The shard as it is by now: it may have been closed. Throws when it is gone. */
export function currentOf(streams: Streams, stream: Stream, { id }: Shard): Shard {
  if (!streams.holds(stream)) throw errors.streamNotFound(stream.arn)
  const shard = stream.shards.get(id)
  if (!shard) throw errors.shardNotFound(stream.arn, id)
  return shard
}

/** Reads up to `limit` records behind `afterSequence`, or behind those that are too old. */
export function readPage(
  streams: Streams,
  stream: Stream,
  shard: Shard,
  from: { readonly afterSequence: number; readonly limit: number },
): Page {
  const { store } = streams.edges
  const after = Math.max(from.afterSequence, horizonOf(streams, stream, shard))
  const records = store.read(stream.log, shard.id, after, from.limit, MOST_PAGE_BYTES)
  const newest = records.at(-1)
  const afterSequence = newest?.sequence ?? after
  const hasMore = afterSequence < store.lastSequence(stream.log, shard.id)
  const { closed } = shard.kept
  return {
    records,
    afterSequence,
    isEnd: closed !== undefined && afterSequence >= closed.lastSequence,
    // With more to come it is never 0: readers take that for the tip, also where the clock stands still.
    millisBehindLatest: hasMore && newest ? Math.max(1, newestMsOf(streams, stream, shard) - newest.atMs) : 0,
  }
}
