import type { Operation } from '../../operation.ts'
import type { S3 } from '../operations.ts'
import { readAnswer, type ReadInput } from '../readObject.ts'

/** `GetObject`: all of it, or one range. */
export const createGetObject =
  ({ buckets, objects }: S3): Operation<ReadInput> =>
  (input) => {
    const bucket = buckets.of(input.Bucket, input.ExpectedBucketOwner)
    const { range, output } = readAnswer(objects.of(bucket, input.Key), input)
    const content = objects.content(bucket, input.Key)
    return { ...output, Body: range ? content.subarray(range.start, range.end + 1) : content }
  }
