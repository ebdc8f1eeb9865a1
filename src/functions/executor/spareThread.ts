import type { Piscina } from 'piscina'
import { afterRealMs } from '../../system/index.ts'
import { createThread, kindOf, type ThreadSettings } from './thread.ts'

/** Whoever saves calls the new code next: that comes first. */
const REST_MS = 50

/**
 * A thread that has started, and belongs to no execution environment yet: starting is half of what new code has to
 * wait for. It has run nothing of any function. At most one, kept only while functions are being changed.
 */
export class SpareThread {
  #kind: string | undefined
  #thread: Piscina | undefined
  #cancel: () => void = () => {}

  /** Has a thread like this one ready in a moment, and for `keepMs` from then on. */
  keep(settings: ThreadSettings, keepMs: number): void {
    this.#cancel()
    this.#cancel = afterRealMs(REST_MS, () => {
      this.#start(settings)
      this.#cancel = afterRealMs(keepMs, () => this.#end())
    })
  }

  /** The thread, if it is of this kind; it may still be starting. */
  take(settings: ThreadSettings): Piscina | undefined {
    if (this.#kind !== kindOf(settings)) return undefined
    const thread = this.#thread
    this.#kind = undefined
    this.#thread = undefined
    return thread
  }

  #start(settings: ThreadSettings): void {
    const kind = kindOf(settings)
    if (this.#kind === kind) return
    this.#end()
    const thread = createThread(settings)
    this.#kind = kind
    this.#thread = thread
    // One that cannot start says so to the environment that takes it, or starts one of its own.
    thread.run({ kind: 'warmUp' }).catch(() => {
      if (this.#thread === thread) this.#end()
    })
  }

  #end(): void {
    void this.#thread?.destroy()
    this.#kind = undefined
    this.#thread = undefined
  }
}
