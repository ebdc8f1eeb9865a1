import { randomBytes, randomUUID } from 'node:crypto'

/** The only source of identifiers and randomness. */
export interface Ids {
  /** A lower-case UUID v4: request ids, message ids. */
  uuid(): string
  /** `length` hexadecimal digits: log streams, trace ids. */
  hex(length: number): string
  /** A number in [0, 1): weights, jitter. */
  random(): number
}

/** Identifiers from the operating system's random source. */
export function createIds(): Ids {
  return {
    uuid: () => randomUUID(),
    hex: (length) =>
      randomBytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    random: () => Math.random(),
  }
}
