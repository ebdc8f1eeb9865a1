import { SortedMap } from '../system/index.ts'
import { compareKeys } from './keys.ts'
import type { Changes, Reader, Transaction } from './keyValue.ts'

/** How many committed keys a range reads at least at once when it has to look past changed ones. */
const SMALLEST_CHUNK = 32

/**
 * The changes of one commit, staged above what is committed. Transactions run on it one after the other; each sees
 * the ones before it, and one that throws is undone without a trace.
 */
export class Overlay implements Transaction {
  readonly #committed: Reader
  readonly #staged = new Map<string, Buffer | null>()
  /** The staged keys that have a value, by their first character. */
  readonly #present = new Map<number, PresentKeys>()
  /**
   * Where to begin instead of at a range's start: all committed keys before it are staged. Without this, each of
   * many claims that share a commit would step over everything that the others took.
   */
  readonly #skips = new Map<string, string>()
  /** What the running transaction changed, and the values before, in parallel. */
  #undoKeys: string[] = []
  #undoValues: (Buffer | null | undefined)[] = []
  #hooks: (() => void)[] = []

  constructor(committed: Reader) {
    this.#committed = committed
  }

  get changes(): Changes {
    return this.#staged
  }

  /** What to run after the commit. */
  get hooks(): readonly (() => void)[] {
    return this.#hooks
  }

  /** Runs a transaction; rethrows what it throws, with all it did undone. */
  attempt<T>(run: (tx: Transaction) => T): T {
    this.#undoKeys = []
    this.#undoValues = []
    const hooksBefore = this.#hooks.length
    try {
      return run(this)
    } catch (error) {
      for (let index = this.#undoKeys.length - 1; index >= 0; index--) {
        this.#restore(this.#undoKeys[index]!, this.#undoValues[index])
      }
      this.#hooks.length = hooksBefore
      this.#skips.clear()
      throw error
    }
  }

  get(key: string): Buffer | undefined {
    const staged = this.#staged.get(key)
    return staged === undefined ? this.#committed.get(key) : (staged ?? undefined)
  }

  put(key: string, value: Buffer): void {
    const before = this.#staged.get(key)
    this.#undoKeys.push(key)
    this.#undoValues.push(before)
    this.#staged.set(key, value)
    if (!before) this.#presentLike(key).add(key)
  }

  remove(key: string): void {
    const before = this.#staged.get(key)
    this.#undoKeys.push(key)
    this.#undoValues.push(before)
    this.#staged.set(key, null)
    if (before) this.#presentLike(key).delete(key)
  }

  afterCommit(run: () => void): void {
    this.#hooks.push(run)
  }

  keys(start: string, end: string, limit: number): string[] {
    const present = this.#presentLike(start)
    const found: string[] = []
    let nextPresent = present.from(start, end)
    let from = this.#skips.get(start) ?? start
    let isLeading = true
    let chunkSize = limit
    for (;;) {
      const chunk = this.#committed.keys(from, end, chunkSize)
      for (const key of chunk) {
        while (nextPresent !== undefined && nextPresent < key && found.length < limit) {
          found.push(nextPresent)
          nextPresent = present.after(nextPresent, end)
        }
        if (found.length >= limit) return found
        // A staged key was either removed, or comes in its turn from the present ones.
        if (this.#staged.has(key)) {
          if (isLeading) this.#skips.set(start, `${key}\0`)
          continue
        }
        isLeading = false
        found.push(key)
      }
      if (chunk.length < chunkSize) break
      if (found.length >= limit) return found
      from = `${chunk.at(-1)}\0`
      chunkSize = Math.max(SMALLEST_CHUNK, limit - found.length)
    }
    while (nextPresent !== undefined && found.length < limit) {
      found.push(nextPresent)
      nextPresent = present.after(nextPresent, end)
    }
    return found
  }

  #presentLike(key: string): PresentKeys {
    const first = key.charCodeAt(0)
    let present = this.#present.get(first)
    if (!present) this.#present.set(first, (present = new PresentKeys()))
    return present
  }

  #restore(key: string, value: Buffer | null | undefined): void {
    if (value === undefined) this.#staged.delete(key)
    else this.#staged.set(key, value)
    if (value) this.#presentLike(key).add(key)
    else this.#presentLike(key).delete(key)
  }
}

/** Keys in order; put in order only once a range asks for them, which most never are. */
class PresentKeys {
  readonly #sorted = new SortedMap<string, undefined>(undefined, compareKeys)
  readonly #unsorted = new Set<string>()

  add(key: string): void {
    this.#unsorted.add(key)
  }

  delete(key: string): void {
    this.#unsorted.delete(key)
    if (this.#sorted.size > 0) this.#sorted.delete(key)
  }

  /** The first key from `start` (inclusive) to `end` (exclusive). */
  from(start: string, end: string): string | undefined {
    for (const key of this.#unsorted) this.#sorted.set(key, undefined)
    this.#unsorted.clear()
    if (this.#sorted.size === 0) return undefined
    return start < end && this.#sorted.has(start) ? start : this.after(start, end)
  }

  /** The first key after `key`, before `end`. */
  after(key: string, end: string): string | undefined {
    const next = this.#sorted.nextHigherKey(key)
    return next !== undefined && next < end ? next : undefined
  }
}
