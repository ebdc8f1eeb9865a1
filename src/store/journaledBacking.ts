import { type DroppedPart } from './errors.ts'
import { type JournalFile, JournalFiles } from './journalFiles.ts'
import { changesIn, RecordWriter } from './journalRecord.ts'
import { readJournal } from './journalRecovery.ts'
import type { Backing, Changes, CommittedReader, Reader } from './keyValue.ts'
import { Layer } from './layer.ts'
import { numberIn, numberValue } from './numberValue.ts'

/** The last commit of which all changes are in LMDB: records up to it are not needed any more. */
const WRITTEN = 'm-journal'

/** When what is held in memory is written to LMDB, and in what portions. */
export interface JournalLimits {
  /** Changed keys, and bytes in the journal; several times as many may gather while an earlier layer is written. */
  readonly keys: number
  readonly bytes: number
  /** Keys and bytes of one portion: about a millisecond of the event loop. */
  readonly portionKeys: number
  readonly portionBytes: number
}

const LIMITS: JournalLimits = {
  keys: 20_000,
  bytes: 16 * 1_048_576,
  portionKeys: 500,
  portionBytes: 262_144,
}

/** How many times the limits may gather before commits wait. */
const MOST_LAYERS = 4

/** How much larger portions are once more gathers than is written: each of them costs LMDB its syncs. */
const HURRY = 4

/** How many keys a range that is read on and on takes from LMDB at once. */
const READ_AHEAD = 64

/** A layer that is being written to LMDB, with the files that it is safe in until then. */
interface OlderLayer {
  readonly layer: Layer
  readonly lastSequence: number
  readonly files: readonly JournalFile[]
}

export interface JournalOptions {
  readonly recover?: boolean
  readonly onDropped?: (part: DroppedPart) => void
  readonly limits?: JournalLimits
}

/**
 * Puts a journal before a backing that is slow to commit. A commit is one synced write to the journal and is held in
 * a layer in memory; full layers are written to `lower` in the background. See the README for why, and for what a
 * crash leaves.
 */
export function openJournaledBacking(
  directory: string,
  lower: Backing,
  options: JournalOptions = {},
): Backing {
  return new JournaledBacking(directory, lower, options)
}

