import type { Operation } from '../../operation.ts'
import type { OnBucket } from '../member.ts'
import type { S3 } from '../operations.ts'

/** `HeadBucket`: is it there? */
export const createHeadBucket =
  ({ buckets, identity }: S3): Operation<OnBucket> =>
  ({ Bucket, ExpectedBucketOwner }) => {
    buckets.of(Bucket, ExpectedBucketOwner)
    return { BucketArn: `arn:aws:s3:::${Bucket}`, BucketRegion: identity.region, AccessPointAlias: false }
  }
