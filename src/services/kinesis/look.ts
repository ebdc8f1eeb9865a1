import { horizonOf } from '../shards/horizon.ts'
import { type KinesisRecord, kinesisRecord } from './record.ts'
import { sequenceIn } from './sequenceNumbers.ts'
import { listedShards, type Shard, type Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** A record, and where it lies. */
export interface SeenRecord extends KinesisRecord {
  readonly shardId: string
}

/** The latest records of a stream, at most `most` of each shard, in the order in which they came. */
export function recordsIn(streams: Streams, stream: Stream, most: number): SeenRecord[] {
  const { store, clock } = streams.edges
  return listedShards(stream, clock.now())
    .flatMap((shard) => {
      const last = store.lastSequence(stream.log, shard.id)
      const after = Math.max(horizonOf(streams, stream, shard), last - most)
      return store
        .read(stream.log, shard.id, after, most)
        .map((record) => seen(shard, kinesisRecord(shard, record)))
    })
    .sort((a, b) => a.arrivedMs - b.arrivedMs)
}

/** One record; `undefined` when it is too old by now. */
export function recordAt(
  streams: Streams,
  stream: Stream,
  shardId: string,
  sequenceNumber: string,
): SeenRecord | undefined {
  const shard = stream.shards.get(shardId)
  const sequence = shard && sequenceIn(shard.prefix, sequenceNumber)
  if (!shard || sequence === undefined) return undefined
  const [record] = streams.edges.store.read(stream.log, shardId, sequence - 1, 1)
  return record?.sequence === sequence ? seen(shard, kinesisRecord(shard, record)) : undefined
}

const seen = ({ id }: Shard, record: KinesisRecord): SeenRecord => ({ shardId: id, ...record })