class JournaledBacking implements Backing {
  readonly #lower: Backing
  readonly #limits: JournalLimits
  readonly #files: JournalFiles
  readonly #writer = new RecordWriter()
  #newest = new Layer(READ_AHEAD)
  #older: OlderLayer | undefined
  #lastSequence: number
  #flushing: Promise<void> | undefined
  /** Why the older layer could not be written; it is tried again with the next commit. */
  #failure: unknown
  readonly #belowNewest: Reader = {
    get: (key) => this.#getBelow(key),
    keys: (start, end, limit, from) =>
      this.#older
        ? this.#older.layer.keys(this.#lower, { start, end, limit, from })
        : this.#lower.keys(start, end, limit, from),
  }

  readonly #entriesBelowNewest: Pick<CommittedReader, 'entries'> = {
    entries: (start, end, limit) =>
      this.#older
        ? this.#older.layer.entries(this.#lower, { start, end, limit })
        : this.#lower.entries(start, end, limit),
  }

  constructor(directory: string, lower: Backing, options: JournalOptions) {
    this.#lower = lower
    this.#limits = options.limits ?? LIMITS
    const left = readJournal(directory, numberIn(lower.get(WRITTEN)), options.recover ?? false)
    for (const part of left.dropped) options.onDropped?.(part)
    this.#files = new JournalFiles(directory, left.nextNumber)
    this.#lastSequence = left.lastSequence
    if (left.paths.length > 0) {
      const files = left.paths.map((path) => ({ path, descriptor: undefined }))
      this.#older = { layer: layerOf(left.contents), lastSequence: left.lastSequence, files }
      void this.#startFlush()
    }
  }

  get(key: string): Buffer | undefined {
    return this.#newest.get(this.#belowNewest, key)
  }

  keys(start: string, end: string, limit: number, from?: string): string[] {
    return this.#newest.keys(this.#belowNewest, { start, end, limit, from })
  }

  entries(start: string, end: string, limit: number): [string, Buffer][] {
    if (this.#newest.size === 0 && !this.#older) return this.#lower.entries(start, end, limit)
    return this.#newest.entries(this.#entriesBelowNewest, { start, end, limit })
  }

  count(start: string, end: string): number {
    const inLower = (key: string): boolean => this.#lower.get(key) !== undefined
    const below = (key: string): boolean => this.#getBelow(key) !== undefined
    return (
      this.#lower.count(start, end) +
      (this.#older?.layer.countOver(inLower, start, end, true) ?? 0) +
      this.#newest.countOver(below, start, end, false)
    )
  }

  async commit(changes: Changes): Promise<void> {
    if (this.#isOver(MOST_LAYERS)) await this.#makeRoom()
    const sequence = this.#lastSequence + 1
    try {
      await this.#files.append(this.#writer.encode(sequence, changes))
    } catch (error) {
      // Another file may have room.
      void this.#startFlush()
      throw error
    }
    this.#lastSequence = sequence
    this.#newest.take(changes)
    if (this.#failure !== undefined || this.#isOver(1)) void this.#startFlush()
  }

  /** LMDB forgets all, and with it which records of the journal are needed: one step, whenever a crash comes. */
  async clear(keep: readonly [string, Buffer][]): Promise<void> {
    while (this.#flushing) await this.#flushing
    await this.#lower.clear([...keep, [WRITTEN, numberValue(this.#lastSequence)]])
    const files = [...(this.#older?.files ?? []), ...this.#files.end()]
    this.#older = this.#failure = undefined
    this.#newest = new Layer(READ_AHEAD)
    await this.#release(files)
  }

  async close(): Promise<void> {
    while (this.#flushing) await this.#flushing
    // An older layer that could not be written is tried once more; the newest one can only follow it.
    if (this.#older) await this.#startFlush()
    if (!this.#older) await this.#startFlush()
    // Refused by the disk: all of it is in the journal, for the next start.
    await this.#files.close(this.#older !== undefined || this.#files.bytes > 0)
    await this.#lower.close()
  }

  #getBelow(key: string): Buffer | undefined {
    return this.#older ? this.#older.layer.get(this.#lower, key) : this.#lower.get(key)
  }

  #isOver(times: number): boolean {
    return this.#newest.size > times * this.#limits.keys || this.#files.bytes > times * this.#limits.bytes
  }

  /** Waits for the layer before, or says why it cannot be written. */
  async #makeRoom(): Promise<void> {
    await this.#startFlush()
    if (this.#failure !== undefined) throw this.#failure
  }

  /**
   * Writes the older layer to LMDB, or makes the newest one the older and writes that. Never rejects. Never asked for
   * while a record is on its way: that one belongs to the newest layer and must not lie in the older one's file.
   */
  #startFlush(): Promise<void> {
    if (this.#flushing) return this.#flushing
    const older = (this.#older ??= this.#endNewest())
    if (!older) return Promise.resolve()
    return (this.#flushing = this.#flush(older))
  }

  async #flush(older: OlderLayer): Promise<void> {
    try {
      await this.#write(older)
      this.#older = this.#failure = undefined
      await this.#release(older.files)
    } catch (error) {
      this.#failure = error
    }
    this.#flushing = undefined
  }

  /** The newest layer begins anew, and so does the journal: with another file. */
  #endNewest(): OlderLayer | undefined {
    const files = this.#files.end()
    if (files.length === 0) return undefined
    const layer = this.#newest
    this.#newest = new Layer(READ_AHEAD)
    return { layer, lastSequence: this.#lastSequence, files }
  }

  /** In portions, so that other work gets its turn. Together they are safe in the journal until the last one is in. */
  async #write({ layer, lastSequence }: OlderLayer): Promise<void> {
    const { portionKeys, portionBytes } = this.#limits
    let portion = new Map<string, Buffer | null>()
    let bytes = 0
    let times = 1
    for (const changes of [layer.added, layer.changed]) {
      for (const [key, value] of changes) {
        portion.set(key, value)
        bytes += key.length + (value?.length ?? 0)
        if (portion.size < times * portionKeys && bytes < times * portionBytes) continue
        await this.#lower.commit({ added: NONE, changed: portion })
        portion = new Map()
        bytes = 0
        times = this.#isOver(1) ? HURRY : 1
      }
    }
    portion.set(WRITTEN, numberValue(lastSequence))
    await this.#lower.commit({ added: NONE, changed: portion })
  }

  /** A file that cannot be removed now is found needless at the next start. */
  async #release(files: readonly JournalFile[]): Promise<void> {
    for (const file of files) await this.#files.release(file).catch(() => {})
  }
}

const NONE: ReadonlyMap<string, Buffer> = new Map()

function layerOf(contents: readonly Buffer[]): Layer {
  const layer = new Layer(READ_AHEAD)
  for (const content of contents) {
    for (const [key, value] of changesIn(content)) {
      if (value) layer.put(key, value)
      else layer.remove(key)
    }
  }
  return layer
}
