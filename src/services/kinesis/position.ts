import * as errors from './errors.ts'
import { beforeTime, horizonOf } from '../shards/horizon.ts'
import { sequenceIn } from './sequenceNumbers.ts'
import type { Shard, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** Where reading begins, as `GetShardIterator` and `SubscribeToShard` name it. */
export interface StartingPosition {
  readonly Type: string
  readonly SequenceNumber?: string | undefined
  /** Epoch seconds. */
  readonly Timestamp?: number | undefined
}

export const iteratorTypes = [
  'AFTER_SEQUENCE_NUMBER',
  'LATEST',
  'AT_TIMESTAMP',
  'AT_SEQUENCE_NUMBER',
  'TRIM_HORIZON',
] as const

/** The sequence behind which reading begins. Throws AWS's error for a position that is not of this shard. */
export function startAfter(
  streams: Streams,
  stream: Stream,
  shard: Shard,
  position: StartingPosition,
  operation = 'GetShardIterator',
): number {
  const { Type: type } = position
  if (type === 'LATEST') return streams.edges.store.lastSequence(stream.log, shard.id)
  const horizon = horizonOf(streams, stream, shard)
  if (type === 'TRIM_HORIZON') return horizon
  if (type === 'AT_TIMESTAMP') return beforeTime(streams, stream, shard, timeOf(streams, position.Timestamp))
  const sequence = sequenceOf(streams, stream, shard, position.SequenceNumber, operation)
  return Math.max(horizon, type === 'AT_SEQUENCE_NUMBER' ? sequence - 1 : sequence)
}

function timeOf(streams: Streams, timestamp: number | undefined): number {
  if (timestamp === undefined)
    throw errors.invalidArgument(
      'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.',
    )
  const ms = Math.round(timestamp * 1_000)
  const nowMs = streams.edges.clock.now()
  if (ms > nowMs)
    throw errors.invalidArgument(
      `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${ms}, currentTimestampInMillis: ${nowMs}`,
    )
  return ms
}

function sequenceOf(
  { edges }: Streams,
  stream: Stream,
  shard: Shard,
  sequenceNumber: string | undefined,
  operation: string,
): number {
  const place = `${operation} on shard ${shard.id} in stream ${stream.name} under account ${edges.identity.accountId}`
  if (sequenceNumber === undefined)
    throw errors.invalidArgument(
      `Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request was ${operation} without StartingSequenceNumber.`,
    )
  const sequence = sequenceIn(shard.prefix, sequenceNumber)
  if (sequence === undefined)
    throw errors.invalidArgument(
      `StartingSequenceNumber ${sequenceNumber} used in ${place} is invalid because it did not come from this stream.`,
    )
  // A closed shard has an end that may be named, behind its last record.
  const end = edges.store.lastSequence(stream.log, shard.id) + (shard.record.closed ? 1 : 0)
  if (sequence > end)
    throw errors.invalidArgument(`StartingSequenceNumber ${sequenceNumber} used in ${place} is invalid.`)
  return sequence
}
