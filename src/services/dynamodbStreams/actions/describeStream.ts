import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { limitMember, required, shardIdMember, streamArnMember } from '../members.ts'
import { statusOf } from '../overview.ts'
import { sequenceNumberOf } from '../sequenceNumbers.ts'
import { listedShards, type Shard, type Stream } from '../stream.ts'
import type { Streams } from '../streams.ts'

interface Input {
  readonly StreamArn: string
  readonly Limit?: number
  readonly ExclusiveStartShardId?: string
  readonly ShardFilter?: { readonly Type?: string; readonly ShardId?: string }
}

const MOST = 100

/** `DescribeStream`: with the shards that hold records or may get some, or the children of one. */
export const createDescribeStream =
  (streams: Streams): Operation<Input> =>
  (input) => {
    check(input)
    const stream = streams.get(input.StreamArn)
    if (!stream) throw errors.streamNotFound(input.StreamArn)
    const rest = shardsFor(streams, stream, input)
    const page = rest.slice(0, input.Limit ?? MOST)
    return {
      StreamDescription: {
        StreamArn: stream.arn,
        StreamLabel: stream.kept.label,
        StreamStatus: statusOf(stream),
        StreamViewType: stream.kept.viewType,
        CreationRequestDateTime: stream.kept.createdMs / 1_000,
        TableName: stream.kept.tableName,
        KeySchema: stream.kept.keySchema,
        Shards: page.map(shardShape),
        ...(rest.length > page.length && { LastEvaluatedShardId: page.at(-1)?.id }),
      },
    }
  }

function check({ StreamArn, Limit, ExclusiveStartShardId, ShardFilter }: Input): void {
  checkMembers([
    required(streamArnMember(StreamArn)),
    limitMember(Limit, MOST),
    shardIdMember('exclusiveStartShardId', ExclusiveStartShardId),
    { path: 'shardFilter.type', value: ShardFilter?.Type, oneOf: ['CHILD_SHARDS'] },
    shardIdMember('shardFilter.shardId', ShardFilter?.ShardId),
  ])
  if (ShardFilter && (ShardFilter.Type === undefined || ShardFilter.ShardId === undefined))
    throw errors.validation('ShardFilter must have a Type and a ShardId')
}

function shardsFor(streams: Streams, stream: Stream, { ExclusiveStartShardId, ShardFilter }: Input): Shard[] {
  const listed = listedShards(stream, streams.edges.clock.now())
  const shards = ShardFilter ? listed.filter(({ kept }) => kept.parent === ShardFilter.ShardId) : listed
  if (ExclusiveStartShardId === undefined) return shards
  // Their ids begin with the time of their creation.
  return shards.filter(({ id }) => id > ExclusiveStartShardId)
}

const shardShape = ({ id, prefix, kept }: Shard): object => ({
  ShardId: id,
  SequenceNumberRange: {
    StartingSequenceNumber: sequenceNumberOf(prefix, 1),
    // It is there for a shard that never got a record, too: that it is there says that the shard is closed.
    ...(kept.closed && {
      EndingSequenceNumber: sequenceNumberOf(prefix, Math.max(1, kept.closed.lastSequence)),
    }),
  },
  ...(kept.parent !== undefined && { ParentShardId: kept.parent }),
})
