import {
  headOf,
  readPrelude,
  urlRequested,
  type UrlRequest,
  type UrlResponse,
} from '../services/functionUrl/signals.ts'
import type { JsonValue } from '../system/index.ts'
import { defineSource, type ReplyOutcome } from './defineSource.ts'

/** A function URL, payload format 2.0 (Lambda Developer Guide, "Invoking Lambda function URLs"). */
export const functionUrl = defineSource<object, UrlRequest, UrlResponse>({
  name: 'functionUrl',
  config: {
    description: 'Set by `url:` on the function.',
    schema: {
      type: 'object',
      description: 'Set by `url:` on the function.',
      additionalProperties: false,
      properties: {},
    },
  },
  examples: [{}],
  on: urlRequested,
  matches: (trigger, request) =>
    trigger.functionName === request.functionName && (trigger.qualifier ?? null) === request.alias,
  event: (request, aws) => {
    const headers = joinedHeaders(request)
    const cookies = request.headers
      .filter(([name]) => name === 'cookie')
      .flatMap(([, value]) => value.split('; '))
    const query = joinedQuery(request.rawQueryString)
    const isText = isTextual(headers['content-type'] ?? '')
    return {
      version: '2.0',
      routeKey: '$default',
      rawPath: request.rawPath,
      rawQueryString: request.rawQueryString,
      ...(cookies.length > 0 ? { cookies } : {}),
      headers,
      ...(query ? { queryStringParameters: query } : {}),
      requestContext: {
        accountId: 'anonymous',
        apiId: request.urlId,
        domainName: request.domainName,
        domainPrefix: request.urlId,
        http: {
          method: request.method,
          path: request.rawPath,
          protocol: 'HTTP/1.1',
          sourceIp: request.sourceIp,
          userAgent: headers['user-agent'] ?? '',
        },
        requestId: aws.requestId,
        routeKey: '$default',
        stage: '$default',
        time: commonLogTime(aws.nowMs),
        timeEpoch: aws.nowMs,
      },
      ...(request.body.length > 0
        ? { body: Buffer.from(request.body).toString(isText ? 'utf8' : 'base64') }
        : {}),
      isBase64Encoded: request.body.length > 0 && !isText,
    }
  },
  reply: (outcome, request) => (request.stream && outcome.kind === 'success' ? SENT : toResponse(outcome)),
  stream: (request) => request.stream,
  sample: {
    functionName: 'checkout',
    alias: null,
    urlId: 'abcdefghijklmnopqrstuvwxyz012345',
    method: 'GET',
    rawPath: '/orders/42',
    rawQueryString: 'q=1',
    headers: [
      ['host', 'abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws'],
      ['user-agent', 'curl/8.5.0'],
    ],
    body: new Uint8Array(),
    sourceIp: '127.0.0.1',
    domainName: 'abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws',
  } satisfies UrlRequest,
})

function joinedHeaders(request: UrlRequest): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const [name, value] of request.headers) {
    if (name === 'cookie') continue
    const before = joined[name]
    joined[name] = before === undefined ? value : `${before},${value}`
  }
  return joined
}

function joinedQuery(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') return undefined
  const joined: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = joined[name]
    joined[name] = before === undefined ? value : `${before},${value}`
  }
  return joined
}

/** AWS looks at nothing but the content type; forms count as binary. */
const isTextual = (contentType: string): boolean =>
  /^(text\/|application\/(json|xml|javascript)\b)/i.test(contentType) || contentType === ''

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(atMs: number): string {
  const iso = new Date(atMs).toISOString()
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}

function toResponse(outcome: ReplyOutcome): UrlResponse {
  if (outcome.kind === 'throttled') return plain(429, '{"message":"Rate Exceeded."}')
  if (outcome.kind !== 'success')
    return { ...plain(502, 'Internal Server Error'), headers: [['content-type', 'text/plain']] }
  const { contentType } = outcome
  if (contentType !== undefined && contentType !== 'application/json')
    return fromStreamingHandler(contentType, outcome.payload)
  const value = parsed(Buffer.from(outcome.payload).toString())
  if (value === undefined) return plain(502, 'Internal Server Error')
  if (typeof value === 'object' && value !== null && 'statusCode' in value) return fromProxyResult(value)
  return plain(200, typeof value === 'string' ? value : JSON.stringify(value))
}

/** A runtime of one's own, or a handler that streams, may call anything JSON. */
function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

/** The answer has gone out as it came. */
const SENT: UrlResponse = { status: 200, headers: [], body: new Uint8Array() }

/** A handler that streams, behind a URL that does not. */
function fromStreamingHandler(contentType: string, payload: Uint8Array): UrlResponse {
  const found = readPrelude(contentType, payload)
  return found
    ? { status: found.status, headers: found.headers, body: found.body }
    : plain(502, 'Internal Server Error')
}

/** What a handler answers when it speaks HTTP, besides status, headers and cookies. */
interface ProxyResult {
  readonly body?: JsonValue
  readonly isBase64Encoded?: boolean
}

function fromProxyResult(result: ProxyResult): UrlResponse {
  const head = headOf(result, 'application/json')
  if (!head) return plain(502, 'Internal Server Error')
  const { body } = result
  const text = typeof body === 'string' ? body : body == null ? '' : JSON.stringify(body)
  return { ...head, body: Buffer.from(text, result.isBase64Encoded === true ? 'base64' : 'utf8') }
}

const plain = (status: number, body: string): UrlResponse => ({
  status,
  headers: [['content-type', 'application/json']],
  body: Buffer.from(body),
})
