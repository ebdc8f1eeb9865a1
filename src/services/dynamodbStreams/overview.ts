import { horizonOf, newestMsOf } from '../shards/horizon.ts'
import { sequenceNumberOf } from './sequenceNumbers.ts'
import { listedShards, type Shard, type Stream, type StreamViewType } from './stream.ts'
import type { Streams } from './streams.ts'

/** A stream at a glance. */
export interface StreamOverview {
  readonly arn: string
  readonly tableName: string
  readonly label: string
  readonly viewType: StreamViewType
  readonly status: 'ENABLED' | 'DISABLED'
  readonly createdMs: number
  /** Parents before their children. */
  readonly shards: readonly ShardOverview[]
}

export interface ShardOverview {
  readonly id: string
  readonly parents: readonly string[]
  readonly isClosed: boolean
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
  arn: stream.arn,
  tableName: stream.kept.tableName,
  label: stream.kept.label,
  viewType: stream.kept.viewType,
  status: statusOf(stream),
  createdMs: stream.kept.createdMs,
  shards: listedShards(stream, streams.edges.clock.now()).map((shard) =>
    shardOverview(streams, stream, shard),
  ),
})

export const statusOf = ({ kept }: Stream): 'ENABLED' | 'DISABLED' =>
  kept.closedMs === undefined ? 'ENABLED' : 'DISABLED'

function shardOverview(streams: Streams, stream: Stream, shard: Shard): ShardOverview {
  const { parent, closed } = shard.kept
  const horizon = horizonOf(streams, stream, shard)
  const last = streams.edges.store.lastSequence(stream.log, shard.id)
  const records = last - horizon
  return {
    id: shard.id,
    parents: parent === undefined ? [] : [parent],
    isClosed: closed !== undefined,
    records,
    firstSequenceNumber: records > 0 ? sequenceNumberOf(shard.prefix, horizon + 1) : null,
    lastSequenceNumber: records > 0 ? sequenceNumberOf(shard.prefix, last) : null,
    newestMs: records > 0 ? newestMsOf(streams, stream, shard) : null,
  }
}
