import type { Operation } from '../../operation.ts'
import { bytesOf, textOf } from '../listing.ts'
import { type ListInput, listObjects } from '../listObjects.ts'
import type { OnBucket } from '../member.ts'
import type { S3 } from '../operations.ts'
import { canonicalIdOf } from '../owner.ts'

type Input = OnBucket & ListInput & { readonly Marker?: string }

/** `ListObjects`, the first version: pages go on behind a marker, the last key or common prefix. */
export const createListObjects =
  (s3: S3): Operation<Input> =>
  (input) => {
    const { Bucket, ExpectedBucketOwner, Marker = '', Delimiter = '' } = input
    const bucket = s3.buckets.of(Bucket, ExpectedBucketOwner)
    // A marker that is a common prefix stands for all that was rolled up into it.
    const isRolledUp = Delimiter !== '' && Marker.endsWith(Delimiter) && Marker !== input.Prefix
    const after = bytesOf(Marker) + (isRolledUp ? '\xff' : '')
    const owner = { ID: canonicalIdOf(s3.identity.accountId) }
    const { listing, head, found, encode } = listObjects(s3, bucket, input, after, owner)
    const isTold = listing.next !== undefined && Delimiter !== ''
    const { Name, Prefix, ...others } = head
    return {
      Name,
      Prefix,
      Marker: encode(Marker),
      // Without a delimiter the last key is the marker, and S3 does not repeat it.
      NextMarker: isTold ? encode(textOf((listing.next ?? '').replace(/\xff$/, ''))) : undefined,
      ...others,
      ...found,
    }
  }
