import { canBeSent, headOf, type ResponseHead } from './responseHead.ts'

/** The content type of an answer that begins with what an HTTP response says before its body. */
const INTEGRATION = 'application/vnd.awslambda.http-integration-response'
const SEPARATOR = Buffer.alloc(8)

/** A prelude is small; something that goes on without an end of it is none. */
const MOST_PRELUDE_BYTES = 1_048_576

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
  if (contentType !== INTEGRATION) {
    const head: ResponseHead = { status: 200, headers: [['content-type', contentType]] }
    return canBeSent(head) ? { ...head, body: bytes } : undefined
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = buffer.indexOf(SEPARATOR)
  if (end < 0) return buffer.length > MOST_PRELUDE_BYTES ? undefined : 'incomplete'
  const head = parsed(buffer.toString('utf8', 0, end))
  return head && { ...head, body: buffer.subarray(end + SEPARATOR.length) }
}

function parsed(text: string): ResponseHead | undefined {
  try {
    return headOf(JSON.parse(text), 'application/octet-stream')
  } catch {
    return undefined
  }
}
