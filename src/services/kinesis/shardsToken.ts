import * as errors from './errors.ts'
import type { ShardFilter } from './shardFilter.ts'
import type { Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** How long a `NextToken` of `ListShards` can be used (Kinesis API Reference). */
const LIFE_MS = 300_000

/** Where a listing of shards goes on. */
export interface ListingPlace {
  readonly stream: Stream
  readonly after: string
  readonly filter: ShardFilter | undefined
}

export function nextTokenFor(
  streams: Streams,
  { name, record }: Stream,
  after: string,
  filter: ShardFilter | undefined,
): string {
  const place = [name, record.mark, after, streams.edges.clock.now(), filter ?? null]
  return Buffer.from(JSON.stringify(place)).toString('base64')
}

/** Throws AWS's error for a token that is too old, of a stream that is no more, or not ours. */
export function readNextToken(streams: Streams, token: string): ListingPlace {
  const [name, mark, after, createdMs, filter] = parse(token)
  if (streams.edges.clock.now() - createdMs > LIFE_MS) throw errors.expiredNextToken()
  const stream = streams.named(name)
  if (stream.record.mark !== mark) throw errors.streamNotFound(name, streams.edges.identity.accountId)
  return { stream, after, filter: filter ?? undefined }
}

type Parts = [name: string, mark: string, after: string, createdMs: number, filter: ShardFilter | null]

function parse(token: string): Parts {
  try {
    const parts = JSON.parse(Buffer.from(token, 'base64').toString('utf8')) as unknown
    if (Array.isArray(parts) && parts.length === 5 && typeof parts[3] === 'number') return parts as Parts
  } catch {
    // Not one of ours.
  }
  throw errors.invalidArgument('Invalid NextToken.')
}
