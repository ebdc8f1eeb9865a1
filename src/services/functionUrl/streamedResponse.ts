import { preludeIn } from './prelude.ts'
import type { ResponseHead } from './responseHead.ts'
import type { UrlStream } from './signals.ts'

/** Where an HTTP response goes as it comes. */
export interface ResponseWriter {
  head(head: ResponseHead): void
  /** Resolves, or returns, when the next piece may come. */
  write(chunk: Uint8Array): void | Promise<void>
}

/** Makes an HTTP response of what a function writes: status and headers first, from the prelude if it has one. */
export class StreamedResponse implements UrlStream {
  readonly #writer: ResponseWriter
  #contentType = ''
  #early: Uint8Array = new Uint8Array()
  #state: 'waiting' | 'open' | 'broken' = 'waiting'

  constructor(writer: ResponseWriter) {
    this.#writer = writer
  }

  /** The response has begun: it is too late for another status. */
  get hasBegun(): boolean {
    return this.#state === 'open'
  }

  begin({ contentType }: { readonly contentType: string }): void {
    this.#contentType = contentType
    void this.#look(new Uint8Array())
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#state === 'open') return this.#writer.write(chunk)
    if (this.#state === 'waiting') return this.#look(chunk)
  }

  #look(chunk: Uint8Array): void | Promise<void> {
    this.#early = this.#early.length === 0 ? chunk : Buffer.concat([this.#early, chunk])
    const found = preludeIn(this.#contentType, this.#early)
    if (found === 'incomplete') return
    this.#early = new Uint8Array()
    if (!found) {
      this.#state = 'broken'
      return
    }
    this.#state = 'open'
    this.#writer.head(found)
    if (found.body.length > 0) return this.#writer.write(found.body)
  }
}
