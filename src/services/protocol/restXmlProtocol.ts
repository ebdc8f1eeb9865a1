import { createHash } from 'node:crypto'
import type { ServiceError } from '../operation.ts'
import { decodeChunks, isChunked } from './restXmlChunks.ts'
import type { WireAnswer } from './wire.ts'
import { element, escapeXml } from './xml.ts'

/** A request without its body, as far as REST-XML looks at it. */
export interface RestXmlHead {
  readonly method: string
  /** As sent, with a port if there was one. */
  readonly host: string
  /** As sent: not decoded, nothing normalised. */
  readonly path: string
  readonly query: URLSearchParams
  /** By lower-case name; a presigned URL's `x-amz-` parameters stand among them, as AWS takes them. */
  readonly headers: RestXmlHeaders
}

export type RestXmlHeaders = Readonly<Record<string, string | undefined>>

/** Where an operation's members are on the wire. */
export interface RestXmlRoute {
  readonly status?: number
  /** Member -> name in the query string. */
  readonly query?: Readonly<Record<string, string>>
  /** Member -> header, in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** All headers that begin with this are one member, `Metadata`. */
  readonly metadataPrefix?: string
  readonly answer?: {
    /** The member that is the status. */
    readonly status?: string
    /** Member -> header. */
    readonly headers?: Readonly<Record<string, string>>
    /** The member that is the body as it is. */
    readonly payload?: string
    /** The member that tells how long the body is that a HEAD request does not get. */
    readonly length?: string
    /** The name of the XML document that holds all members, in their order; lists repeat. */
    readonly document?: string
    /** The member that is all of the document, as its text. */
    readonly text?: string
  }
}

/** What a request asks for, or why nothing can be. */
export type RestXmlMatch =
  | {
      readonly kind: 'operation'
      readonly operation: string
      /** Absent when the operation is not built. */
      readonly route: RestXmlRoute | undefined
      readonly labels: Readonly<Record<string, string | undefined>>
    }
  | { readonly kind: 'refused'; readonly error: ServiceError }

/** REST-XML, as S3 speaks it: host, path, query string and headers together say which operation is meant. */
export interface RestXmlBinding {
  readonly xmlNamespace: string
  match(head: RestXmlHead): RestXmlMatch
  /** Whether a request that nobody signed is for this service. */
  isMeant(head: RestXmlHead): boolean
  /** Throws for headers that the operation would have to ignore, and for a body that is not what they say. */
  check(route: RestXmlRoute, headers: RestXmlHeaders, body: Buffer): void
}

/** What an answer must know of its request. */
export interface RestXmlExchange {
  readonly head: RestXmlHead
  readonly requestId: string
}

/** An id as S3 gives them: 16 characters, digits and capitals. */
export const restXmlRequestId = (hex: string): string => hex.slice(0, 16).toUpperCase()

/** The second id that S3 names in answers and events; it follows from the first. */
export const hostIdOf = (requestId: string): string =>
  createHash('sha512').update(requestId).digest().subarray(0, 56).toString('base64')

/** Gathers an operation's input from path, query string, headers and body; the body is the member `Body`. */
export function readRestXml(
  binding: RestXmlBinding,
  match: RestXmlMatch,
  head: RestXmlHead,
  sent: Buffer,
): object {
  if (match.kind === 'refused') throw match.error
  const route = match.route ?? {}
  const { headers, body } = isChunked(head.headers)
    ? decodeChunks(head.headers, sent)
    : { headers: head.headers, body: sent }
  binding.check(route, headers, body)
  const input: Record<string, unknown> = { Body: body }
  for (const [member, name] of Object.entries(route.query ?? {})) {
    const value = head.query.get(name)
    if (value !== null) input[member] = value
  }
  for (const [member, name] of Object.entries(route.headers ?? {})) {
    const value = headers[name]
    if (value !== undefined) input[member] = value
  }
  if (route.metadataPrefix !== undefined) input['Metadata'] = startingWith(route.metadataPrefix, headers)
  return { ...input, ...match.labels }
}

/** Puts an output's members where the route wants them: status, headers, raw body or XML document. */
export function writeRestXml(
  binding: RestXmlBinding,
  route: RestXmlRoute,
  output: Readonly<Record<string, unknown>>,
  exchange: RestXmlExchange,
): WireAnswer {
  const { answer = {} } = route
  const status = answer.status === undefined ? (route.status ?? 200) : Number(output[answer.status])
  const headers: string[] = []
  for (const member in answer.headers) {
    const value = output[member] as string | number | boolean | undefined
    if (value !== undefined) headers.push(answer.headers[member] ?? '', String(value))
  }
  for (const [name, value] of Object.entries((output['Metadata'] ?? {}) as Record<string, string>))
    headers.push(`${route.metadataPrefix ?? ''}${name}`, value)
  headers.push(...idHeaders(exchange))
  if (answer.document !== undefined) {
    const content = answer.text === undefined ? xmlOf(output) : textOf(output[answer.text] ?? '')
    const body = `${declaration}<${answer.document} xmlns="${binding.xmlNamespace}">${content}</${answer.document}>`
    return { status, headers: [...headers, 'Content-Type', 'application/xml'], body, tellsRequestId: true }
  }
  const body = answer.payload === undefined ? '' : ((output[answer.payload] ?? '') as Uint8Array | string)
  const contentLength = answer.length === undefined ? undefined : Number(output[answer.length])
  return {
    status,
    headers,
    body,
    tellsRequestId: true,
    ...(contentLength !== undefined && { contentLength }),
  }
}

/** Writes an error as S3 does; who asked with HEAD, or has what he asks for already, gets no body. */
export function writeRestXmlError(error: ServiceError, exchange: RestXmlExchange): WireAnswer {
  const { requestId, head } = exchange
  const headers = [...Object.entries(error.headers).flat(), ...idHeaders(exchange)]
  if (head.method === 'HEAD' || error.status === 304)
    return { status: error.status, headers, body: '', tellsRequestId: true }
  const details = Object.keys(error.details).length > 0 ? error.details : { Resource: head.path }
  const ids = { RequestId: requestId, HostId: hostIdOf(requestId) }
  const content = xmlOf({ Code: error.code, Message: error.message, ...details, ...ids })
  return {
    status: error.status,
    headers: [...headers, 'Content-Type', 'application/xml'],
    body: `${declaration}<Error>${content}</Error>`,
    tellsRequestId: true,
  }
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

const idHeaders = ({ requestId }: RestXmlExchange): string[] => [
  'x-amz-request-id',
  requestId,
  'x-amz-id-2',
  hostIdOf(requestId),
]

function startingWith(prefix: string, headers: RestXmlHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value]] : [],
    ),
  )
}

/** The members of a value as elements. */
function xmlOf(value: object): string {
  let xml = ''
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (member === undefined) continue
    for (const item of Array.isArray(member) ? (member as unknown[]) : [member])
      xml += element(name, typeof item === 'object' && item !== null ? xmlOf(item) : textOf(item))
  }
  return xml
}

/** Text of any characters, also those that XML 1.0 does not know: S3 writes them as references all the same. */
const textOf = (value: unknown): string =>
  escapeXml(String(value)).replace(unknownToXml, (character) => `&#x${character.charCodeAt(0).toString(16)};`)

// oxlint-disable-next-line no-control-regex -- these are the characters that it is about.
const unknownToXml = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g
