import type { Clock, Timer } from '../../system/index.ts'

/** However many records grow too old, they are not dropped more often than this. */
const LEAST_INTERVAL_MS = 60_000

/** One alarm for the next record, in any stream, that grows too old. `sweep` drops it, and says when the next one will. */
export class Expiry {
  readonly #clock: Clock
  readonly #sweep: () => void
  #alarm: Timer | undefined
  #lastMs = -Infinity

  constructor(clock: Clock, sweep: () => void) {
    this.#clock = clock
    this.#sweep = sweep
  }

  /** Something will be too old at this time. */
  expectAt(dueMs: number): void {
    if (this.#alarm && this.#alarm.dueMs <= dueMs) return
    const atMs = Math.max(dueMs, this.#lastMs + LEAST_INTERVAL_MS)
    if (this.#alarm && this.#alarm.dueMs <= atMs) return
    this.#alarm?.cancel()
    this.#alarm = this.#clock.at(atMs, 'old records of streams', () => this.#fire(), { recurring: true })
  }

  /** There is nothing any more that could grow old. */
  forget(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
  }

  #fire(): void {
    this.#alarm = undefined
    this.#lastMs = this.#clock.now()
    this.#sweep()
  }
}
