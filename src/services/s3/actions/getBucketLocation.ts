import type { Operation } from '../../operation.ts'
import type { OnBucket } from '../member.ts'
import type { S3 } from '../operations.ts'

/** `GetBucketLocation`: empty means us-east-1. */
export const createGetBucketLocation =
  ({ buckets, identity }: S3): Operation<OnBucket> =>
  ({ Bucket, ExpectedBucketOwner }) => {
    buckets.of(Bucket, ExpectedBucketOwner)
    return { LocationConstraint: identity.region === 'us-east-1' ? '' : identity.region }
  }
