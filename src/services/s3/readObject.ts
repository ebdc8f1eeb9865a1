import { checksumMembers } from './checksums.ts'
import { checkRead, type Conditions } from './conditions.ts'
import type { OnObject } from './member.ts'
import type { ObjectRecord } from './objects.ts'
import { type ByteRange, rangeOf } from './range.ts'

/** Members of `GetObject` and `HeadObject`. */
export interface ReadInput extends OnObject, Conditions {
  readonly Range?: string
  readonly ChecksumMode?: string
  readonly ResponseCacheControl?: string
  readonly ResponseContentDisposition?: string
  readonly ResponseContentEncoding?: string
  readonly ResponseContentLanguage?: string
  readonly ResponseContentType?: string
  readonly ResponseExpires?: string
}

/** What is to be read of an object, and what is answered apart from its content. */
export function readAnswer(
  object: ObjectRecord,
  input: ReadInput,
): { range: ByteRange | undefined; output: Record<string, unknown> } {
  const ETag = `"${object.eTag}"`
  const LastModified = new Date(object.lastModifiedMs).toUTCString()
  checkRead(object, input, { ETag, 'Last-Modified': LastModified })
  const range = rangeOf(input.Range, object.size)
  const output = {
    StatusCode: range ? 206 : 200,
    AcceptRanges: 'bytes',
    LastModified,
    ETag,
    ContentRange: range && `bytes ${range.start}-${range.end}/${object.size}`,
    ContentLength: range ? range.end - range.start + 1 : object.size,
    ContentType: input.ResponseContentType ?? object.contentType,
    ...object.headers,
    ...overridden(input),
    Metadata: object.metadata,
    // Of the whole object: it says nothing about a part.
    ...(input.ChecksumMode?.toUpperCase() === 'ENABLED' && !range && checksumMembers(object.checksum)),
  }
  return { range, output }
}

function overridden(input: ReadInput): Record<string, string> {
  const overrides = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    Expires: input.ResponseExpires,
  }
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >
}
