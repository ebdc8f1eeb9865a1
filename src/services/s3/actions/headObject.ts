import type { Operation } from '../../operation.ts'
import type { S3 } from '../operations.ts'
import { readAnswer, type ReadInput } from '../readObject.ts'

/** `HeadObject`: what `GetObject` answers, without the content. */
export const createHeadObject =
  ({ buckets, objects }: S3): Operation<ReadInput> =>
  (input) => {
    const bucket = buckets.of(input.Bucket, input.ExpectedBucketOwner)
    return readAnswer(objects.of(bucket, input.Key), input).output
  }
