import { ServiceError } from '../operation.ts'
import type { RestXmlHeaders } from './restXmlProtocol.ts'

/**
 * The content encoding `aws-chunked` (S3 API Reference, "Transferring Payload in Multiple Chunks"): pieces with their
 * sizes, each signed or not, and headers behind the last, of which a checksum is the usual one.
 */
export const isChunked = (headers: RestXmlHeaders): boolean =>
  headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true ||
  encodings(headers).some((encoding) => encoding.toLowerCase() === 'aws-chunked')

/** Takes the encoding away: the content, and the headers as if it had never been there. Uses the bytes' own memory. */
export function decodeChunks(
  headers: RestXmlHeaders,
  body: Buffer,
): { headers: RestXmlHeaders; body: Buffer } {
  const announced = headers['x-amz-decoded-content-length']
  if (announced === undefined)
    throw new ServiceError(
      'MissingContentLength',
      'You must provide the Content-Length HTTP header.',
      // The status that HTTP has for it.
      { status: 411 },
    )
  const { length, trailers } = joinChunks(body)
  if (String(length) !== announced.trim()) throw incomplete()
  const names = list(headers['x-amz-trailer']).map((name) => name.toLowerCase())
  if (names.some((name) => trailers[name] === undefined))
    throw new ServiceError(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    )
  const others = encodings(headers).filter((encoding) => encoding.toLowerCase() !== 'aws-chunked')
  return {
    headers: {
      ...headers,
      ...Object.fromEntries(names.map((name) => [name, trailers[name]])),
      'content-encoding': others.length > 0 ? others.join(',') : undefined,
    },
    body: body.subarray(0, length),
  }
}

/** Moves the chunks' bytes together at the beginning. */
function joinChunks(body: Buffer): { length: number; trailers: Record<string, string> } {
  let at = 0
  let length = 0
  for (;;) {
    const end = body.indexOf('\r\n', at)
    const size = /^([0-9a-f]{1,8})(;.*)?$/i.exec(body.toString('latin1', at, Math.max(at, end)))?.[1]
    if (size === undefined) throw incomplete()
    const start = end + 2
    const bytes = Number.parseInt(size, 16)
    if (bytes === 0) return { length, trailers: trailersIn(body.toString('latin1', start)) }
    at = start + bytes + 2
    if (at > body.length || body.toString('latin1', at - 2, at) !== '\r\n') throw incomplete()
    body.copyWithin(length, start, start + bytes)
    length += bytes
  }
}

function trailersIn(text: string): Record<string, string> {
  const trailers: Record<string, string> = {}
  for (const line of text.split(/[\r\n]+/)) {
    const colon = line.indexOf(':')
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
  }
  return trailers
}

const encodings = (headers: RestXmlHeaders): string[] => list(headers['content-encoding'])

const list = (value: string | undefined): string[] =>
  (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const incomplete = (): ServiceError =>
  new ServiceError('IncompleteBody', 'The request body terminated unexpectedly')
