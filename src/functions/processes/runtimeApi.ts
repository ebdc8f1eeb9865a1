import type { IncomingMessage, ServerResponse } from 'node:http'
import { RESPONSE_LIMIT_BYTES } from '../payloads.ts'
import type { InvokeNotice, Router } from './environmentApi.ts'
import { accept, bodyOf, refuse } from './environmentServer.ts'
import {
  INVALID_INVOCATION_ID,
  INVALID_REQUEST_ID,
  INVALID_RESPONSE_MODE,
  invalidTransition,
  mayMove,
  type RuntimeMove,
  type RuntimeState,
  sanitisedErrorType,
  tooLargeFor,
} from './runtimeState.ts'

/** How a runtime answered one event. */
export interface RuntimeAnswer {
  readonly outcome: 'success' | 'thrown' | 'tooLarge'
  /** As it came, byte for byte; empty when it was streamed. */
  readonly payload: Uint8Array
}

/** Takes an answer piece by piece. */
export interface ResponseTaker {
  responseBegan(contentType: string): void
  responseChunk(chunk: Uint8Array): void | Promise<void>
}

/** What a runtime does, as seen by its environment. */
export interface RuntimeListener {
  /** It asks for an event: its initialisation, or the last event, is behind it. */
  next(): void
  initError(payload: Uint8Array, errorType: string): void
  /** Who takes the answer that it begins to stream; with nobody, it is gathered as any other. */
  stream(): ResponseTaker
  answered(answer: RuntimeAnswer): void
}

const PREFIX = '/2018-06-01'

/** The Runtime API of one environment: which calls are allowed when, and what they mean. */
export class RuntimeApi {
  readonly #listener: RuntimeListener
  #state: RuntimeState = 'Started'
  #waiting: ServerResponse | undefined
  #requestId = ''
  #invocationId = ''
  /** For a runtime whose connection broke while it waited: it will ask again. */
  #undelivered: (() => void) | undefined

  constructor(listener: RuntimeListener) {
    this.#listener = listener
  }

  get state(): RuntimeState {
    return this.#state
  }

  /** Hands an event to the runtime, which waits for one. */
  deliver(notice: InvokeNotice, invocationId: string, event: Uint8Array): void {
    const response = this.#waiting
    if (!response) {
      this.#undelivered = () => this.deliver(notice, invocationId, event)
      return
    }
    this.#waiting = undefined
    this.#state = 'Running'
    this.#requestId = notice.requestId
    this.#invocationId = invocationId
    const body = event.length === 0 ? EMPTY_EVENT : event
    response
      .writeHead(200, { ...eventHeaders(notice, invocationId), 'Content-Length': body.length })
      .end(body)
  }

  readonly router: Router = (request, response, path) => {
    if (!path.startsWith(`${PREFIX}/`)) return false
    const call = this.#callOf(path.slice(PREFIX.length))
    if (!call) return false
    if (call.method === request.method) {
      call.run(request, response)
    } else {
      request.resume()
      response.writeHead(405, { Allow: call.method }).end()
    }
    return true
  }

