import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Work } from '../../system/index.ts'
import type { RequestContext } from '../operation.ts'
import { accessKeyId } from './credential.ts'

/** What all requests of one gateway share. */
export interface ContextSource {
  readonly accountId: string
  readonly region: string
  readonly causeOf: (accessKeyId: string) => string | undefined
  readonly workOf: (requestId: string) => Work | undefined
  /** Where the gateway listens: for the rare request without a `Host`. */
  url(): string
  /** Requests that somebody waits on; aborted when the gateway stops. */
  readonly waiting: Set<AbortController>
}

/**
 * The context of one HTTP request. What most operations never ask for (the abort signal, the cause) is made only when
 * asked: a send must not pay for what a long poll needs.
 */
export class HttpRequestContext implements RequestContext {
  readonly requestId: string
  readonly #work: Work
  readonly #source: ContextSource
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #abort: AbortController | undefined

  constructor(
    source: ContextSource,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    work: Work,
  ) {
    this.#source = source
    this.#request = request
    this.#response = response
    this.requestId = requestId
    this.#work = work
  }

  /** Parks the invocation whose handler waits for this request along with the request. */
  get work(): Work {
    const { cause } = this
    const caller = cause === undefined ? undefined : this.#source.workOf(cause)
    return caller ? both(this.#work, caller) : this.#work
  }

  get accountId(): string {
    return this.#source.accountId
  }

  get region(): string {
    return this.#source.region
  }

  get baseUrl(): string {
    const { host } = this.#request.headers
    return host === undefined ? this.#source.url() : `http://${host}`
  }

  get cause(): string | undefined {
    const key = accessKeyId(this.#request)
    return key === undefined ? undefined : this.#source.causeOf(key)
  }

  get sourceIp(): string {
    return (this.#request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '')
  }

  get traceHeader(): string | undefined {
    return this.#request.headers['x-amzn-trace-id'] as string | undefined
  }

  get signal(): AbortSignal {
    if (this.#abort) return this.#abort.signal
    const abort = new AbortController()
    this.#abort = abort
    if (this.#response.destroyed) {
      abort.abort()
      return abort.signal
    }
    this.#source.waiting.add(abort)
    this.#response.once('close', () => {
      this.#source.waiting.delete(abort)
      // After a complete answer nobody listens any more; this is the caller who hung up.
      abort.abort()
    })
    return abort.signal
  }
}

const both = (own: Work, caller: Work): Work => ({
  end: () => own.end(),
  park() {
    own.park()
    caller.park()
  },
  unpark() {
    own.unpark()
    caller.unpark()
  },
})
