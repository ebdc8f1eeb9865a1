import { RESPONSE_LIMIT_BYTES, STREAMED_RESPONSE_LIMIT_BYTES } from './payloads.ts'
import type { ResponseSink } from './types.ts'

/** The answer of a streaming handler, as far as it has come: passed on as it comes, or gathered for who waits for all of it. */
export class StreamedAnswer {
  readonly contentType: string
  readonly limitBytes: number
  readonly #sink: ResponseSink | undefined
  readonly #gathered: Uint8Array[] = []
  #bytes = 0

  constructor(contentType: string, sink: ResponseSink | undefined) {
    this.contentType = contentType
    this.limitBytes = sink ? STREAMED_RESPONSE_LIMIT_BYTES : RESPONSE_LIMIT_BYTES
    this.#sink = sink
    sink?.begin({ contentType })
  }

  get bytes(): number {
    return this.#bytes
  }

  get isTooLarge(): boolean {
    return this.#bytes > this.limitBytes
  }

  /** What comes beyond the limit is dropped: the handler is not stopped, its answer is an error. */
  add(chunk: Uint8Array): void | Promise<void> {
    this.#bytes += chunk.length
    if (this.isTooLarge) return
    if (this.#sink) return this.#sink.write(chunk)
    this.#gathered.push(chunk)
  }

  /** All of it; empty when it was passed on. */
  whole(): Uint8Array {
    return this.#sink ? new Uint8Array() : Buffer.concat(this.#gathered)
  }
}
