import type { Operation } from '../../operation.ts'
import { append, type Arrival, type Placed } from '../append.ts'
import { checkCount, checkMembers, type Member } from '../../constraints.ts'
import { encryptionOf } from '../describe.ts'
import * as errors from '../errors.ts'
import { hashKeyMember, required, type StreamInput, streamMembers } from '../members.ts'
import { checkHashKey, checkRecordSize, dataOf, isUsual, refuseData } from '../putting.ts'
import type { Stream } from '../stream.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly Records: readonly Entry[]
}

interface Entry {
  readonly Data: string | Uint8Array
  readonly PartitionKey: string
  readonly ExplicitHashKey?: string
}

const MOST_RECORDS = 500
/** Data and keys of all records together. */
const MOST_BYTES = 10 * 1024 * 1024

/** `PutRecords`: each record for itself; answers once they are durable. */
export const createPutRecords =
  (streams: Streams): Operation<Input> =>
  async (input, { cause }) => {
    check(input)
    const stream = streams.ofInput(input)
    const arrivals = arrivalsOf(stream, input.Records)
    const refusals = streams.throughputOf(stream)?.refusalsOf(stream, arrivals)
    const taken = refusals ? arrivals.filter((_, index) => !refusals[index]) : arrivals
    const placed = await append(streams, stream, taken, cause)
    const encryption = encryptionOf(stream.record)
    return {
      FailedRecordCount: arrivals.length - taken.length,
      Records: refusals ? withRefusals(placed, refusals) : placed.map(placedShape),
      ...(encryption && { EncryptionType: encryption }),
    }
  }

const placedShape = ({ shardId, sequenceNumber }: Placed): object => ({
  SequenceNumber: sequenceNumber,
  ShardId: shardId,
})

/** The answers in the order of the request. */
function withRefusals(placed: readonly Placed[], refusals: readonly (string | undefined)[]): object[] {
  const left = placed.values()
  return refusals.map((message) => {
    if (message === undefined) return placedShape(left.next().value!)
    return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: message }
  })
}

function check(input: Input): void {
  checkMembers(streamMembers(input))
  const { Records: records } = input
  checkCount('records', records?.length, [1, MOST_RECORDS], () => `[${records.length} records]`)
  // Members are described only for records that are wrong: most never are.
  for (const [index, entry] of records.entries())
    if (!isUsual(entry)) checkMembers(membersOf(entry, index + 1))
}

const membersOf = (entry: Entry, position: number): Member[] => {
  const path = `records.${position}.member`
  return [
    required({ path: `${path}.data`, value: entry.Data === undefined ? undefined : 0 }),
    required({ path: `${path}.partitionKey`, value: entry.PartitionKey, least: 1, most: 256 }),
    hashKeyMember(`${path}.explicitHashKey`, entry.ExplicitHashKey),
  ]
}

function arrivalsOf(stream: Stream, entries: readonly Entry[]): Arrival[] {
  let bytes = 0
  return entries.map(({ Data, PartitionKey, ExplicitHashKey }, index) => {
    const data = dataOf(Data)
    refuseData(data, `records.${index + 1}.member.data`)
    checkRecordSize(stream, data, PartitionKey)
    checkHashKey(ExplicitHashKey)
    bytes += data.length + PartitionKey.length
    if (bytes > MOST_BYTES) throw errors.invalidArgument('Records size exceeds 10 MB limit')
    return { partitionKey: PartitionKey, explicitHashKey: ExplicitHashKey, data }
  })
}
