import type { BufferedRecord } from './record.ts'

/** The serialised event may not pass this; a batch closes before it would. */
const MOST_EVENT_BYTES = 6 * 1024 * 1024
/** With tumbling windows the event carries the window's state, of 1 MB at most, and its frame. */
const MOST_STATE_BYTES = 1024 * 1024
/** `{"Records":[…],"window":…,"state":…}` without records and state, generously. */
const FRAME_BYTES = 1_024

export interface BatchLimits {
  readonly batchSize: number
  readonly tumblingWindowMs: number
}

/** The records of one lane that wait for their invocation: the batch that comes next, and what is behind it. */
export class Gathering {
  readonly #limits: BatchLimits
  readonly #mostBytes: number
  #batch: BufferedRecord[] = []
  #bytes = 0
  #behind: BufferedRecord[] = []

  constructor(limits: BatchLimits) {
    this.#limits = limits
    this.#mostBytes = MOST_EVENT_BYTES - FRAME_BYTES - (limits.tumblingWindowMs > 0 ? MOST_STATE_BYTES : 0)
  }

  /** Records of the next batch. */
  get count(): number {
    return this.#batch.length
  }

  /** No more records fit into the next batch. */
  get isFull(): boolean {
    return this.#behind.length > 0 || this.#batch.length >= this.#limits.batchSize
  }

  /** The tumbling window of the next batch. */
  get windowStartMs(): number | undefined {
    return this.#batch[0]?.windowStartMs
  }

  add(record: BufferedRecord): void {
    // Once one has found no room, those behind it must not overtake it.
    if (this.#behind.length > 0 || !this.#fits(record)) this.#behind.push(record)
    else this.#put(record)
  }

  /** The batch, which is now the caller's; the next one is what fits of those behind it. */
  take(): BufferedRecord[] {
    const batch = this.#batch
    this.#batch = []
    this.#bytes = 0
    let moved = 0
    for (let next = this.#behind[0]; next && this.#fits(next); next = this.#behind[++moved]) this.#put(next)
    if (moved > 0) this.#behind = this.#behind.slice(moved)
    return batch
  }

  #put(record: BufferedRecord): void {
    this.#batch.push(record)
    this.#bytes += record.bytes + 1
  }

  /** A batch has records of one window only, and at least one record, however big. */
  #fits({ bytes, windowStartMs }: BufferedRecord): boolean {
    const first = this.#batch[0]
    if (!first) return true
    return (
      this.#batch.length < this.#limits.batchSize &&
      this.#bytes + bytes + 1 <= this.#mostBytes &&
      windowStartMs === first.windowStartMs
    )
  }
}
