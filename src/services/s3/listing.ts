/** Keys here are UTF-8 written as one character a byte: so they are compared as S3 compares them. */
export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
export const textOf = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')

/** Greater than any byte of UTF-8: a prefix with it comes after all that begins with the prefix. */
const BEHIND = '\xff'

const CHUNK = 1_000

export interface ListingQuery {
  readonly prefix: string
  /** Empty for none. */
  readonly delimiter: string
  /** Only what comes after it. */
  readonly after: string
  readonly limit: number
}

export interface Listing<Value> {
  readonly contents: readonly (readonly [key: string, value: Value])[]
  readonly commonPrefixes: readonly string[]
  /** Where the next page goes on, if there is more. */
  readonly next: string | undefined
}

/**
 * One page of a bucket's keys (S3 API Reference, "ListObjectsV2"): those that have the delimiter behind the prefix
 * are rolled up into one common prefix, which counts once. `read` answers entries in order.
 */
export function listPage<Value>(
  read: (range: { prefix: string; after: string; limit: number }) => readonly (readonly [string, Value])[],
  { prefix, delimiter, after, limit }: ListingQuery,
): Listing<Value> {
  const contents: (readonly [string, Value])[] = []
  const commonPrefixes: string[] = []
  let cursor = after
  for (let isMore = limit > 0; isMore;) {
    const chunk = read({ prefix, after: cursor, limit: CHUNK })
    for (const entry of chunk) {
      const [key] = entry
      // Rolled up already.
      if (key < cursor) continue
      if (contents.length + commonPrefixes.length === limit) return { contents, commonPrefixes, next: cursor }
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
      if (end < 0) {
        contents.push(entry)
        cursor = key
      } else {
        const common = key.slice(0, end + delimiter.length)
        commonPrefixes.push(common)
        cursor = common + BEHIND
      }
    }
    isMore = chunk.length === CHUNK
  }
  return { contents, commonPrefixes, next: undefined }
}

/** A key as `encoding-type=url` has it. */
export const urlEncoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /%20|%2F|[!'()~]/g,
    (found) => ({ '%20': '+', '%2F': '/' })[found] ?? `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  )
