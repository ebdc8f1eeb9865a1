import { afterRealMs, stopwatchMs } from '../system/index.ts'

/** Ends environments that nobody used for a while. One timer, and only while something is idle. */
export class IdleReaper {
  readonly #idleMs: number
  readonly #reap: (idleSinceMs: number) => number | undefined
  #cancel: (() => void) | undefined

  /** `reap` ends what is idle since `idleSinceMs` or longer, and returns since when the oldest of the rest is. */
  constructor(idleMs: number, reap: (idleSinceMs: number) => number | undefined) {
    this.#idleMs = idleMs
    this.#reap = reap
  }

  /** Something became idle. */
  arm(): void {
    this.#cancel ??= this.#in(this.#idleMs)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = () => {}
  }

  #in(waitMs: number): () => void {
    return afterRealMs(waitMs, () => {
      this.#cancel = undefined
      const oldestMs = this.#reap(stopwatchMs() - this.#idleMs)
      if (oldestMs !== undefined)
        this.#cancel = this.#in(Math.max(0, oldestMs + this.#idleMs - stopwatchMs()))
    })
  }
}
