import type { Operation } from '../../operation.ts'
import type { OnBucket } from '../member.ts'
import type { S3 } from '../operations.ts'

/** `DeleteBucket`: only an empty one. */
export const createDeleteBucket =
  ({ buckets }: S3): Operation<OnBucket, Promise<void>> =>
  ({ Bucket, ExpectedBucketOwner }) =>
    buckets.remove(buckets.of(Bucket, ExpectedBucketOwner))
