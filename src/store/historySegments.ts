import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import type { LedgerEntry, Log } from '../system/index.ts'
import type { HistoryBounds, ReadOptions } from './history.ts'
import { decodeEntries, decodePayload, encodeFrom, isLogLine, isRoutineLine } from './historyLine.ts'
import { TextBuffer } from './textBuffer.ts'

/** One file: the entries from `first` up to the next file's. */
interface Segment {
  readonly file: string
  readonly first: number
  bytes: number
}

/** So many files share the bounds: what goes when there is too much is one of them, the oldest. */
const SEGMENTS = 32
const NAME = /^(\d{15})\.ndjson$/

/** The files of a history, each named by its first sequence number; lines are only ever appended to the last. */
export class HistorySegments {
  readonly #directory: string
  readonly #bounds: HistoryBounds
  readonly #log: Log
  readonly #damaged = new Set<string>()
  #segments: Segment[]
  #last: number
  #handle: FileHandle | undefined
  /** What is being written: one write follows another. */
  readonly #text = new TextBuffer()

  constructor(directory: string, bounds: HistoryBounds, log: Log) {
    this.#directory = directory
    this.#bounds = bounds
    this.#log = log
    this.#segments = readdirSync(directory)
      .filter((name) => NAME.test(name))
      .sort()
      .map((name) => {
        const file = path.join(directory, name)
        return { file, first: Number(NAME.exec(name)?.[1]), bytes: statSync(file).size }
      })
    const newest = this.#segments.at(-1)
    this.#last = newest ? repairTail(newest) : 0
  }

  /** The highest sequence number so far. */
  get lastSequence(): number {
    return this.#last
  }

  /** Writes entries behind one another, in new files where one is full. Rejects with the system's error. */
  async append(entries: readonly LedgerEntry[], payloads: readonly (string | undefined)[]): Promise<void> {
    let next = 0
    for (let entry = entries[next]; entry; entry = entries[next]) {
      const segment = await this.#roomy(entry.sequence)
      do {
        const line = encodeFrom(entries, payloads, next)
        this.#text.add(line.text)
        next += line.entries
        this.#last = entries[next - 1]?.sequence ?? this.#last
        entry = entries[next]
      } while (entry && !this.#isFull(segment, this.#text.length, entry.sequence))
      await this.#writeText(segment)
      await this.#dropOldest()
    }
  }

  async *blocks({
    order,
    afterSequence = 0,
    withoutLogs = false,
    withRoutine = false,
  }: ReadOptions): AsyncGenerator<readonly LedgerEntry[]> {
    const isWanted = (line: string): boolean =>
      !(withoutLogs && isLogLine(line)) && (withRoutine || !isRoutineLine(line))
    const oldestFirst = this.#segments.filter(
      (_, index) => (this.#segments[index + 1]?.first ?? Infinity) > afterSequence + 1,
    )
    for (const segment of order === 'oldestFirst' ? oldestFirst : oldestFirst.toReversed()) {
      const entries = await this.#read(segment, isWanted)
      if (entries.length > 0) yield entries
    }
  }

  async payloadOf(requestId: string): Promise<Uint8Array | undefined> {
    const wanted = `"requestId":${JSON.stringify(requestId)}`
    for (const segment of this.#segments.toReversed()) {
      const content = await contentOf(segment)
      for (let at = content.indexOf(wanted); at >= 0; at = content.indexOf(wanted, at + 1)) {
        const lineStart = content.lastIndexOf(0x0a, at) + 1
        const isAcceptance = content.subarray(lineStart).indexOf('{"kind":"invocationAccepted"') === 0
        if (isAcceptance) return decodePayload(content.subarray(lineStart, lineEnd(content, at)))
      }
    }
    return undefined
  }

  async clear(): Promise<void> {
    await this.close()
    const gone = this.#segments
    this.#segments = []
    for (const { file } of gone) await rm(file, { force: true })
    // An empty file keeps the count.
    await this.#begin(this.#last + 1)
  }

  async close(): Promise<void> {
    await this.#handle?.close()
    this.#handle = undefined
  }

  #isFull(segment: Segment, moreBytes: number, sequence: number): boolean {
    const { mostBytes, mostEntries } = this.#bounds
    return (
      segment.bytes + moreBytes > mostBytes / SEGMENTS || sequence - segment.first >= mostEntries / SEGMENTS
    )
  }

