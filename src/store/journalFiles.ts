import { close, constants, fdatasync, ftruncate, open, write } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { syncDirectory } from './syncDirectory.ts'

const openFile = promisify(open)
const closeFile = promisify(close)
const syncFile = promisify(fdatasync)
const truncateFile = promisify(ftruncate)

/**
 * A write that returns once it is on disk takes half the time of a write and a sync after it. Elsewhere than on Linux
 * it promises less than the sync does (macOS), or does not exist (Windows).
 */
const SYNCED = process.platform === 'linux' ? constants.O_DSYNC : 0
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | SYNCED

const NAME = /^journal-(\d+)$/

/** The number of a journal file, or `undefined` for any other name. */
export function numberOfJournal(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** One file, or one that a process before this left, which is not written any more. */
export interface JournalFile {
  readonly path: string
  readonly descriptor: number | undefined
}

interface OpenFile extends JournalFile {
  readonly descriptor: number
  /** Where the next record begins. */
  position: number
}

/**
 * The files that records are appended to. One whose records are no longer needed is written again from its start:
 * overwriting takes a quarter less time than growing, and works on a full disk.
 */
export class JournalFiles {
  readonly #directory: string
  #nextNumber: number
  #current: OpenFile | undefined
  #spare: OpenFile | undefined
  /** Something of a record that was refused may lie behind the current file's last one. */
  #isUnclean = false

  constructor(directory: string, nextNumber: number) {
    this.#directory = directory
    this.#nextNumber = nextNumber
  }

  /** How much was appended to the current file. */
  get bytes(): number {
    return this.#current?.position ?? 0
  }

  /** Resolves once the record is on disk. When it rejects, no start will ever find the record. */
  async append(record: Buffer): Promise<void> {
    if (this.#isUnclean) await this.#cutOff()
    const file = (this.#current ??= await this.#another())
    try {
      await writeAll(file, record)
    } catch (error) {
      this.#isUnclean = true
      // Refused as well, it is tried again before the next record: until then none can be written.
      await this.#cutOff().catch(() => {})
      throw error
    }
    file.position += record.length
  }

  /** Ends the current file, which is the caller's from now on; there is none when nothing was written since. */
  end(): JournalFile[] {
    // The refused record goes before the file does.
    if (!this.#current || this.#current.position === 0 || this.#isUnclean) return []
    const ended = this.#current
    this.#current = undefined
    return [ended]
  }

  /** Takes back a file whose records are no longer needed. */
  async release({ path, descriptor }: JournalFile): Promise<void> {
    if (descriptor !== undefined && !this.#spare) {
      this.#spare = { path, descriptor, position: 0 }
      return
    }
    if (descriptor !== undefined) await closeFile(descriptor)
    await rm(path, { force: true })
  }

  /** Closes what is open; removes it too when nothing in it is needed. */
  async close(isNeeded: boolean): Promise<void> {
    if (this.#isUnclean) await this.#cutOff().catch(() => {})
    for (const file of [this.#current, this.#spare]) {
      if (!file) continue
      await closeFile(file.descriptor)
      if (!isNeeded) await rm(file.path, { force: true })
    }
    this.#current = this.#spare = undefined
  }

  async #another(): Promise<OpenFile> {
    const spare = this.#spare
    this.#spare = undefined
    if (spare) return spare
    const path = join(this.#directory, `journal-${this.#nextNumber++}`)
    const descriptor = await openFile(path, FLAGS, 0o666)
    try {
      await syncDirectory(this.#directory)
    } catch (error) {
      await closeFile(descriptor)
      throw error
    }
    return { path, descriptor, position: 0 }
  }

  async #cutOff(): Promise<void> {
    const file = this.#current
    if (file) {
      await truncateFile(file.descriptor, file.position)
      await syncFile(file.descriptor)
    }
    this.#isUnclean = false
  }
}

async function writeAll({ descriptor, position }: OpenFile, bytes: Buffer): Promise<void> {
  let written = 0
  while (written < bytes.length) written += await writeSome(descriptor, bytes, written, position + written)
  if (SYNCED === 0) await syncFile(descriptor)
}

/** A nearly full disk takes a part; the next call tells why. */
function writeSome(descriptor: number, bytes: Buffer, start: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, start, bytes.length - start, position, (error, written) => {
      if (error) reject(error)
      else resolve(written)
    })
  })
}
