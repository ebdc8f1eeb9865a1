import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { required, shardIdMember, type StreamInput, streamMembers } from '../members.ts'
import { openShard, reshape, refuseOnDemand } from '../reshape.ts'
import type { Shard, Stream } from '../stream.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly ShardToMerge: string
  readonly AdjacentShardToMerge: string
}

/** `MergeShards`: the stream is `ACTIVE` again as soon as the child is durable. */
export const createMergeShards =
  (streams: Streams): Operation<Input> =>
  async (input) => {
    checkMembers([
      ...streamMembers(input),
      required(shardIdMember('shardToMerge', input.ShardToMerge)),
      required(shardIdMember('adjacentShardToMerge', input.AdjacentShardToMerge)),
    ])
    const stream = streams.ofInput(input)
    refuseOnDemand(streams, stream)
    await reshape(streams, stream, (lineage) => {
      const shard = openShard(streams, stream, input.ShardToMerge, 'merge')
      const adjacent = openShard(streams, stream, input.AdjacentShardToMerge, 'merge')
      if (!areAdjacent(shard, adjacent)) throw notAdjacent(streams, stream, shard, adjacent)
      lineage.merge(shard.record, adjacent.record)
    })
  }

const areAdjacent = ({ record: one }: Shard, { record: other }: Shard): boolean =>
  BigInt(one.to) + 1n === BigInt(other.from) || BigInt(other.to) + 1n === BigInt(one.from)

const notAdjacent = ({ edges }: Streams, { name }: Stream, shard: Shard, adjacent: Shard) =>
  errors.invalidArgument(
    `Shards ${shard.id} and ${adjacent.id} in stream ${name} under account ${edges.identity.accountId} are not an adjacent pair of shards eligible for merging`,
  )
