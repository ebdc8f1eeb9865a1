import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { horizonOf } from '../../shards/horizon.ts'
import { iteratorFor } from '../iterator.ts'
import { required, shardIdMember, streamArnMember } from '../members.ts'
import { sequenceIn } from '../sequenceNumbers.ts'
import { findShard, type Shard, type Stream } from '../stream.ts'
import type { Streams } from '../streams.ts'

interface Input {
  readonly StreamArn: string
  readonly ShardId: string
  readonly ShardIteratorType: string
  readonly SequenceNumber?: string
}

const TYPES = ['AFTER_SEQUENCE_NUMBER', 'LATEST', 'AT_SEQUENCE_NUMBER', 'TRIM_HORIZON']

/** `GetShardIterator`. */
export const createGetShardIterator =
  (streams: Streams): Operation<Input> =>
  (input) => {
    checkMembers([
      required(streamArnMember(input.StreamArn)),
      required(shardIdMember('shardId', input.ShardId)),
      required({ path: 'shardIteratorType', value: input.ShardIteratorType, oneOf: TYPES }),
      { path: 'sequenceNumber', value: input.SequenceNumber, least: 21, most: 40 },
    ])
    const stream = streams.get(input.StreamArn)
    if (!stream) throw errors.streamNotFound(input.StreamArn)
    const shard = findShard(stream, input.ShardId, streams.edges.clock.now())
    if (!shard) throw errors.shardNotFound(stream.arn, input.ShardId)
    return { ShardIterator: iteratorFor(streams, stream, shard, startAfter(streams, stream, shard, input)) }
  }

/** The sequence behind which reading begins. */
function startAfter(
  streams: Streams,
  stream: Stream,
  shard: Shard,
  { ShardIteratorType: type, SequenceNumber: sequenceNumber }: Input,
): number {
  const last = streams.edges.store.lastSequence(stream.log, shard.id)
  const isNumbered = type.endsWith('_SEQUENCE_NUMBER')
  if (isNumbered !== (sequenceNumber !== undefined))
    throw errors.validation(
      `SequenceNumber must ${isNumbered ? '' : 'not '}be specified with ShardIteratorType ${type}`,
    )
  if (type === 'LATEST') return last
  if (type === 'TRIM_HORIZON') return 0
  const sequence = sequenceIn(shard.prefix, sequenceNumber ?? '')
  if (sequence === undefined || sequence < 1 || sequence > last + 1)
    throw errors.validation(`Invalid SequenceNumber ${sequenceNumber} for shard ${shard.id}`)
  const after = type === 'AT_SEQUENCE_NUMBER' ? sequence - 1 : sequence
  if (after < horizonOf(streams, stream, shard)) throw errors.trimmedData()
  return after
}
