import { Token, Tokenizer, Type } from 'cborg'

const bytesInChunks = 0x5f
const textInChunks = 0x7f

/** Reads CBOR whose long texts and byte strings come in chunks, as Java's writer leaves them; the package reads whole ones. */
export class ChunkJoiner extends Tokenizer {
  override next(): Token {
    const first = this.data[this.pos()]
    if (first !== bytesInChunks && first !== textInChunks) return super.next()
    // oxlint-disable-next-line no-underscore-dangle -- the package has no public name for it.
    this._pos++
    const type = first === bytesInChunks ? Type.bytes : Type.string
    const chunks = this.#chunksOf(type)
    const whole = first === bytesInChunks ? Buffer.concat(chunks as Uint8Array[]) : chunks.join('')
    return new Token(type, whole)
  }

  #chunksOf(type: Type): unknown[] {
    const chunks: unknown[] = []
    for (;;) {
      if (this.done()) throw new Error('a chunk is missing')
      const token = super.next()
      if (token.type === Type.break) return chunks
      if (token.type !== type) throw new Error('a chunk of another kind')
      chunks.push(token.value)
    }
  }
}
