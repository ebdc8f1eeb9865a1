import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Backing } from '../../src/store/keyValue.ts'
import { createMemoryBacking } from '../../src/store/memoryKeyValue.ts'

/** What lies on disk: every journal file's bytes. */
export type Files = ReadonlyMap<string, Buffer>

export function filesIn(directory: string): Files {
  const names = readdirSync(directory).filter((name) => name.startsWith('journal-'))
  const files = new Map<string, Buffer>()
  for (const name of names) {
    try {
      files.set(name, readFileSync(join(directory, name)))
    } catch {
      // Removed meanwhile: it was not needed any more.
    }
  }
  return files
}

/** A new folder with these files, as a process that starts after a crash finds it. */
export function folderWith(files: Files = new Map()): string {
  const directory = mkdtempSync(join(tmpdir(), 'lambent-journal-'))
  mkdirSync(directory, { recursive: true })
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes)
  return directory
}

export const removeFolder = (directory: string): void => rmSync(directory, { recursive: true, force: true })

/**
 * Stands in for LMDB: commits are atomic and outlive the process, but happen only when the test lets them, and fail
 * when it says so.
 */
export class SlowLower {
  readonly #memory: Backing
  #pending: { act: () => Promise<void>; resolve: () => void; reject: (error: Error) => void }[] = []
  isOpen = false
  isFull = false

  private constructor(memory: Backing) {
    this.#memory = memory
  }

  static create(): SlowLower {
    return new SlowLower(createMemoryBacking())
  }

  /** The same content after a crash: what was pending never happened. */
  afterCrash(): SlowLower {
    return new SlowLower(this.#memory)
  }

  get isPending(): boolean {
    return this.#pending.length > 0
  }

  get size(): number {
    return this.#memory.keys('\0', '\xff', Infinity).length
  }

  /** Lets one commit happen. */
  step(): void {
    const next = this.#pending.shift()
    if (!next) return
    if (this.isFull) next.reject(new Error('No space left on device'))
    else next.act().then(next.resolve, next.reject)
  }

  /** Lets all happen, and all that come. */
  open(): void {
    this.isOpen = true
    while (this.isPending) this.step()
  }

  readonly backing: Backing = {
    get: (key) => this.#memory.get(key),
    keys: (start, end, limit, from) => this.#memory.keys(start, end, limit, from),
    entries: (start, end, limit) => this.#memory.entries(start, end, limit),
    count: (start, end) => this.#memory.count(start, end),
    commit: (changes) => this.#later(() => this.#memory.commit(changes)),
    clear: (keep) => this.#later(() => this.#memory.clear(keep)),
    close: async () => {},
  }

  #later(act: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ act, resolve, reject })
      if (this.isOpen) this.step()
    })
  }
}
