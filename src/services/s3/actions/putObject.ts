import type { Operation } from '../../operation.ts'
import { type Checksum, checksumIn, checksumHeaders, checksumMembers } from '../checksums.ts'
import { checkWrite, type Conditions } from '../conditions.ts'
import { type DescriptionInput, describe } from '../describe.ts'
import * as errors from '../errors.ts'
import { checkWriteHeaders } from '../headers.ts'
import { LARGEST_OBJECT_BYTES } from '../limits.ts'
import type { OnObject } from '../member.ts'
import type { S3 } from '../operations.ts'
import { originOf } from '../origin.ts'

interface Input extends OnObject, DescriptionInput, Conditions {
  readonly Body: Uint8Array
  readonly ACL?: string
  readonly StorageClass?: string
}

/** `PutObject`: answered once the object is durable, and with it the events that it causes. */
export const createPutObject =
  ({ buckets, objects }: S3): Operation<Input> =>
  async (input, context) => {
    const { Bucket, Key, Body } = input
    checkWriteHeaders(input)
    const bucket = buckets.of(Bucket, input.ExpectedBucketOwner)
    if (Body.length > LARGEST_OBJECT_BYTES) throw errors.entityTooLarge(Body.length, LARGEST_OBJECT_BYTES)
    const checksum = checksumAmong(input)
    const record = await objects.put(bucket, Key, Body, {
      description: { ...describe(input), checksum },
      origin: originOf(context),
      eventName: 'ObjectCreated:Put',
      check: (existing) => checkWrite(Key, existing, input),
    })
    return { ETag: `"${record.eTag}"`, ...checksumMembers(checksum) }
  }

/** The checksum among an operation's members. */
const checksumAmong = (input: object): Checksum | undefined =>
  checksumIn(
    Object.fromEntries(
      Object.entries(checksumHeaders).map(([member, header]) => [
        header,
        (input as Readonly<Record<string, string | undefined>>)[member],
      ]),
    ),
  )
