import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { iteratorFor, noSuchShard } from '../iterator.ts'
import { required, sequenceNumberMember, shardIdMember, type StreamInput, streamMembers } from '../members.ts'
import { iteratorTypes, startAfter } from '../position.ts'
import { findShard } from '../stream.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly ShardId: string
  readonly ShardIteratorType: string
  readonly StartingSequenceNumber?: string
  readonly Timestamp?: number
}

/** `GetShardIterator`. */
export const createGetShardIterator =
  (streams: Streams): Operation<Input> =>
  (input) => {
    checkMembers([
      ...streamMembers(input),
      required(shardIdMember('shardId', input.ShardId)),
      required({ path: 'shardIteratorType', value: input.ShardIteratorType, oneOf: iteratorTypes }),
      sequenceNumberMember('startingSequenceNumber', input.StartingSequenceNumber),
    ])
    const stream = streams.ofInput(input)
    const shard = findShard(stream, input.ShardId, streams.edges.clock.now())
    if (!shard) throw noSuchShard(streams, stream, input.ShardId)
    const after = startAfter(streams, stream, shard, {
      Type: input.ShardIteratorType,
      SequenceNumber: input.StartingSequenceNumber,
      Timestamp: input.Timestamp,
    })
    return { ShardIterator: iteratorFor(streams, stream, shard, after) }
  }
