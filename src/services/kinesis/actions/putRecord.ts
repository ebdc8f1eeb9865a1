import type { Operation } from '../../operation.ts'
import { append } from '../append.ts'
import { checkMembers } from '../../constraints.ts'
import { encryptionOf } from '../describe.ts'
import { hashKeyMember, required, sequenceNumberMember, type StreamInput, streamMembers } from '../members.ts'
import { checkHashKey, checkRecordSize, dataOf, isUsual, refuseData } from '../putting.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly Data: string | Uint8Array
  readonly PartitionKey: string
  readonly ExplicitHashKey?: string
  /** Numbers ascend within a shard in any case. */
  readonly SequenceNumberForOrdering?: string
}

/** `PutRecord`: answers once the record is durable. */
export const createPutRecord =
  (streams: Streams): Operation<Input> =>
  async (input, { cause }) => {
    if (!isPlain(streams, input)) check(input)
    const stream = streams.ofInput(input)
    const data = dataOf(input.Data)
    refuseData(data, 'data')
    checkRecordSize(stream, data, input.PartitionKey)
    checkHashKey(input.ExplicitHashKey)
    const arrival = { partitionKey: input.PartitionKey, explicitHashKey: input.ExplicitHashKey, data }
    streams.throughputOf(stream)?.checkPut(stream, arrival)
    const [placed] = await append(streams, stream, [arrival], cause)
    const encryption = encryptionOf(stream.record)
    return {
      ShardId: placed?.shardId,
      SequenceNumber: placed?.sequenceNumber,
      ...(encryption && { EncryptionType: encryption }),
    }
  }

/** Most puts name a stream that is there, and nothing out of the ordinary: nothing has to be described for those. */
const isPlain = (streams: Streams, input: Input): boolean =>
  streams.get(input.StreamName ?? '') !== undefined &&
  isUsual(input) &&
  input.SequenceNumberForOrdering === undefined &&
  input.StreamARN === undefined &&
  input.StreamId === undefined

const check = (input: Input): void =>
  checkMembers([
    ...streamMembers(input),
    required({ path: 'data', value: input.Data === undefined ? undefined : 0 }),
    required({ path: 'partitionKey', value: input.PartitionKey, least: 1, most: 256 }),
    hashKeyMember('explicitHashKey', input.ExplicitHashKey),
    sequenceNumberMember('sequenceNumberForOrdering', input.SequenceNumberForOrdering),
  ])