  #callOf(
    path: string,
  ): { method: string; run: (request: IncomingMessage, response: ServerResponse) => void } | undefined {
    if (path === '/ping') return { method: 'GET', run: (_, response) => response.end('pong') }
    if (path === '/runtime/invocation/next')
      return { method: 'GET', run: (_, response) => this.#next(response) }
    if (path === '/runtime/init/error')
      return { method: 'POST', run: (request, response) => void this.#initError(request, response) }
    const [, id, kind] = /^\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? []
    if (id === undefined) return undefined
    const move = kind === 'response' ? 'InvocationResponse' : 'InvocationErrorResponse'
    return { method: 'POST', run: (request, response) => void this.#answer(request, response, id, move) }
  }

  #next(response: ServerResponse): void {
    const isAgain = this.#state === 'Ready'
    if (!this.#move('Ready', response)) return
    this.#waiting = response
    response.once('close', () => {
      if (this.#waiting === response) this.#waiting = undefined
    })
    const deliver = this.#undelivered
    this.#undelivered = undefined
    if (deliver) deliver()
    else if (!isAgain) this.#listener.next()
  }

  async #initError(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#move('InitError', response)) {
      request.resume()
      return
    }
    const body = await bodyOf(request, RESPONSE_LIMIT_BYTES)
    accept(response)
    this.#listener.initError(Buffer.isBuffer(body) ? body : NOTHING, errorTypeOf(request))
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    move: 'InvocationResponse' | 'InvocationErrorResponse',
  ): Promise<void> {
    const mode = headerOf(request, 'lambda-runtime-function-response-mode')
    const invocation = headerOf(request, 'lambda-runtime-invocation-id')
    const flaw =
      id !== this.#requestId
        ? INVALID_REQUEST_ID
        : invocation !== undefined && invocation !== this.#invocationId
          ? INVALID_INVOCATION_ID
          : mode !== undefined && mode !== 'streaming'
            ? INVALID_RESPONSE_MODE
            : undefined
    if (flaw || !this.#move(move, response)) {
      request.resume()
      if (flaw) refuse(response, flaw)
      return
    }
    if (mode === 'streaming' && move === 'InvocationResponse')
      await this.#stream(request, response, this.#listener.stream())
    else await this.#buffer(request, response, move)
  }

  async #buffer(request: IncomingMessage, response: ServerResponse, move: RuntimeMove): Promise<void> {
    const body = await bodyOf(request, RESPONSE_LIMIT_BYTES)
    // Cut off in the middle: a runtime that is still there may try again.
    if (body === 'broken') {
      this.#state = 'Running'
      return
    }
    this.#state = 'ResponseSent'
    if (body === 'tooLarge') {
      refuse(response, tooLargeFor(RESPONSE_LIMIT_BYTES))
      this.#listener.answered({ outcome: 'tooLarge', payload: NOTHING })
      return
    }
    accept(response)
    const isError = move === 'InvocationErrorResponse'
    this.#listener.answered(isError ? { outcome: 'thrown', payload: body } : endOfStream(request, body))
  }

  async #stream(request: IncomingMessage, response: ServerResponse, taker: ResponseTaker): Promise<void> {
    taker.responseBegan(headerOf(request, 'content-type') ?? 'application/octet-stream')
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) await taker.responseChunk(chunk)
    } catch {
      return
    }
    this.#state = 'ResponseSent'
    accept(response)
    this.#listener.answered(endOfStream(request, NOTHING))
  }

  #move(to: RuntimeMove, response: ServerResponse): boolean {
    if (!mayMove(this.#state, to)) {
      refuse(response, invalidTransition(this.#state, to))
      return false
    }
    this.#state = to
    return true
  }
}

const NOTHING = new Uint8Array()
const EMPTY_EVENT = Buffer.from('{}')

/** The headers of an event; those that would be empty are left out. */
function eventHeaders(notice: InvokeNotice, invocationId: string): Record<string, string> {
  const given: Record<string, string | undefined> = {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': notice.requestId,
    'Lambda-Runtime-Deadline-Ms': String(Math.round(notice.deadlineMs)),
    'Lambda-Runtime-Invoked-Function-Arn': notice.arn,
    'Lambda-Runtime-Trace-Id': notice.traceId,
    'Lambda-Runtime-Client-Context': notice.clientContext,
    'Lambda-Runtime-Invocation-Id': invocationId,
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value ? [[name, asHeader(value)]] : [])),
  )
}

/** A header's bytes are the text in UTF-8; Node writes one byte for each character. Line ends cannot stand in it. */
const asHeader = (text: string): string =>
  Buffer.from(text.replaceAll(/[\r\n]+/g, ' '), 'utf8').toString('latin1')

const headerOf = (request: IncomingMessage, name: string): string | undefined =>
  request.headers[name]?.toString()

const errorTypeOf = (request: IncomingMessage): string =>
  sanitisedErrorType(headerOf(request, 'lambda-runtime-function-error-type'))

/** An answer that is complete, unless its trailers say that it failed on the way. */
function endOfStream(request: IncomingMessage, payload: Uint8Array): RuntimeAnswer {
  const error = errorOfTrailers(request.trailers)
  return error ? { outcome: 'thrown', payload: error } : { outcome: 'success', payload }
}

/** An error in the middle of a stream: its type, and its payload in base64, follow the body as trailers. */
function errorOfTrailers(trailers: NodeJS.Dict<string>): Uint8Array | undefined {
  const type = trailers['lambda-runtime-function-error-type']
  const body = trailers['lambda-runtime-function-error-body']
  if (type === undefined && body === undefined) return undefined
  if (body !== undefined) return Buffer.from(body, 'base64')
  return Buffer.from(JSON.stringify({ errorType: type, errorMessage: '' }))
}
