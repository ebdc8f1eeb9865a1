import { availableParallelism } from 'node:os'
import { afterRealMs } from '../system/index.ts'

/** An initialisation that takes longer than this waits for something, it does not compute: let others begin. */
const COMPUTING_MS = 250

/**
 * Starting a thread and loading a handler is work for the processor, so only about as many environments start at a
 * time as there are processors. In a burst the first ones are ready sooner and take over what the rest would have
 * been started for.
 */
export class StartQueue {
  readonly #limit = Math.max(2, availableParallelism())
  #waiting: ((leave: () => void) => void)[] = []
  #starting = 0

  /** Calls `start` when it may begin; it must call `leave` when the environment is up, or when none is needed. */
  enter(start: (leave: () => void) => void): void {
    this.#waiting.push(start)
    this.#next()
  }

  #next(): void {
    while (this.#starting < this.#limit) {
      const start = this.#waiting.shift()
      if (!start) return
      this.#starting++
      let hasLeft = false
      const leave = (): void => {
        if (hasLeft) return
        hasLeft = true
        cancel()
        this.#starting--
        this.#next()
      }
      const cancel = afterRealMs(COMPUTING_MS, leave)
      start(leave)
    }
  }
}
