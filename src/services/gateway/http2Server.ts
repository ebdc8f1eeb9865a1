import type { RequestListener, ServerResponse } from 'node:http'
import http2 from 'node:http2'
import type { Socket } from 'node:net'

/** HTTP/2 on sockets that another server has accepted. Loaded with the first connection that asks for it. */
export interface Http2Server {
  serve(socket: Socket): void
  /** Takes no new streams: those open may end, and a session without any is over at once. */
  close(): void
}

/** Creates the HTTP/2 side; requests arrive in the shape of HTTP/1.1's. */
export function createHttp2Server(onRequest: RequestListener): Http2Server {
  const server = http2.createServer(serverOptions)
  const sessions = new Set<http2.ServerHttp2Session>()
  let isClosing = false
  server.on('request', (request, response) => {
    // The compatibility classes promise what IncomingMessage and ServerResponse promise, as far as it is used here.
    onRequest(request as unknown as Request, response as unknown as ServerResponse)
  })
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    session.setLocalWindowSize(sessionWindowBytes)
    if (isClosing) session.close()
  })
  return {
    serve: (socket) => void server.emit('connection', socket),
    close() {
      isClosing = true
      for (const session of sessions) session.close()
    },
  }
}

type Request = Parameters<RequestListener>[0]

/** What a peer may send before we have read it: a body of ordinary size in one go, many of them on one connection. */
const streamWindowBytes = 1024 * 1024
const sessionWindowBytes = 16 * 1024 * 1024

/** Connection headers do not exist in HTTP/2: RFC 9113, section 8.2.2. */
const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** A request whose headers are those of HTTP/1.1: `Host` instead of pseudo-headers. */
class PlainRequest extends http2.Http2ServerRequest {
  readonly plainHeaders: http2.IncomingHttpHeaders
  readonly #rawHeaders: readonly string[]

  constructor(...given: ConstructorParameters<typeof http2.Http2ServerRequest>) {
    super(...given)
    this.plainHeaders = withoutPseudo(given[1])
    this.#rawHeaders = given[3]
  }

  get plainRawHeaders(): string[] {
    return withoutRawPseudo(this.#rawHeaders, this.plainHeaders.host)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.stream.close(http2.constants.NGHTTP2_CANCEL)
    done(error)
  }
}

// Their types call these fields, so that a class cannot override them with what they are: accessors.
Object.defineProperties(PlainRequest.prototype, {
  headers: {
    get(this: PlainRequest) {
      return this.plainHeaders
    },
  },
  rawHeaders: {
    get(this: PlainRequest) {
      return this.plainRawHeaders
    },
  },
})

function withoutPseudo(headers: http2.IncomingHttpHeaders): http2.IncomingHttpHeaders {
  const plain: http2.IncomingHttpHeaders = {}
  for (const name in headers) if (!name.startsWith(':')) plain[name] = headers[name]
  const authority = headers[':authority']
  if (authority !== undefined) plain.host = authority
  return plain
}

function withoutRawPseudo(raw: readonly string[], host: string | undefined): string[] {
  const plain = host === undefined ? [] : ['host', host]
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? ''
    if (!name.startsWith(':') && name.toLowerCase() !== 'host') plain.push(name, raw[index + 1] ?? '')
  }
  return plain
}

/** A response that leaves out what HTTP/2 has no word for, and tells as much of itself as one of HTTP/1.1. */
class PlainResponse extends http2.Http2ServerResponse {
  override setHeader(name: string, value: number | string | readonly string[]): void {
    if (!connectionHeaders.has(name.toLowerCase())) super.setHeader(name, value)
  }

  override appendHeader(name: string, value: string | string[]): void {
    if (!connectionHeaders.has(name.toLowerCase())) super.appendHeader(name, value)
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    this.#take(rest.at(-1))
    return super.writeHead(status)
  }

  #take(headers: unknown): void {
    if (Array.isArray(headers)) this.#takePairs(headers as string[])
    else if (typeof headers === 'object' && headers !== null)
      for (const [name, value] of Object.entries(headers)) this.setHeader(name, value as string)
  }

  /** As HTTP/1.1's: what was set before gives way, and a name that comes twice stays twice. */
  #takePairs(pairs: readonly string[]): void {
    const seen = new Map<string, string[]>()
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      const name = pairs[index] ?? ''
      const value = pairs[index + 1] ?? ''
      const values = seen.get(name.toLowerCase())
      if (values) values.push(value)
      else seen.set(name.toLowerCase(), [value])
    }
    for (const [name, values] of seen) this.setHeader(name, values.length === 1 ? (values[0] ?? '') : values)
  }
}

Object.defineProperties(PlainResponse.prototype, {
  destroyed: {
    get(this: PlainResponse) {
      return this.stream.destroyed
    },
  },
  writableNeedDrain: {
    get(this: PlainResponse) {
      return this.stream.writableNeedDrain
    },
  },
})

const serverOptions: http2.ServerOptions = {
  settings: {
    initialWindowSize: streamWindowBytes,
    // As for HTTP/1.1: Lambda's limit of 1 MB.
    maxHeaderListSize: 1024 * 1024,
  },
  // In megabytes; what bodies may take is limited by the services.
  maxSessionMemory: 1_024,
  Http2ServerRequest: PlainRequest,
  Http2ServerResponse: PlainResponse as unknown as typeof http2.Http2ServerResponse,
}
