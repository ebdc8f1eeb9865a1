import { horizonOf, newestMsOf } from '../shards/horizon.ts'
import { sequenceNumberOf } from './sequenceNumbers.ts'
import { listedShards, type Shard, type Stream, type StreamMode } from './stream.ts'
import type { Streams } from './streams.ts'

/** A stream at a glance. */
export interface StreamOverview {
  readonly name: string
  readonly arn: string
  readonly mode: StreamMode
  readonly retentionHours: number
  readonly createdMs: number
  /** Parents before their children. */
  readonly shards: readonly ShardOverview[]
  /** Names of registered consumers. */
  readonly consumers: readonly string[]
}

export interface ShardOverview {
  readonly id: string
  readonly parents: readonly string[]
  readonly isClosed: boolean
  /** Decimal digits; both ends are included. */
  readonly hashKeys: { readonly from: string; readonly to: string }
  /** Records that are young enough to be read. */
  readonly records: number
  /** Of those records; `null` when there is none. */
  readonly firstSequenceNumber: string | null
  readonly lastSequenceNumber: string | null
  /** When the newest record came, epoch milliseconds. */
  readonly newestMs: number | null
}

/** A stream with its shards; no record is read but the oldest and the newest of each. */
export const overviewOf = (streams: Streams, stream: Stream): StreamOverview => ({
  name: stream.name,
  arn: stream.arn,
  mode: stream.record.mode,
  retentionHours: stream.record.retentionHours,
  createdMs: stream.record.createdMs,
  shards: listedShards(stream, streams.edges.clock.now()).map((shard) =>
    shardOverview(streams, stream, shard),
  ),
  consumers: stream.record.consumers.map(({ name }) => name),
})

function shardOverview(streams: Streams, stream: Stream, shard: Shard): ShardOverview {
  const { parents, from, to, closed } = shard.record
  const horizon = horizonOf(streams, stream, shard)
  const last = streams.edges.store.lastSequence(stream.log, shard.id)
  const records = last - horizon
  return {
    id: shard.id,
    parents,
    isClosed: closed !== undefined,
    hashKeys: { from, to },
    records,
    firstSequenceNumber: records > 0 ? sequenceNumberOf(shard.prefix, horizon + 1) : null,
    lastSequenceNumber: records > 0 ? sequenceNumberOf(shard.prefix, last) : null,
    newestMs: records > 0 ? newestMsOf(streams, stream, shard) : null,
  }
}
