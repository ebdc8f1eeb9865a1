import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ids } from '../system/index.ts'
import { StoreWriteError } from './errors.ts'
import type { CommittedReader, Transaction } from './keyValue.ts'
import { NOTHING } from './numberValue.ts'
import { syncDirectory } from './syncDirectory.ts'

/** A larger body is a file of its own: LMDB's file never shrinks, and large values are slow in it. */
const LARGEST_INLINE_BYTES = 65_536

/** Where a body lies: in the record itself, or in the file with this name. */
export type StoredBody = { readonly inline: Uint8Array } | { readonly file: string }

/** Keeps large bodies out of the records. */
export interface Bodies {
  /** Writes large bodies, synced, before the transaction that names them; the others stay in their records. */
  stage(bodies: readonly Uint8Array[]): readonly StoredBody[] | Promise<readonly StoredBody[]>
  /** The transaction that staged them failed: removes their files. */
  discard(staged: readonly StoredBody[]): void
  /** The transaction names this body in a record. */
  keep(tx: Transaction, body: StoredBody): void
  /** The transaction no longer names this file: it goes after the commit. */
  release(tx: Transaction, file: string): void
  /** A body from its record's last bytes: a copy. */
  read(stored: Buffer, isFile: boolean): Uint8Array
  /** Resolves when no file is being written or removed. */
  idle(): Promise<void>
  /** Removes the files that no record names. */
  sweep(): void
}

/**
 * Runs a transaction with its large bodies written before it, and removed again when it fails. Without any it runs in
 * the caller's turn, so that what is asked for first is done first.
 */
export function withStagedBodies<T>(
  bodies: Bodies,
  contents: readonly Uint8Array[],
  run: (staged: readonly StoredBody[]) => Promise<T>,
): Promise<T> {
  const staged = bodies.stage(contents)
  return staged instanceof Promise ? runWithFiles(bodies, staged, run) : run(staged)
}

async function runWithFiles<T>(
  bodies: Bodies,
  writing: Promise<readonly StoredBody[]>,
  run: (staged: readonly StoredBody[]) => Promise<T>,
): Promise<T> {
  const staged = await writing
  try {
    return await run(staged)
  } catch (error) {
    bodies.discard(staged)
    throw error
  }
}

/** Bodies of any size stay in their records. */
export function createInlineBodies(): Bodies {
  return {
    stage: allInline,
    discard() {},
    keep() {},
    release() {},
    read: (stored) => Buffer.from(stored),
    async idle() {},
    sweep() {},
  }
}

/**
 * Bodies above 64 KB are files in `directory`. A file that no record names (its process ended between the file and
 * the commit, or between the commit and the removal) is swept away now.
 */
export function createFileBodies(directory: string, ids: Ids, committed: CommittedReader): Bodies {
  /** Written, but not yet named by a committed record. */
  const pending = new Set<string>()
  const underWay = new Set<Promise<unknown>>()
  mkdirSync(directory, { recursive: true })
  sweep()

  function sweep(): void {
    for (const file of readdirSync(directory)) {
      if (!pending.has(file) && !committed.get(nameOf(file))) rmSync(join(directory, file), { force: true })
    }
  }

  function during<T>(work: Promise<T>): Promise<T> {
    const settled = work.finally(() => underWay.delete(settled))
    underWay.add(settled)
    return settled
  }

  /** A file that cannot be removed now is swept at the next start. */
  const unlink = (file: string): void => {
    during(rm(join(directory, file), { force: true })).catch(() => {})
  }

  function discard(staged: readonly StoredBody[]): void {
    for (const body of staged) {
      if (!('file' in body)) continue
      pending.delete(body.file)
      unlink(body.file)
    }
  }

  async function stageLarge(bodies: readonly Uint8Array[]): Promise<readonly StoredBody[]> {
    const staged: StoredBody[] = []
    try {
      for (const body of bodies) {
        if (body.length <= LARGEST_INLINE_BYTES) {
          staged.push({ inline: body })
          continue
        }
        const file = ids.uuid()
        pending.add(file)
        staged.push({ file })
        await writeSynced(join(directory, file), body)
      }
      await syncDirectory(directory)
      return staged
    } catch (error) {
      discard(staged)
      throw new StoreWriteError(error)
    }
  }

  return {
    stage(bodies) {
      if (!bodies.some((body) => body.length > LARGEST_INLINE_BYTES)) return allInline(bodies)
      return during(stageLarge(bodies))
    },
    discard,
    keep(tx, body) {
      if (!('file' in body)) return
      tx.put(nameOf(body.file), NOTHING)
      tx.afterCommit(() => pending.delete(body.file))
    },
    release(tx, file) {
      tx.remove(nameOf(file))
      tx.afterCommit(() => unlink(file))
    },
    // Synchronous, so that no transaction can remove the file between its record and its bytes.
    read: (stored, isFile) =>
      isFile ? readFileSync(join(directory, stored.toString('latin1'))) : Buffer.from(stored),
    async idle() {
      await Promise.allSettled(underWay)
    },
    sweep,
  }
}

const allInline = (bodies: readonly Uint8Array[]): StoredBody[] => bodies.map((body) => ({ inline: body }))

const nameOf = (file: string): string => `f${file}`

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await handle.writeFile(bytes)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}
