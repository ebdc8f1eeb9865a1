import * as errors from './errors.ts'
import { type Page, type PageWanted, readPage as readPageOf } from '../shards/readPage.ts'
import type { Shard, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

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
export const readPage = (
  streams: Streams,
  stream: Stream,
  shard: Shard,
  from: Pick<PageWanted, 'afterSequence' | 'limit'> & Partial<Pick<PageWanted, 'mostBytes'>>,
): Page =>
  readPageOf(streams, stream, shard, {
    mostBytes: MOST_PAGE_BYTES,
    lastSequence: shard.kept.closed?.lastSequence,
    ...from,
  })
