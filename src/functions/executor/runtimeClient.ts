import http, { type ClientRequest, type IncomingHttpHeaders } from 'node:http'

const PREFIX = '/2018-06-01/runtime'

/** An event as the Runtime API hands it over. */
export interface NextEvent {
  readonly requestId: string
  readonly arn: string
  readonly traceId: string
  readonly clientContext: string | undefined
  readonly deadlineMs: number
  readonly payload: Buffer
}

/** An answer that is sent piece by piece. */
export interface StreamedResponse {
  write(chunk: Uint8Array, taken: () => void): void
  /** The end of it; `error` is the JSON text of what went wrong on the way. Resolves when it was taken. */
  end(error?: { readonly type: string; readonly payload: string }): Promise<void>
}

/** A client of the Runtime API, for a process that runs Node.js handlers. */
export class RuntimeClient {
  readonly #host: string
  readonly #port: string
  // Taken before any handler can instrument them.
  readonly #request = http.request
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

  constructor(address: string) {
    ;[this.#host = '127.0.0.1', this.#port = '80'] = address.split(':')
  }

  async next(): Promise<NextEvent> {
    const { headers, body } = await this.#call('GET', '/invocation/next')
    const text = (name: string): string => String(headers[name] ?? '')
    return {
      requestId: text('lambda-runtime-aws-request-id'),
      arn: text('lambda-runtime-invoked-function-arn'),
      traceId: text('lambda-runtime-trace-id'),
      clientContext: utf8(headers['lambda-runtime-client-context']),
      deadlineMs: Number(headers['lambda-runtime-deadline-ms']),
      payload: body,
    }
  }

  async respond(requestId: string, payload: string | Uint8Array): Promise<void> {
    await this.#call('POST', `/invocation/${requestId}/response`, payload)
  }

  async fail(requestId: string, payload: string | Uint8Array): Promise<void> {
    await this.#call('POST', `/invocation/${requestId}/error`, payload)
  }

  async failInitialisation(payload: string | Uint8Array, errorType: string): Promise<void> {
    await this.#call('POST', '/init/error', payload, { 'Lambda-Runtime-Function-Error-Type': errorType })
  }

  stream(requestId: string, contentType: string): StreamedResponse {
    const { request, done } = this.#open('POST', `/invocation/${requestId}/response`, {
      'Content-Type': contentType,
      'Lambda-Runtime-Function-Response-Mode': 'streaming',
      'Transfer-Encoding': 'chunked',
      Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
    })
    request.flushHeaders()
    return {
      write: (chunk, taken) => void request.write(chunk, taken),
      async end(error) {
        if (error)
          request.addTrailers({
            'Lambda-Runtime-Function-Error-Type': error.type,
            'Lambda-Runtime-Function-Error-Body': Buffer.from(error.payload).toString('base64'),
          })
        request.end()
        await done
      },
    }
  }

  async #call(
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
    const length = body === undefined ? 0 : Buffer.byteLength(body)
    const { request, done } = this.#open(method, path, {
      'Content-Type': 'application/json',
      'Content-Length': String(length),
      ...headers,
    })
    request.end(body)
    return await done
  }

  #open(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): { request: ClientRequest; done: Promise<{ headers: IncomingHttpHeaders; body: Buffer }> } {
    const { promise: done, resolve, reject } = deferred<{ headers: IncomingHttpHeaders; body: Buffer }>()
    const request = this.#request(
      { host: this.#host, port: this.#port, agent: this.#agent, method, path: PREFIX + path, headers },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }))
      },
    )
    request.on('error', reject)
    return { request, done }
  }
}

function deferred<Value>(): {
  promise: Promise<Value>
  resolve: (value: Value) => void
  reject: (error: Error) => void
} {
  let resolve: (value: Value) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** A header's bytes are a text in UTF-8; Node reads one character from each byte. */
const utf8 = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? Buffer.from(value, 'latin1').toString('utf8') : undefined
