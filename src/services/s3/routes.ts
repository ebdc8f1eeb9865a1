import type { RestXmlRoute } from '../protocol/restXmlProtocol.ts'
import { checksumHeaders } from './checksums.ts'

const expectedOwner = { ExpectedBucketOwner: 'x-amz-expected-bucket-owner' }

/** What a writer may say about an object beside its content. */
const descriptive = {
  CacheControl: 'cache-control',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  Expires: 'expires',
}

const writeConditions = { IfMatch: 'if-match', IfNoneMatch: 'if-none-match' }

const readConditions = {
  ...writeConditions,
  IfModifiedSince: 'if-modified-since',
  IfUnmodifiedSince: 'if-unmodified-since',
}

const metadataPrefix = 'x-amz-meta-'

const readObject: RestXmlRoute = {
  query: {
    ResponseCacheControl: 'response-cache-control',
    ResponseContentDisposition: 'response-content-disposition',
    ResponseContentEncoding: 'response-content-encoding',
    ResponseContentLanguage: 'response-content-language',
    ResponseContentType: 'response-content-type',
    ResponseExpires: 'response-expires',
  },
  headers: { ...expectedOwner, ...readConditions, Range: 'range', ChecksumMode: 'x-amz-checksum-mode' },
  metadataPrefix,
  answer: {
    status: 'StatusCode',
    headers: {
      LastModified: 'Last-Modified',
      ETag: 'ETag',
      AcceptRanges: 'accept-ranges',
      ContentRange: 'Content-Range',
      ContentType: 'Content-Type',
      CacheControl: 'Cache-Control',
      ContentDisposition: 'Content-Disposition',
      ContentEncoding: 'Content-Encoding',
      ContentLanguage: 'Content-Language',
      Expires: 'Expires',
      ...checksumHeaders,
      ChecksumType: 'x-amz-checksum-type',
    },
    payload: 'Body',
  },
}

/** The members of every operation that is built; `operationTable.ts` says which request means which operation. */
export const routes = {
  ListBuckets: {
    query: {
      MaxBuckets: 'max-buckets',
      ContinuationToken: 'continuation-token',
      Prefix: 'prefix',
      BucketRegion: 'bucket-region',
    },
    answer: { document: 'ListAllMyBucketsResult' },
  },
  CreateBucket: {
    headers: {
      ACL: 'x-amz-acl',
      ObjectOwnership: 'x-amz-object-ownership',
      ObjectLockEnabledForBucket: 'x-amz-bucket-object-lock-enabled',
    },
    answer: { headers: { Location: 'Location', BucketArn: 'x-amz-bucket-arn' } },
  },
  HeadBucket: {
    headers: expectedOwner,
    answer: {
      headers: {
        BucketArn: 'x-amz-bucket-arn',
        BucketRegion: 'x-amz-bucket-region',
        AccessPointAlias: 'x-amz-access-point-alias',
      },
    },
  },
  DeleteBucket: { status: 204, headers: expectedOwner },
  GetBucketLocation: {
    headers: expectedOwner,
    answer: { document: 'LocationConstraint', text: 'LocationConstraint' },
  },
  ListObjects: {
    query: {
      Prefix: 'prefix',
      Delimiter: 'delimiter',
      MaxKeys: 'max-keys',
      EncodingType: 'encoding-type',
      Marker: 'marker',
    },
    headers: expectedOwner,
    answer: { document: 'ListBucketResult' },
  },
  ListObjectsV2: {
    query: {
      Prefix: 'prefix',
      Delimiter: 'delimiter',
      MaxKeys: 'max-keys',
      EncodingType: 'encoding-type',
      ContinuationToken: 'continuation-token',
      StartAfter: 'start-after',
      FetchOwner: 'fetch-owner',
    },
    headers: expectedOwner,
    answer: { document: 'ListBucketResult' },
  },
  DeleteObjects: {
    headers: { ...expectedOwner, ContentMD5: 'content-md5', ...checksumHeaders },
    answer: { document: 'DeleteResult' },
  },
  PutObject: {
    headers: {
      ...expectedOwner,
      ...descriptive,
      ...writeConditions,
      ...checksumHeaders,
      ContentType: 'content-type',
      ACL: 'x-amz-acl',
      StorageClass: 'x-amz-storage-class',
    },
    metadataPrefix,
    answer: { headers: { ETag: 'ETag', ...checksumHeaders, ChecksumType: 'x-amz-checksum-type' } },
  },
  CopyObject: {
    headers: {
      ...expectedOwner,
      ...descriptive,
      ContentType: 'content-type',
      ACL: 'x-amz-acl',
      StorageClass: 'x-amz-storage-class',
      ...writeConditions,
      CopySource: 'x-amz-copy-source',
      CopySourceIfMatch: 'x-amz-copy-source-if-match',
      CopySourceIfNoneMatch: 'x-amz-copy-source-if-none-match',
      CopySourceIfModifiedSince: 'x-amz-copy-source-if-modified-since',
      CopySourceIfUnmodifiedSince: 'x-amz-copy-source-if-unmodified-since',
      ExpectedSourceBucketOwner: 'x-amz-source-expected-bucket-owner',
      MetadataDirective: 'x-amz-metadata-directive',
      ChecksumAlgorithm: 'x-amz-checksum-algorithm',
    },
    metadataPrefix,
    answer: { document: 'CopyObjectResult' },
  },
  GetObject: readObject,
  HeadObject: { ...readObject, answer: { ...readObject.answer, length: 'ContentLength' } },
  DeleteObject: { status: 204, headers: { ...expectedOwner, IfMatch: 'if-match' } },
} as const satisfies Record<string, RestXmlRoute>

/** Names of the operations that are built. */
export type BuiltOperation = keyof typeof routes
