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
  /** The staged keys that have a value, in order. */
  readonly #present = new SortedMap<string, undefined>(undefined, compareKeys)
  /**
   * Where to begin instead of at a range's start: all committed keys before it are staged. Without this, each of
   * many claims that share a commit would step over everything that the others took.
   */
  readonly #skips = new Map<string, string>()
  #undo: [string, Buffer | null | undefined][] = []
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
    this.#undo = []
    const hooksBefore = this.#hooks.length
    try {
      return run(this)
    } catch (error) {
      for (const [key, value] of this.#undo.toReversed()) this.#restore(key, value)
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
    this.#undo.push([key, this.#staged.get(key)])
    this.#staged.set(key, value)
    this.#present.set(key, undefined)
  }

  remove(key: string): void {
    const before = this.#staged.get(key)
    this.#undo.push([key, before])
    this.#staged.set(key, null)
    if (before) this.#present.delete(key)
  }

  afterCommit(run: () => void): void {
    this.#hooks.push(run)
  }

  keys(start: string, end: string, limit: number): string[] {
    const found: string[] = []
    let nextPresent = this.#presentFrom(start, end)
    let from = this.#skips.get(start) ?? start
    let isLeading = true
    let chunkSize = limit
    for (;;) {
      const chunk = this.#committed.keys(from, end, chunkSize)
      for (const key of chunk) {
        while (nextPresent !== undefined && nextPresent < key && found.length < limit) {
          found.push(nextPresent)
          nextPresent = this.#presentAfter(nextPresent, end)
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
      nextPresent = this.#presentAfter(nextPresent, end)
    }
    return found
  }

  #presentFrom(start: string, end: string): string | undefined {
    if (this.#present.size === 0) return undefined
    if (this.#present.has(start)) return start
    return this.#presentAfter(start, end)
  }

  #presentAfter(key: string, end: string): string | undefined {
    const next = this.#present.nextHigherKey(key)
    return next !== undefined && next < end ? next : undefined
  }

  #restore(key: string, value: Buffer | null | undefined): void {
    if (value === undefined) this.#staged.delete(key)
    else this.#staged.set(key, value)
    if (value) this.#present.set(key, undefined)
    else this.#present.delete(key)
  }
}
