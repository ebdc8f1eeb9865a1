import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import { bytesOf } from '../listing.ts'
import { type ListInput, listObjects } from '../listObjects.ts'
import type { OnBucket } from '../member.ts'
import type { S3 } from '../operations.ts'
import { canonicalIdOf } from '../owner.ts'

interface Input extends OnBucket, ListInput {
  readonly ContinuationToken?: string
  readonly StartAfter?: string
  readonly FetchOwner?: string
}

/** `ListObjectsV2`: pages go on by an opaque token. */
export const createListObjectsV2 =
  (s3: S3): Operation<Input> =>
  (input) => {
    const { Bucket, ExpectedBucketOwner, ContinuationToken, StartAfter } = input
    const bucket = s3.buckets.of(Bucket, ExpectedBucketOwner)
    const after = ContinuationToken === undefined ? bytesOf(StartAfter ?? '') : positionIn(ContinuationToken)
    const owner = input.FetchOwner === 'true' ? { ID: canonicalIdOf(s3.identity.accountId) } : undefined
    const { listing, head, found, encode } = listObjects(s3, bucket, input, after, owner)
    return {
      ...head,
      KeyCount: listing.contents.length + listing.commonPrefixes.length,
      ContinuationToken,
      NextContinuationToken: listing.next === undefined ? undefined : tokenOf(listing.next),
      StartAfter: StartAfter === undefined ? undefined : encode(StartAfter),
      ...found,
    }
  }

/** What begins a token of ours. */
const mark = '1:'

const tokenOf = (position: string): string => Buffer.from(mark + position, 'latin1').toString('base64')

function positionIn(token: string): string {
  const text = Buffer.from(token, 'base64').toString('latin1')
  if (text.startsWith(mark)) return text.slice(mark.length)
  throw errors.invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
}
