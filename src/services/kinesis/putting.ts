import type { Arrival } from './append.ts'
import { checkMembers, complaint, lengthAtMost, refuse } from '../constraints.ts'
import * as errors from './errors.ts'
import { LARGEST_HASH_KEY } from './hashKeys.ts'
import { hashKeyMember } from './members.ts'
import type { Stream } from './stream.ts'

/** What `PutRecord` and `PutRecords` check of a record. */

/** The largest that a stream can be set to take. */
const MOST_DATA_BYTES = 10 * 1024 * 1024

/** What most records look like; only the others have to be described member by member. */
export const isUsual = (record: {
  readonly Data?: string | Uint8Array
  readonly PartitionKey?: string
  readonly ExplicitHashKey?: string
}): boolean =>
  record.Data !== undefined &&
  record.PartitionKey !== undefined &&
  record.PartitionKey.length >= 1 &&
  record.PartitionKey.length <= 256 &&
  record.ExplicitHashKey === undefined

/** Base64 as the JSON protocol has it, or bytes. */
export const dataOf = (data: string | Uint8Array): Uint8Array =>
  typeof data === 'string' ? Buffer.from(data, 'base64') : data

/** Refuses data that no stream takes. */
export function refuseData(data: Uint8Array, path: string): void {
  if (data.length <= MOST_DATA_BYTES) return
  const shown = `java.nio.HeapByteBuffer[pos=0 lim=${data.length} cap=${data.length}]`
  refuse([complaint(path, shown, lengthAtMost(MOST_DATA_BYTES))])
}

/** Data and key together must not be larger than the stream's `MaxRecordSizeInKiB`. */
export function checkRecordSize({ record }: Stream, data: Uint8Array, partitionKey: string): void {
  const most = record.maximumRecordKiB * 1_024
  // A key has at most 256 characters of three bytes: only near the limit has it to be measured.
  if (data.length + 768 <= most) return
  const bytes = data.length + Buffer.byteLength(partitionKey)
  if (bytes > most)
    throw errors.validation(
      `Record size of ${bytes} bytes, data and partition key, exceeds the maximum record size of ${most} bytes of the stream.`,
    )
}

export function checkHashKey(hashKey: string | undefined): void {
  if (hashKey === undefined || BigInt(hashKey) <= LARGEST_HASH_KEY) return
  throw errors.invalidArgument(
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${hashKey}`,
  )
}

/** All of it, for a record that does not come by the API. */
export function checkRecord(stream: Stream, { data, partitionKey, explicitHashKey }: Arrival): void {
  checkMembers([
    { path: 'partitionKey', value: partitionKey, least: 1, most: 256 },
    hashKeyMember('explicitHashKey', explicitHashKey),
  ])
  checkHashKey(explicitHashKey)
  checkRecordSize(stream, data, partitionKey)
}
