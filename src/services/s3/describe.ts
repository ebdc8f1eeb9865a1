import * as errors from './errors.ts'
import { LARGEST_METADATA_BYTES } from './limits.ts'
import { DEFAULT_CONTENT_TYPE, type Description } from './objects.ts'

/** Members by which a writer describes an object. */
export interface DescriptionInput {
  readonly ContentType?: string
  readonly CacheControl?: string
  readonly ContentDisposition?: string
  readonly ContentEncoding?: string
  readonly ContentLanguage?: string
  readonly Expires?: string
  readonly Metadata: Readonly<Record<string, string>>
}

const headerMembers = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'Expires',
] as const

/** What is kept of it. */
export function describe(input: DescriptionInput): Description {
  const bytes = Object.entries(input.Metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value, 'latin1'),
    0,
  )
  if (bytes > LARGEST_METADATA_BYTES) throw errors.metadataTooLarge(bytes, LARGEST_METADATA_BYTES)
  const headers: Record<string, string> = {}
  for (const member of headerMembers) {
    const value = input[member]
    if (value !== undefined && value !== '') headers[member] = value
  }
  return { contentType: input.ContentType || DEFAULT_CONTENT_TYPE, headers, metadata: input.Metadata }
}
