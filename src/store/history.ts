import { mkdirSync } from 'node:fs'
import { afterRealMs, type LedgerEntry, type Log } from '../system/index.ts'
import { textOf } from './historyLine.ts'
import { HistorySegments } from './historySegments.ts'

/**
 * The ledger's entries beyond the latest ones, with the payloads of accepted invocations, so that an event's life can
 * be told and an event run again, also after a restart. Bounded: the oldest entries go first.
 *
 * Entries are written behind the caller's back. What was noted less than {@link PACE_MS} before the process is killed
 * may be missing afterwards; nothing that matters hangs on it, since the store keeps what was accepted.
 */
export interface History {
  /** The sequence number of the last entry from before; 0 when there is none. */
  readonly lastSequence: number
  /**
   * Takes an entry, and the payload that it is about. Neither may change afterwards.
   */
  append(entry: LedgerEntry, payload?: Uint8Array): void
  /** Entries in blocks, each oldest first; the blocks in the order asked for. */
  blocks(options: ReadOptions): AsyncIterable<readonly LedgerEntry[]>
  /** The payload of an invocation, or `undefined` when it was not kept, or not for so long. */
  payloadOf(requestId: string): Promise<Uint8Array | undefined>
  /** Forgets everything; the sequence numbers go on. */
  clear(): Promise<void>
  close(): Promise<void>
}

export interface ReadOptions {
  readonly order: 'oldestFirst' | 'newestFirst'
  /** Blocks that hold nothing after this sequence are passed over. */
  readonly afterSequence?: number
  /** Leaves out what handlers and the platform print, which is most of a history. */
  readonly withoutLogs?: boolean
  /**
   * Adds the platform's START, END and REPORT lines, of which the invocation's own entries say the same. A history in
   * memory has none: nobody comes after it.
   */
  readonly withRoutine?: boolean
}

export interface HistoryBounds {
  readonly mostBytes: number
  readonly mostEntries: number
}

/** A payload above this is not kept with its entry: a few of them would push out everything else. */
export const MOST_PAYLOAD_BYTES = 256 * 1024

/** Some forty thousand invocations: days of development, and still read through within a second. */
const BOUNDS: HistoryBounds = { mostBytes: 64 * 1024 * 1024, mostEntries: 200_000 }
/** Between two writes, so that a busy runner writes tens of times a second and not thousands. */
const PACE_MS = 20
/** What may wait for a disk that does not keep up. */
const MOST_WAITING_ENTRIES = 50_000
const MOST_WAITING_BYTES = 32 * 1024 * 1024

/** Opens the history in a folder, which is created if need be. The folder belongs to this process alone. */
export function openHistory(options: {
  readonly directory: string
  readonly log: Log
  readonly bounds?: HistoryBounds
}): History {
  mkdirSync(options.directory, { recursive: true })
  return new FileHistory(
    new HistorySegments(options.directory, options.bounds ?? BOUNDS, options.log),
    options.log,
  )
}

class FileHistory implements History {
  readonly lastSequence: number
  readonly #segments: HistorySegments
  readonly #log: Log
  #entries: LedgerEntry[] = []
  /** Beside the entries: most have none. Text, so that no request's buffer is held up. */
  #payloads: (string | undefined)[] = []
  #waitingBytes = 0
  #lost = 0
  /** The writes so far: they follow one another. */
  #written: Promise<void> = Promise.resolve()
  #isWriting = false
  /** Set while entries wait for the end of the turn, or for the end of the pause. */
  #next: 'turn' | (() => void) | undefined
  #isClosed = false
  #hasFailed = false

  constructor(segments: HistorySegments, log: Log) {
    this.#segments = segments
    this.#log = log
    this.lastSequence = segments.lastSequence
  }

  append(entry: LedgerEntry, payload?: Uint8Array): void {
    if (this.#isClosed) return
    if (this.#entries.length >= MOST_WAITING_ENTRIES || this.#waitingBytes >= MOST_WAITING_BYTES) {
      this.#lost++
      return
    }
    this.#entries.push(entry)
    this.#payloads.push(payload && textOf(payload))
    if (payload) this.#waitingBytes += payload.length
    if (this.#next !== undefined) return
    this.#next = 'turn'
    setImmediate(() => this.#writeAndPause())
  }

  async *blocks(options: ReadOptions): AsyncGenerator<readonly LedgerEntry[]> {
    await this.#flush()
    yield* this.#segments.blocks(options)
  }

  async payloadOf(requestId: string): Promise<Uint8Array | undefined> {
    await this.#flush()
    return this.#segments.payloadOf(requestId)
  }

  /** In the order of the writes: one that came in between would find its file gone. */
  clear(): Promise<void> {
    const cleared = this.#flush().then(() => this.#segments.clear())
    this.#written = cleared.catch(() => {})
    return cleared
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    if (typeof this.#next === 'function') this.#next()
    await this.#flush()
    await this.#segments.close()
  }

  /** One write at the end of a turn of the loop, then one after each pause for as long as entries come. */
  #writeAndPause(): void {
    this.#next = undefined
    if (this.#isClosed || this.#entries.length === 0) return
    if (!this.#isWriting) void this.#flush()
    this.#next = afterRealMs(PACE_MS, () => this.#writeAndPause())
  }

  /** Resolves once all that was appended so far is in the files. */
  #flush(): Promise<void> {
    return (this.#written = this.#written.then(() => this.#write()))
  }

  async #write(): Promise<void> {
    if (this.#entries.length === 0) return
    const entries = this.#entries
    const payloads = this.#payloads
    this.#entries = []
    this.#payloads = []
    this.#waitingBytes = 0
    this.#isWriting = true
    try {
      await this.#segments.append(entries, payloads)
      this.#hasFailed = false
      this.#reportLost()
    } catch (error) {
      // Told once: a full disk stays full for a while, and the store refuses what must not be lost.
      if (!this.#hasFailed) this.#log.warn(`the history of events cannot be written: ${String(error)}`)
      this.#hasFailed = true
    } finally {
      this.#isWriting = false
    }
  }

  #reportLost(): void {
    if (this.#lost === 0) return
    this.#log.warn(`the history of events lacks ${this.#lost} entries: the disk did not keep up`)
    this.#lost = 0
  }
}
