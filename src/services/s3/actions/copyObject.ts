import type { Operation } from '../../operation.ts'
import { checksumMembers, checksumOf, isAlgorithm } from '../checksums.ts'
import { checkSource, checkWrite, type Conditions } from '../conditions.ts'
import { describe, type DescriptionInput } from '../describe.ts'
import * as errors from '../errors.ts'
import { checkWriteHeaders } from '../headers.ts'
import type { OnObject } from '../member.ts'
import type { S3 } from '../operations.ts'
import { originOf } from '../origin.ts'

interface Input extends OnObject, DescriptionInput, Conditions {
  readonly CopySource: string
  readonly CopySourceIfMatch?: string
  readonly CopySourceIfNoneMatch?: string
  readonly CopySourceIfModifiedSince?: string
  readonly CopySourceIfUnmodifiedSince?: string
  readonly ExpectedSourceBucketOwner?: string
  readonly MetadataDirective?: string
  readonly ChecksumAlgorithm?: string
  readonly ACL?: string
  readonly StorageClass?: string
}

/** `CopyObject`: with the source's description, or with `REPLACE` the request's own. */
export const createCopyObject =
  ({ buckets, objects }: S3): Operation<Input> =>
  async (input, context) => {
    const { Bucket, Key, MetadataDirective = 'COPY', ChecksumAlgorithm } = input
    checkWriteHeaders(input)
    if (MetadataDirective !== 'COPY' && MetadataDirective !== 'REPLACE')
      throw errors.invalidArgument(
        'Unknown metadata directive.',
        'x-amz-metadata-directive',
        MetadataDirective,
      )
    if (ChecksumAlgorithm !== undefined && !isAlgorithm(ChecksumAlgorithm))
      throw errors.headerNotImplemented('x-amz-checksum-algorithm')
    const target = buckets.of(Bucket, input.ExpectedBucketOwner)
    const source = sourceOf(input.CopySource)
    const from = buckets.of(source.bucket, input.ExpectedSourceBucketOwner)
    if (from === target && source.key === Key && MetadataDirective === 'COPY')
      throw errors.invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      )
    const object = objects.of(from, source.key)
    checkSource(object, sourceConditions(input))
    const content = objects.content(from, source.key)
    const checksum =
      ChecksumAlgorithm === undefined ? object.checksum : checksumOf(ChecksumAlgorithm, content)
    const { contentType, headers, metadata } = MetadataDirective === 'COPY' ? object : describe(input)
    const record = await objects.put(target, Key, content, {
      description: { contentType, headers, metadata, checksum },
      origin: originOf(context),
      eventName: 'ObjectCreated:Copy',
      check: (existing) => checkWrite(Key, existing, input),
    })
    return {
      LastModified: new Date(record.lastModifiedMs).toISOString(),
      ETag: `"${record.eTag}"`,
      ...checksumMembers(checksum),
    }
  }

/** `/bucket/key` or `bucket/key`, percent-encoded. */
function sourceOf(header: string): { bucket: string; key: string } {
  const [path = '', query] = header.split('?')
  if (query !== undefined && query.startsWith('versionId=')) throw errors.parameterNotImplemented('versionId')
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path)) ?? []
  if (bucket !== undefined && key !== undefined) return { bucket, key }
  throw errors.invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    'x-amz-copy-source',
    header,
  )
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}

const sourceConditions = (input: Input): Conditions => ({
  ...(input.CopySourceIfMatch !== undefined && { IfMatch: input.CopySourceIfMatch }),
  ...(input.CopySourceIfNoneMatch !== undefined && { IfNoneMatch: input.CopySourceIfNoneMatch }),
  ...(input.CopySourceIfModifiedSince !== undefined && { IfModifiedSince: input.CopySourceIfModifiedSince }),
  ...(input.CopySourceIfUnmodifiedSince !== undefined && {
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  }),
})
