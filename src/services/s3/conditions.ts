import * as errors from './errors.ts'

/** What conditions are asked of. */
export interface Conditioned {
  readonly eTag: string
  readonly lastModifiedMs: number
}

/** Members of a request that make it depend on the object. */
export interface Conditions {
  readonly IfMatch?: string
  readonly IfNoneMatch?: string
  readonly IfModifiedSince?: string
  readonly IfUnmodifiedSince?: string
}

/** Whether a read may go on: throws 412, or 304 with `unchanged` as its headers (RFC 9110, section 13.2.2). */
export function checkRead(
  object: Conditioned,
  conditions: Conditions,
  unchanged: Record<string, string>,
): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions
  if (IfMatch !== undefined) {
    if (!names(IfMatch, object.eTag)) throw errors.preconditionFailed('If-Match')
  } else if (isAfter(object, IfUnmodifiedSince)) throw errors.preconditionFailed('If-Unmodified-Since')
  if (IfNoneMatch !== undefined) {
    if (names(IfNoneMatch, object.eTag)) throw errors.notModified(unchanged)
  } else if (isAfter(object, IfModifiedSince) === false) throw errors.notModified(unchanged)
}

/** The same for the source of a copy, where nothing is answered 304. */
export function checkSource(object: Conditioned, conditions: Conditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions
  const holds =
    IfMatch === undefined ? isAfter(object, IfUnmodifiedSince) !== true : names(IfMatch, object.eTag)
  if (!holds)
    throw errors.preconditionFailed(
      IfMatch === undefined ? 'x-amz-copy-source-If-Unmodified-Since' : 'x-amz-copy-source-If-Match',
    )
  const isNew =
    IfNoneMatch === undefined ? isAfter(object, IfModifiedSince) !== false : !names(IfNoneMatch, object.eTag)
  if (!isNew)
    throw errors.preconditionFailed(
      IfNoneMatch === undefined ? 'x-amz-copy-source-If-Modified-Since' : 'x-amz-copy-source-If-None-Match',
    )
}

/** Whether a write may go on; `existing` is what it would overwrite (S3 User Guide, "Conditional writes"). */
export function checkWrite(
  key: string,
  existing: Conditioned | undefined,
  { IfMatch, IfNoneMatch }: Conditions,
): void {
  if (IfNoneMatch !== undefined) {
    // S3 knows no other value here.
    if (IfNoneMatch !== '*') throw errors.headerNotImplemented('If-None-Match')
    if (existing) throw errors.preconditionFailed('If-None-Match')
  }
  if (IfMatch === undefined) return
  if (!existing) throw errors.noSuchKey(key)
  if (!names(IfMatch, existing.eTag)) throw errors.preconditionFailed('If-Match')
}

/** Whether a list of entity tags names this one, quoted or not. */
const names = (list: string, eTag: string): boolean =>
  list.split(',').some((item) => {
    const tag = item.trim().replace(/^W\//, '')
    return tag === '*' || tag.replace(/^"|"$/g, '') === eTag
  })

/** Whether the object changed after a time; `undefined` without a time that can be read. */
function isAfter(object: Conditioned, httpDate: string | undefined): boolean | undefined {
  const timeMs = httpDate === undefined ? Number.NaN : Date.parse(httpDate)
  return Number.isNaN(timeMs) ? undefined : object.lastModifiedMs > timeMs
}
