import type { Reader } from './keyValue.ts'

/** How many keys that a layer shadows are kept in a window at most, looked over again by each range. */
const MOST_SHADOWED = 32

/**
 * The keys below a layer from a range's start on, as far as they were read, without those that the layer shadows. What
 * lies below changes only in keys that the layer shadows, so a window stays right as long as the layer; it spares the
 * ranges that are asked for over and over, such as the head of a queue, from reading and stepping over them again.
 */
export class KeyWindow {
  /** Those before `#first` are shadowed. */
  #keys: string[] = []
  #first = 0
  /** Every key before this one was read. */
  #readTo: string

  constructor(start: string) {
    this.#readTo = start
  }

  /**
   * The first `limit` keys before `end` that are not shadowed. Reads at least `ahead` keys at once where it has to
   * read, up to `spaceEnd`, which is not before `end`.
   */
  take(below: Reader, isShadowed: (key: string) => boolean, range: WindowRange): string[] {
    const { end, limit } = range
    const found: string[] = []
    let shadowed = 0
    for (let index = this.#first; found.length < limit; index++) {
      if (index === this.#keys.length) {
        // Keys are read in order: there is none left before the end, or the next ones follow.
        if (this.#readTo >= end || !this.#readOn(below, range, limit - found.length)) break
      }
      const key = this.#keys[index]!
      if (key >= end) break
      if (!isShadowed(key)) found.push(key)
      else if (index === this.#first) this.#first++
      else shadowed++
    }
    if (shadowed > MOST_SHADOWED || this.#first > MOST_SHADOWED) {
      this.#keys = this.#keys.slice(this.#first).filter((key) => !isShadowed(key))
      this.#first = 0
    }
    return found
  }

  /** Reads the next keys, and answers whether there were any. */
  #readOn(below: Reader, { ahead, end, spaceEnd }: WindowRange, wanted: number): boolean {
    const limit = Math.max(ahead, wanted)
    const to = ahead > 0 ? spaceEnd : end
    const keys = below.keys(this.#readTo, to, limit)
    this.#readTo = keys.length < limit ? to : `${keys.at(-1)}\0`
    for (const key of keys) this.#keys.push(key)
    return keys.length > 0
  }
}

export interface WindowRange {
  readonly end: string
  readonly spaceEnd: string
  readonly limit: number
  readonly ahead: number
}
