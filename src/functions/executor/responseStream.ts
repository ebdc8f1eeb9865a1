import { Writable } from 'node:stream'
import type { MessagePort } from 'node:worker_threads'
import { RuntimeError } from './errors.ts'
import { headerText } from './headerText.ts'

const DEFAULT_CONTENT_TYPE = 'application/octet-stream'
const INTEGRATION_CONTENT_TYPE = 'application/vnd.awslambda.http-integration-response'

/** So many bytes may be on their way to whoever takes them; then a handler's writes have to wait. */
const WINDOW_BYTES = 262_144

/** Between the prelude of an HTTP response and its body. */
const SEPARATOR_BYTES = 8

/**
 * The way of streamed answers out of this thread. It shares the log's port, so that lines and pieces keep their order, and
 * lets the handler write no faster than the other side takes.
 */
export class AnswerWay {
  readonly #port: MessagePort
  #onTheWay = 0
  #resume: (() => void) | undefined
  #isListening = false

  constructor(port: MessagePort) {
    this.#port = port
  }

  begin(contentType: string): void {
    this.#listen()
    this.#post({ began: contentType })
  }

  /** Calls `done` when the next piece may come. */
  send(bytes: Uint8Array, done: () => void): void {
    this.#onTheWay += bytes.length
    // The pool of small buffers is not ours to give away.
    const own = new Uint8Array(bytes)
    this.#post(own, [own.buffer])
    if (this.#onTheWay <= WINDOW_BYTES) done()
    else this.#resume = done
  }

  /** An answer is under way: the event loop must not run empty for that. */
  hold(): void {
    this.#listen()
    this.#port.ref()
  }

  letGo(): void {
    this.#resume = undefined
    this.#onTheWay = 0
    if (this.#isListening) this.#port.unref()
  }

  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#port.on('message', (bytes: number) => {
      this.#onTheWay = Math.max(0, this.#onTheWay - bytes)
      const resume = this.#resume
      if (!resume || this.#onTheWay > WINDOW_BYTES) return
      this.#resume = undefined
      resume()
    })
  }

  #post(message: object, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer)
  }
}

/** What a streaming handler writes to (invocation reference, section 3.4). */
export class ResponseStream extends Writable {
  readonly #way: AnswerWay
  #contentType = DEFAULT_CONTENT_TYPE
  #hasBegun = false
  /** Comes before the first piece. */
  #prelude: (() => Uint8Array) | undefined

  constructor(way: AnswerWay, options: { readonly highWaterMark?: number | undefined }) {
    super(options.highWaterMark === undefined ? {} : { highWaterMark: options.highWaterMark })
    this.#way = way
  }

  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** Only before the first piece. Throws what Node throws for a header's value that cannot be one. */
  setContentType(contentType: unknown): void {
    if (this.#hasBegun)
      throw new RuntimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.')
    this.#contentType = headerText('Content-Type', contentType)
  }

  /** The prelude of an HTTP response goes out ahead of the first piece. */
  beginWith(prelude: () => Uint8Array): void {
    this.#prelude = prelude
  }

  /** Objects are written as JSON, as AWS's runtime does it. */
  override write(chunk: unknown, ...rest: never[]): boolean {
    const isPlain = typeof chunk === 'string' || chunk instanceof Uint8Array
    return super.write(isPlain ? chunk : JSON.stringify(chunk), ...rest)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#begin()
    this.#way.send(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#begin()
    done()
  }

  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    this.#way.begin(this.#contentType)
    const prelude = this.#prelude?.()
    if (prelude) this.#way.send(prelude, () => {})
  }
}

/** What an HTTP response says before its body. */
interface Metadata {
  readonly statusCode?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
}

/** `awslambda.HttpResponseStream.from`: the stream of an HTTP response with this status, these headers and cookies. */
export function httpResponseStream(stream: ResponseStream, metadata: Metadata): ResponseStream {
  stream.setContentType(INTEGRATION_CONTENT_TYPE)
  const text = JSON.stringify(metadata)
  stream.beginWith(() => Buffer.concat([Buffer.from(text), Buffer.alloc(SEPARATOR_BYTES)]))
  return stream
}
