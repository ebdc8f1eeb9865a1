import { SortedMap } from '../system/index.ts'
import { compareKeys } from './keys.ts'

/** Keys in order; put in order only once a range asks for them, which most never are. */
export class PresentKeys {
  readonly #sorted = new SortedMap<string, undefined>(undefined, compareKeys)
  readonly #unsorted = new Set<string>()

  add(key: string): void {
    this.#unsorted.add(key)
  }

  delete(key: string): void {
    this.#unsorted.delete(key)
    if (this.#sorted.size > 0) this.#sorted.delete(key)
  }

  /** The first `limit` keys from `start` (inclusive) to `end` (exclusive). */
  range(start: string, end: string, limit: number): string[] {
    for (const key of this.#unsorted) this.#sorted.set(key, undefined)
    this.#unsorted.clear()
    const found: string[] = []
    if (limit <= 0 || this.#sorted.size === 0) return found
    this.#sorted.forRange(start, end, false, (key) => {
      found.push(key)
      return found.length < limit ? undefined : STOP
    })
    return found
  }
}

const STOP = { break: 0 }