  /** The last file while it has room, else a new one that begins with `sequence`. */
  async #roomy(sequence: number): Promise<Segment> {
    const newest = this.#segments.at(-1)
    if (!newest || (newest.bytes > 0 && this.#isFull(newest, 0, sequence))) {
      return await this.#begin(sequence)
    }
    this.#handle ??= await open(newest.file, 'r+')
    return newest
  }

  async #begin(first: number): Promise<Segment> {
    await this.close()
    const file = path.join(this.#directory, `${String(first).padStart(15, '0')}.ndjson`)
    this.#handle = await open(file, 'w')
    const segment = { file, first, bytes: 0 }
    this.#segments.push(segment)
    return segment
  }

  async #dropOldest(): Promise<void> {
    while (this.#segments.length > 1 && this.#isTooMuch()) {
      const oldest = this.#segments.shift()
      if (oldest) await rm(oldest.file, { force: true })
    }
  }

  #isTooMuch(): boolean {
    const { mostBytes, mostEntries } = this.#bounds
    const bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0)
    return bytes > mostBytes || this.#last - (this.#segments[0]?.first ?? 0) >= mostEntries
  }

  async #writeText(segment: Segment): Promise<void> {
    try {
      await this.#write(segment, this.#text.content)
    } finally {
      this.#text.clear()
    }
  }

  /** At a place of its own: what a failed write left is written over. */
  async #write(segment: Segment, bytes: Buffer): Promise<void> {
    let written = 0
    while (written < bytes.length) {
      const result = await this.#handle?.write(
        bytes,
        written,
        bytes.length - written,
        segment.bytes + written,
      )
      if (!result) throw new Error('the history is closed')
      written += result.bytesWritten
    }
    segment.bytes += bytes.length
  }

  async #read(segment: Segment, isWanted: (line: string) => boolean): Promise<LedgerEntry[]> {
    const content = await contentOf(segment)
    const entries: LedgerEntry[] = []
    let damaged = 0
    for (const line of content.toString().split('\n')) {
      if (line === '' || !isWanted(line)) continue
      try {
        entries.push(...decodeEntries(line))
      } catch {
        damaged++
      }
    }
    if (damaged > 0) this.#reportDamage(segment, damaged)
    return entries
  }

  #reportDamage({ file }: Segment, lines: number): void {
    if (this.#damaged.has(file)) return
    this.#damaged.add(file)
    this.#log.warn(
      `${file} is damaged: ${lines} ${lines === 1 ? 'entry' : 'entries'} of the history cannot be read`,
    )
  }
}

/** Cuts off a last line that was not finished; answers the highest sequence number in the file. */
function repairTail(segment: Segment): number {
  const content = readFileSync(segment.file)
  const end = content.lastIndexOf(0x0a) + 1
  if (end < content.length) truncateSync(segment.file, end)
  segment.bytes = end
  const lines = content.toString('utf8', 0, end).split('\n').slice(0, -1)
  // Of damaged lines at the end it is counted that they were there: no number is given twice.
  for (let index = lines.length - 1; index >= 0; index--) {
    const sequence = sequenceOf(lines[index] ?? '')
    if (sequence !== undefined) return sequence + lines.length - 1 - index
  }
  return segment.first - 1 + lines.length
}

function sequenceOf(line: string): number | undefined {
  try {
    return decodeEntries(line).at(-1)?.sequence
  } catch {
    return undefined
  }
}

/** What is in the file, or nothing when it has just been dropped. */
async function contentOf(segment: Segment): Promise<Buffer> {
  try {
    const content = await readFile(segment.file)
    return content.length > segment.bytes ? content.subarray(0, segment.bytes) : content
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

function lineEnd(content: Buffer, from: number): number {
  const end = content.indexOf(0x0a, from)
  return end < 0 ? content.length : end
}
