import type { Operation } from '../../operation.ts'
import { checkWrite } from '../conditions.ts'
import type { OnObject } from '../member.ts'
import type { S3 } from '../operations.ts'
import { originOf } from '../origin.ts'

interface Input extends OnObject {
  readonly IfMatch?: string
}

/** `DeleteObject`: fine as well when there is no such object. */
export const createDeleteObject =
  ({ buckets, objects }: S3): Operation<Input, Promise<void>> =>
  (input, context) => {
    const { Bucket, Key, IfMatch } = input
    const bucket = buckets.of(Bucket, input.ExpectedBucketOwner)
    return objects.remove(bucket, Key, originOf(context), (existing) =>
      checkWrite(Key, existing, IfMatch === undefined ? {} : { IfMatch }),
    )
  }
