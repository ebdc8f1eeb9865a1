import * as errors from './errors.ts'
import { type Shard, shardIdOf, type Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** A place in a shard, as a shard iterator tells it. */
interface Place {
  readonly name: string
  readonly mark: string
  readonly index: number
  readonly afterSequence: number
  readonly createdMs: number
}

/** How long a shard iterator can be used (Kinesis API Reference, `GetShardIterator`). */
export const ITERATOR_LIFE_MS = 300_000

/** The shard iterator for the place behind a sequence, made now. */
export function iteratorFor(streams: Streams, stream: Stream, shard: Shard, afterSequence: number): string {
  const { mark } = stream.record
  const place = [mark, shard.record.index, afterSequence, streams.edges.clock.now(), stream.name]
  return Buffer.from(`${VERSION} ${place.join(' ')}`).toString('base64')
}

/** What a shard iterator stands for. Throws AWS's error for one that is too old, or of a stream that is no more. */
export function placeOf(
  streams: Streams,
  iterator: string,
): { stream: Stream; shard: Shard; afterSequence: number } {
  const place = readIterator(iterator)
  const nowMs = streams.edges.clock.now()
  if (nowMs - place.createdMs > ITERATOR_LIFE_MS)
    throw errors.expiredIterator(place.createdMs, nowMs, ITERATOR_LIFE_MS)
  const stream = streams.named(place.name)
  const shardId = shardIdOf(place.index)
  const shard = stream.record.mark === place.mark ? stream.shards.get(shardId) : undefined
  if (!shard) throw noSuchShard(streams, stream, shardId)
  return { stream, shard, afterSequence: place.afterSequence }
}

/** What AWS says when a shard to be read does not exist. */
export const noSuchShard = (streams: Streams, { name }: Stream, shardId: string) =>
  errors.resourceNotFound(
    `Shard ${shardId} in stream ${name} under account ${streams.edges.identity.accountId} does not exist`,
  )

const VERSION = 'lambent:1'
const form = new RegExp(`^${VERSION} (\\d{12}) (\\d+) (\\d+) (\\d+) ([a-zA-Z0-9_.-]{1,128})$`)

function readIterator(iterator: string): Place {
  const found = form.exec(Buffer.from(iterator, 'base64').toString('latin1'))
  if (!found) throw errors.invalidArgument('Invalid ShardIterator.')
  const [, mark = '', index, afterSequence, createdMs, name = ''] = found
  return {
    name,
    mark,
    index: Number(index),
    afterSequence: Number(afterSequence),
    createdMs: Number(createdMs),
  }
}
