import { EventAnswer } from '../../eventAnswer.ts'
import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { registrationOf } from '../consumers.ts'
import { noSuchShard } from '../iterator.ts'
import { consumerMembers, required, sequenceNumberMember, shardIdMember } from '../members.ts'
import { iteratorTypes, startAfter, type StartingPosition } from '../position.ts'
import { findShard } from '../stream.ts'
import type { Streams } from '../streams.ts'
import { shardEvents } from '../shardEvents.ts'
import type { Subscriptions } from '../subscriptions.ts'

interface Input {
  readonly ConsumerARN: string
  readonly ShardId: string
  readonly StartingPosition: StartingPosition
  readonly StreamId?: string
}

/** `SubscribeToShard`: the records of a shard as they come, for five minutes. */
export const createSubscribeToShard =
  (streams: Streams, subscriptions: Subscriptions): Operation<Input> =>
  (input, context) => {
    check(input)
    const { ConsumerARN, ShardId, StartingPosition, StreamId } = input
    const named = { ConsumerARN, ...(StreamId !== undefined && { StreamId }) }
    const registration = registrationOf(streams, named)
    const { stream } = registration
    const shard = findShard(stream, ShardId, streams.edges.clock.now())
    if (!shard) throw noSuchShard(streams, stream, ShardId)
    const afterSequence = startAfter(streams, stream, shard, StartingPosition, 'SubscribeToShard')
    const ended = subscriptions.begin(registration, shard)
    return new EventAnswer(shardEvents(streams, { stream, shard, afterSequence, ended, context }))
  }

const check = (input: Input): void =>
  checkMembers([
    ...consumerMembers(input, true),
    required(shardIdMember('shardId', input.ShardId)),
    ...(input.StartingPosition === undefined
      ? [required({ path: 'startingPosition', value: undefined })]
      : [
          required({
            path: 'startingPosition.type',
            value: input.StartingPosition.Type,
            oneOf: iteratorTypes,
          }),
          sequenceNumberMember('startingPosition.sequenceNumber', input.StartingPosition.SequenceNumber),
        ]),
  ])
