import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { LARGEST_HASH_KEY } from '../hashKeys.ts'
import { checkShardLimit } from '../limits.ts'
import { hashKeyMember, required, shardIdMember, type StreamInput, streamMembers } from '../members.ts'
import { openShard, reshape, refuseOnDemand } from '../reshape.ts'
import type { Shard, Stream } from '../stream.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly ShardToSplit: string
  readonly NewStartingHashKey: string
}

/** `SplitShard`: the stream is `ACTIVE` again as soon as the children are durable. */
export const createSplitShard =
  (streams: Streams): Operation<Input> =>
  async (input) => {
    checkMembers([
      ...streamMembers(input),
      required(shardIdMember('shardToSplit', input.ShardToSplit)),
      required(hashKeyMember('newStartingHashKey', input.NewStartingHashKey)),
    ])
    const stream = streams.ofInput(input)
    refuseOnDemand(streams, stream)
    checkShardLimit(streams, 1)
    const at = BigInt(input.NewStartingHashKey)
    await reshape(streams, stream, (lineage) => {
      const shard = openShard(streams, stream, input.ShardToSplit, 'split')
      checkPlace(streams, stream, shard, at)
      lineage.split(shard.record, at)
    })
  }

/** Both children have at least two keys, AWS says (Kinesis API Reference, `SplitShard`). */
function checkPlace({ edges }: Streams, { name }: Stream, { id, record }: Shard, at: bigint): void {
  const { accountId } = edges.identity
  if (at > LARGEST_HASH_KEY)
    throw errors.invalidArgument(
      `NewStartingHashKey must be in the range: [0, 2^128-1]. Specified value was ${at}`,
    )
  if (at > BigInt(record.from) + 1n && at < BigInt(record.to)) return
  throw errors.invalidArgument(
    `NewStartingHashKey ${at} used in SplitShard() on shard ${id} in stream ${name} under account ${accountId} is not both greater than one plus the shard's StartingHashKey ${record.from} and less than the shard's EndingHashKey ${record.to}.`,
  )
}
