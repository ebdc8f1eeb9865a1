import type { Clock, Timer } from '../../system/index.ts'
import type { DelayQueues } from '../../store/index.ts'

/**
 * Readers that wait for messages of one queue. The store wakes them when something was put, the clock when something
 * falls due; nobody polls. A change wakes one reader, who wakes the next once it has taken its share: a single
 * message must not send a hundred long polls to the disk.
 */
export class Arrivals {
  readonly #store: DelayQueues
  readonly #clock: Clock
  readonly #items: string
  readonly #label: string
  /** In order of arrival. */
  readonly #waiting = new Set<() => void>()
  #unwatch: (() => void) | undefined
  #alarm: Timer | undefined

  constructor(store: DelayQueues, clock: Clock, queue: { readonly items: string; readonly name: string }) {
    this.#store = store
    this.#clock = clock
    this.#items = queue.items
    this.#label = `next message in ${queue.name}`
  }

  /** Resolves when it is worth looking, when `untilMs` has come, or when `signal` is aborted. */
  wait(untilMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve()
        return
      }
      const wake = (): void => {
        this.#waiting.delete(wake)
        deadline?.cancel()
        signal.removeEventListener('abort', wake)
        if (this.#waiting.size === 0) this.#rest()
        resolve()
      }
      // The end of a long poll is nothing that anybody waits for: it counts as recurring.
      const deadline =
        untilMs === Infinity
          ? undefined
          : this.#clock.at(untilMs, `long poll of ${this.#items}`, wake, { recurring: true })
      signal.addEventListener('abort', wake)
      this.#waiting.add(wake)
      this.#unwatch ??= this.#store.watch(this.#items, () => this.look())
      this.look()
    })
  }

  /** Wakes the reader who waits longest if something is due, else sets the alarm for when something will be. */
  look(): void {
    const [first] = this.#waiting
    if (!first) return
    const dueMs = this.#store.nextDueMs(this.#items)
    if (dueMs !== undefined && dueMs <= this.#clock.now()) first()
    else this.#setAlarm(dueMs)
  }

  /** Wakes everybody: the queue is gone. */
  wakeAll(): void {
    for (const wake of this.#waiting) wake()
  }

  #setAlarm(dueMs: number | undefined): void {
    if (this.#alarm?.dueMs === dueMs) return
    this.#alarm?.cancel()
    this.#alarm =
      dueMs === undefined || dueMs === Infinity
        ? undefined
        : this.#clock.at(dueMs, this.#label, () => {
            this.#alarm = undefined
            this.look()
          })
  }

  #rest(): void {
    this.#unwatch?.()
    this.#unwatch = undefined
    this.#alarm?.cancel()
    this.#alarm = undefined
  }
}
