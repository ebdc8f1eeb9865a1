import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { shardShape, streamShape } from '../describe.ts'
import { limitMember, shardIdMember, type StreamInput, streamMembers } from '../members.ts'
import { listedShards } from '../stream.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly Limit?: number
  readonly ExclusiveStartShardId?: string
}

const DEFAULT_LIMIT = 100

/** `DescribeStream`: with the shards that hold records or may get some. */
export const createDescribeStream =
  (streams: Streams): Operation<Input> =>
  (input) => {
    checkMembers([
      ...streamMembers(input),
      limitMember(input.Limit, 10_000),
      shardIdMember('exclusiveStartShardId', input.ExclusiveStartShardId),
    ])
    const stream = streams.ofInput(input)
    const { ExclusiveStartShardId: after = '', Limit: limit = DEFAULT_LIMIT } = input
    const rest = listedShards(stream, streams.edges.clock.now()).filter(({ id }) => id > after)
    return {
      StreamDescription: {
        ...streamShape(stream),
        Shards: rest.slice(0, limit).map(shardShape),
        HasMoreShards: rest.length > limit,
      },
    }
  }
