/** The content type of an answer that begins with what an HTTP response says before its body. */
const INTEGRATION = 'application/vnd.awslambda.http-integration-response'
const SEPARATOR = Buffer.alloc(8)

/** A prelude is small; something that goes on without an end of it is none. */
const MOST_PRELUDE_BYTES = 1_048_576

export interface ResponseHead {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** What the bytes so far of a streamed answer mean: `undefined` for a prelude that is no prelude, `incomplete` for a part of one. */
export function readPrelude(
  contentType: string,
  bytes: Uint8Array,
): (ResponseHead & { readonly body: Uint8Array }) | undefined {
  const found = preludeIn(contentType, bytes)
  return found === 'incomplete' ? undefined : found
}

/** The same while it is still coming. */
export function preludeIn(
  contentType: string,
  bytes: Uint8Array,
): (ResponseHead & { readonly body: Uint8Array }) | 'incomplete' | undefined {
  if (contentType !== INTEGRATION)
    return { status: 200, headers: [['content-type', contentType]], body: bytes }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = buffer.indexOf(SEPARATOR)
  if (end < 0) return buffer.length > MOST_PRELUDE_BYTES ? undefined : 'incomplete'
  const head = headOf(buffer.toString('utf8', 0, end))
  return head && { ...head, body: buffer.subarray(end + SEPARATOR.length) }
}

interface Metadata {
  readonly statusCode?: unknown
  readonly headers?: Readonly<Record<string, unknown>>
  readonly cookies?: readonly unknown[]
}

function headOf(text: string): ResponseHead | undefined {
  let metadata: Metadata
  try {
    metadata = JSON.parse(text) as Metadata
  } catch {
    return undefined
  }
  const status = metadata.statusCode === undefined ? 200 : Number(metadata.statusCode)
  if (!Number.isInteger(status) || status < 200 || status > 999) return undefined
  const given = Object.entries(metadata.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  )
  const hasType = given.some(([name]) => name === 'content-type')
  const cookies = (metadata.cookies ?? []).map((cookie) => ['set-cookie', String(cookie)] as const)
  return {
    status,
    headers: [
      ...(hasType ? [] : [['content-type', 'application/octet-stream'] as const]),
      ...given,
      ...cookies,
    ],
  }
}
