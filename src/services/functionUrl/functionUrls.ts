import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Signals } from '../signals.ts'
import { preflightHeaders, type UrlCors, withCorsHeaders } from './cors.ts'
import type { ResponseHead } from './responseHead.ts'
import { type ResponseWriter, StreamedResponse } from './streamedResponse.ts'
import { type UrlRequest, urlRequested, type UrlResponse } from './signals.ts'

/** One function, or one alias, that has a URL. */
export interface FunctionUrl {
  readonly functionName: string
  /** `null`: it is the function's own. */
  readonly alias: string | null
  readonly urlId: string
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM'
  readonly cors: UrlCors | null
}

/** Answers HTTP requests to function URLs. */
export interface FunctionUrls {
  set(urls: readonly FunctionUrl[]): void
  /**
   * Is this request for a function URL: by host `<id>.lambda-url.<region>.localhost`, or by path
   * `/_url/<function>/` or `/_url/<function>:<alias>/`?
   */
  matches(request: IncomingMessage): boolean
  /**
   * The response, or `'broken'` for one that was begun and cannot be ended well. With `RESPONSE_STREAM` it goes to
   * `writer` as it comes: then `undefined`.
   */
  answer(
    request: IncomingMessage,
    body: Uint8Array,
    requestId: string,
    writer: ResponseWriter,
  ): Promise<UrlResponse | 'broken' | undefined>
}

const PATH_PREFIX = '/_url/'
const HOST = /^([a-z0-9]{32})\.lambda-url\./

/** The id of a function's URL: 32 characters that stay the same from run to run. */
export function urlIdOf(functionArn: string): string {
  const digest = createHash('sha256').update(functionArn).digest()
  return Array.from(digest, (byte) => (byte % 36).toString(36)).join('')
}

/** Creates the service. */
export function createFunctionUrls(on: { signals: Signals }): FunctionUrls {
  let byId = new Map<string, FunctionUrl>()
  let byName = new Map<string, FunctionUrl>()

  function find(request: IncomingMessage): { url: FunctionUrl; path: string } | undefined {
    const target = request.url ?? '/'
    const id = HOST.exec(request.headers.host ?? '')?.[1]
    if (id !== undefined) {
      const url = byId.get(id)
      return url && { url, path: target }
    }
    const rest = target.slice(PATH_PREFIX.length)
    const end = rest.search(/[/?]/)
    const name = end < 0 ? rest : rest.slice(0, end)
    const url = byName.get(decodeName(name))
    if (!url) return undefined
    const path = end < 0 ? '/' : rest.slice(end)
    return { url, path: path.startsWith('/') ? path : `/${path}` }
  }

  async function stream(
    asked: UrlRequest,
    requestId: string,
    writer: ResponseWriter,
    withCors: (response: UrlResponse) => UrlResponse,
  ): Promise<UrlResponse | 'broken' | undefined> {
    const streamed = new StreamedResponse(writer)
    const answer = await on.signals.ask(urlRequested, { ...asked, stream: streamed }, requestId)
    if (!answer) return withCors(NO_SUCH_URL)
    const hasFailed = answer.status >= 400
    if (streamed.hasBegun) return hasFailed ? 'broken' : undefined
    return withCors(answer.status === 429 ? answer : FAILED)
  }

  return {
    set(urls) {
      byId = new Map(urls.map((url) => [url.urlId, url]))
      byName = new Map(urls.map((url) => [nameOf(url), url]))
    },
    matches: (request) =>
      (request.url ?? '').startsWith(PATH_PREFIX) || HOST.test(request.headers.host ?? ''),
    async answer(request, body, requestId, writer) {
      const found = find(request)
      if (!found) return NO_SUCH_URL
      const { url, path } = found
      const origin = request.headers.origin ?? ''
      const isPreflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
      if (url.cors && isPreflight) {
        return { status: 200, headers: preflightHeaders(url.cors, origin), body: new Uint8Array() }
      }
      const withCors = <Head extends ResponseHead>(head: Head): Head =>
        url.cors ? { ...head, headers: withCorsHeaders(head.headers, url.cors, origin) } : head
      const asked = toRequest(request, url, path, body)
      if (url.invokeMode === 'RESPONSE_STREAM')
        return await stream(
          asked,
          requestId,
          { ...writer, head: (head) => writer.head(withCors(head)) },
          withCors,
        )
      return withCors((await on.signals.ask(urlRequested, asked, requestId)) ?? NO_SUCH_URL)
    },
  }
}

/** As it stands in paths. */
const nameOf = ({ functionName, alias }: FunctionUrl): string =>
  alias === null ? functionName : `${functionName}:${alias}`

const FAILED: UrlResponse = {
  status: 502,
  headers: [['content-type', 'application/json']],
  body: Buffer.from('{"message":"Internal Server Error"}'),
}

const NO_SUCH_URL: UrlResponse = {
  status: 403,
  headers: [
    ['content-type', 'application/json'],
    ['x-amzn-errortype', 'AccessDeniedException'],
  ],
  body: Buffer.from('{"Message":null}'),
}

function toRequest(request: IncomingMessage, url: FunctionUrl, path: string, body: Uint8Array): UrlRequest {
  const queryStart = path.indexOf('?')
  const headers: [string, string][] = []
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    headers.push([(request.rawHeaders[index] ?? '').toLowerCase(), request.rawHeaders[index + 1] ?? ''])
  }
  return {
    functionName: url.functionName,
    alias: url.alias,
    urlId: url.urlId,
    method: request.method ?? 'GET',
    rawPath: queryStart < 0 ? path : path.slice(0, queryStart),
    rawQueryString: queryStart < 0 ? '' : path.slice(queryStart + 1),
    headers,
    body,
    sourceIp: (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    domainName: (request.headers.host ?? '').replace(/:\d+$/, ''),
  }
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
