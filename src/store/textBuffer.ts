/** What is kept from one use to the next; more than that is given back. */
const MOST_KEPT_BYTES = 1024 * 1024
const FIRST_BYTES = 64 * 1024
/** Of a character of a JavaScript string. */
const MOST_BYTES_OF_CHARACTER = 3

/** Texts behind one another as bytes, in memory that is used again: new memory costs several times what the copying does. */
export class TextBuffer {
  #bytes = Buffer.alloc(0)
  length = 0

  add(text: string): void {
    const needed = this.length + text.length * MOST_BYTES_OF_CHARACTER
    if (needed > this.#bytes.length) this.#grow(needed)
    this.length += this.#bytes.write(text, this.length)
  }

  /** What was added; good until `clear`. */
  get content(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
    if (this.#bytes.length > MOST_KEPT_BYTES) this.#bytes = Buffer.alloc(0)
  }

  #grow(needed: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, needed, this.#bytes.length * 2))
    this.#bytes.copy(bytes, 0, 0, this.length)
    this.#bytes = bytes
  }
}
