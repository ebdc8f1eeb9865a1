import * as errors from './errors.ts'
import { horizonOf } from '../shards/horizon.ts'
import { findShard, type Shard, type Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** How long a shard iterator can be used (Amazon DynamoDB Streams API Reference, `GetShardIterator`). */
const ITERATOR_LIFE_MS = 900_000

/** The shard iterator for the place behind a sequence, made now; behind 0 is wherever the oldest record is. */
export function iteratorFor(streams: Streams, stream: Stream, shard: Shard, afterSequence: number): string {
  const place = `${shard.id} ${afterSequence} ${streams.edges.clock.now()}`
  return `${stream.arn}|1|${Buffer.from(place).toString('base64')}`
}

/** What a shard iterator stands for. Throws AWS's error for one that is no good any more. */
export function placeOf(
  streams: Streams,
  iterator: string,
): { stream: Stream; shard: Shard; afterSequence: number } {
  const [arn = '', version, place = ''] = iterator.split('|')
  const found = /^(shardId-\d{20}-[0-9a-f]{8}) (\d+) (\d+)$/.exec(
    Buffer.from(place, 'base64').toString('latin1'),
  )
  if (!found || version !== '1') throw errors.validation('Invalid ShardIterator')
  const [, shardId = '', afterSequence, createdMs] = found
  const nowMs = streams.edges.clock.now()
  if (nowMs - Number(createdMs) > ITERATOR_LIFE_MS) throw errors.expiredIterator()
  const stream = streams.get(arn)
  if (!stream) throw errors.streamNotFound(arn)
  const shard = findShard(stream, shardId, nowMs)
  if (!shard) throw errors.trimmedData()
  const after = Number(afterSequence)
  // A place that is before the oldest record has lost what came behind it.
  if (after > 0 && after < horizonOf(streams, stream, shard)) throw errors.trimmedData()
  return { stream, shard, afterSequence: after }
}
