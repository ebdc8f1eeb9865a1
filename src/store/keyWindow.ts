import { endOfPrefix } from './keys.ts'
import type { Reader } from './keyValue.ts'

/** How many keys that the layer shadows stay in a window at most, to be looked over again by each range. */
const MOST_SHADOWED = 32

/** How much more each reading takes than the one before, up to the most. */
const GROWTH = 4

/**
 * The keys below a layer from a range's start on, as far as they were read, without those that the layer shadows. What
 * lies below changes only in keys that the layer shadows, so a window stays right as long as the layer; it spares the
 * ranges that are asked for over and over, such as the head of a queue, from reading and stepping over them again.
 */
export class KeyWindow {
  readonly #start: string
  readonly #mostAhead: number
  #ahead = 0
  /** Those before `#first` are shadowed. */
  #keys: string[] = []
  #first = 0
  /** Every key before this one was read. */
  #readTo: string

  /** `mostAhead`: up to how many keys are read at once, more each time; 0 reads no more than is asked for. */
  constructor(start: string, mostAhead: number) {
    this.#start = start
    this.#readTo = start
    this.#mostAhead = mostAhead
  }

  /** The first `limit` keys from `from` and before `end` that are not shadowed. */
  take(below: Reader, isShadowed: (key: string) => boolean, range: WindowRange): string[] {
    const { from, end, limit } = range
    const found: string[] = []
    let shadowed = 0
    for (let index = this.#indexOf(from); found.length < limit; index++) {
      // Keys are read in order: there is none left before the end, or the next ones follow.
      while (index >= this.#keys.length && this.#readTo < end) this.#readOn(below, end, limit - found.length)
      const key = this.#keys[index]
      if (key === undefined || key >= end) break
      if (key < from) continue
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

  /** Where the keys from `from` on begin, among those that were read. */
  #indexOf(from: string): number {
    let low = this.#first
    if (from === this.#start) return low
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#keys[middle]! < from) low = middle + 1
      else high = middle
    }
    return low
  }

  #readOn(below: Reader, end: string, wanted: number): void {
    const limit = Math.max(this.#ahead, wanted)
    // Beyond the range's end as well, which is often just the present time.
    const to = this.#mostAhead > 0 ? endOfPrefix(this.#start.slice(0, 1)) : end
    const keys = below.keys(this.#start, to, limit, this.#readTo)
    this.#readTo = keys.length < limit ? to : `${keys.at(-1)}\0`
    this.#ahead = Math.min(this.#mostAhead, GROWTH * limit)
    for (const key of keys) this.#keys.push(key)
  }
}

interface WindowRange {
  readonly from: string
  readonly end: string
  readonly limit: number
}
