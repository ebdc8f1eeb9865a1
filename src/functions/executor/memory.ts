import { getHeapStatistics } from 'node:v8'

const CHECK_EVERY_MS = 50

/**
 * Memory of this environment as seen from inside: V8's limits know nothing of buffers, which AWS counts as well.
 */
export class Memory {
  readonly #limitBytes: number
  readonly #collectGarbage: (() => void) | undefined
  #mostBytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
    // The executor starts with --expose-gc for this; handlers must not find it. (It can't be deleted.)
    const collect = globalThis.gc
    this.#collectGarbage = collect && (() => collect())
    globalThis.gc = undefined
  }

  get mostBytes(): number {
    return this.#mostBytes
  }

  /** Calls `report` as soon as too much is in use, as far as the handler lets the event loop turn. */
  watch(report: () => void): void {
    setInterval(() => {
      if (this.isOver()) report()
    }, CHECK_EVERY_MS).unref()
  }

  isOver(): boolean {
    let used = usedBytes()
    if (used > this.#limitBytes && this.#collectGarbage) {
      this.#collectGarbage()
      used = usedBytes()
    }
    this.#mostBytes = Math.max(this.#mostBytes, used)
    return used > this.#limitBytes
  }
}

function usedBytes(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics()
  return heap + buffers
}
