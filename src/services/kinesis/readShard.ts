import * as errors from './errors.ts'
import { type Page, type PageWanted, readPage as readPageOf } from '../shards/readPage.ts'
import { noSuchShard } from './iterator.ts'
import type { Shard, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

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
export const readPage = (
  streams: Streams,
  stream: Stream,
  shard: Shard,
  from: Pick<PageWanted, 'afterSequence' | 'limit'> & Partial<Pick<PageWanted, 'mostBytes'>>,
): Page =>
  readPageOf(streams, stream, shard, {
    mostBytes: MOST_PAGE_BYTES,
    lastSequence: shard.record.closed?.lastSequence,
    ...from,
  })
