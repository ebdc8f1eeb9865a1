import { randomFillSync, randomUUID } from 'node:crypto'

/** The only source of identifiers and randomness. */
export interface Ids {
  /** A lower-case UUID v4: request ids, message ids. */
  uuid(): string
  /** `length` hexadecimal digits: log streams, trace ids. */
  hex(length: number): string
}

/** Bytes are drawn many at a time: a call into the operating system costs more than all else in an id. */
const POOL_BYTES = 4_096

/** Identifiers from the operating system's random source. */
export function createIds(): Ids {
  const pool = Buffer.alloc(POOL_BYTES)
  let used = POOL_BYTES
  return {
    uuid: () => randomUUID(),
    hex(length) {
      const bytes = Math.ceil(length / 2)
      if (used + bytes > POOL_BYTES) {
        randomFillSync(pool)
        used = 0
      }
      used += bytes
      return pool.toString('hex', used - bytes, used).slice(0, length)
    },
  }
}
