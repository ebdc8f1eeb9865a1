import type { Changes, Reader, Transaction } from './keyValue.ts'
import { Layer } from './layer.ts'

/**
 * The changes of one commit, staged above what is committed. Transactions run on it one after the other; each sees
 * the ones before it, and one that throws is undone without a trace.
 */
export class Overlay implements Transaction {
  readonly #committed: Reader
  readonly #staged = new Layer(0)
  /** What the running transaction changed, and the key's state before, in parallel. */
  readonly #undoKeys: string[] = []
  readonly #undoAdded: (Buffer | undefined)[] = []
  readonly #undoChanged: (Buffer | null | undefined)[] = []
  #hooks: (() => void)[] = []

  constructor(committed: Reader) {
    this.#committed = committed
  }

  get isEmpty(): boolean {
    return this.#staged.size === 0
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
    this.#undoKeys.length = this.#undoAdded.length = this.#undoChanged.length = 0
    const hooksBefore = this.#hooks.length
    try {
      return run(this)
    } catch (error) {
      for (let index = this.#undoKeys.length - 1; index >= 0; index--) {
        this.#staged.restore(this.#undoKeys[index]!, this.#undoAdded[index], this.#undoChanged[index])
      }
      this.#hooks.length = hooksBefore
      this.#staged.forgetWindows()
      throw error
    }
  }

  get(key: string): Buffer | undefined {
    return this.#staged.get(this.#committed, key)
  }

  put(key: string, value: Buffer): void {
    this.#remember(key)
    this.#staged.put(key, value)
  }

  insert(key: string, value: Buffer): void {
    this.#remember(key)
    this.#staged.insert(key, value)
  }

  remove(key: string): void {
    this.#remember(key)
    this.#staged.remove(key)
  }

  keys(start: string, end: string, limit: number, from?: string): string[] {
    return this.#staged.keys(this.#committed, { start, end, limit, from })
  }

  afterCommit(run: () => void): void {
    this.#hooks.push(run)
  }

  #remember(key: string): void {
    this.#undoKeys.push(key)
    this.#undoAdded.push(this.#staged.added.get(key))
    this.#undoChanged.push(this.#staged.changed.get(key))
  }
}
