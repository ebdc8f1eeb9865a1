import type { Bucket } from './buckets.ts'
import * as errors from './errors.ts'
import { type Listing, urlEncoded } from './listing.ts'
import type { ObjectRecord } from './objects.ts'
import type { S3 } from './operations.ts'

/** What both versions of the operation have in common. */
export interface ListInput {
  readonly Prefix?: string
  readonly Delimiter?: string
  readonly MaxKeys?: string
  readonly EncodingType?: string
}

const MOST_KEYS = 1_000

/** A page, and the members that both versions answer for it. */
export interface ListedPage {
  readonly listing: Listing<ObjectRecord>
  /** As `encoding-type` wants texts. */
  readonly encode: (text: string) => string
  readonly maxKeys: number
  /** Name, prefix and the like. */
  readonly head: Readonly<Record<string, unknown>>
  /** Objects and common prefixes. */
  readonly found: Readonly<Record<string, unknown>>
}

/** Lists one page behind `after`, which is written in bytes as `listing.ts` has them. */
export function listObjects(
  { objects }: S3,
  bucket: Bucket,
  { Prefix = '', Delimiter = '', MaxKeys, EncodingType }: ListInput,
  after: string,
  owner: { readonly ID: string } | undefined,
): ListedPage {
  if (EncodingType !== undefined && EncodingType !== 'url')
    throw errors.invalidArgument(
      'Invalid Encoding Method specified in Request',
      'encoding-type',
      EncodingType,
    )
  const maxKeys = maxKeysOf(MaxKeys)
  const encode = EncodingType === 'url' ? urlEncoded : (text: string) => text
  const listing = objects.list(bucket, { prefix: Prefix, delimiter: Delimiter, after, limit: maxKeys })
  return {
    listing,
    encode,
    maxKeys,
    head: {
      Name: bucket.name,
      Prefix: encode(Prefix),
      Delimiter: Delimiter === '' ? undefined : encode(Delimiter),
      MaxKeys: maxKeys,
      EncodingType,
      IsTruncated: listing.next !== undefined,
    },
    found: {
      Contents: listing.contents.map(([key, record]) => ({
        Key: encode(key),
        LastModified: new Date(record.lastModifiedMs).toISOString(),
        ETag: `"${record.eTag}"`,
        ...(record.checksum && {
          ChecksumAlgorithm: record.checksum.algorithm,
          ChecksumType: 'FULL_OBJECT',
        }),
        Size: record.size,
        Owner: owner,
        StorageClass: 'STANDARD',
      })),
      CommonPrefixes: listing.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    },
  }
}

function maxKeysOf(text: string | undefined): number {
  if (text === undefined || text === '') return MOST_KEYS
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || value > 2 ** 31 - 1)
    throw errors.invalidArgument('Provided max-keys not an integer or within integer range', 'max-keys', text)
  if (value < 0)
    throw errors.invalidArgument(
      'Argument maxKeys must be an integer between 0 and 2147483647',
      'maxKeys',
      text,
    )
  return Math.min(value, MOST_KEYS)
}
