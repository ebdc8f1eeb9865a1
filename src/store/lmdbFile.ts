import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { StoreCorruptError } from './errors.ts'

/** Where the head of each of the first two pages holds what (`struct MDB_meta` behind a page's own header). */
const MAGIC_AT = 24
const PAGE_SIZE_AT = 48
const ROOT_AT = 136

const MAGIC = 0xbeefc0de
const LARGEST_PAGE_BYTES = 65_536
const HEAD_BYTES = 160
/** The root of an empty tree. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn

/** LMDB's errors for a file that it cannot make sense of. */
const CORRUPT = new Set<unknown>([-30_797, -30_796, -30_794, -30_793])

/**
 * Looks at the head of LMDB's file before it is mapped into memory: lmdb ends the process with a signal where it should
 * refuse a foreign or cut file. Throws a {@link StoreCorruptError}.
 */
export function checkLmdbFile(path: string): void {
  if (!existsSync(path)) return
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    if (size === 0) return
    const first = Buffer.alloc(HEAD_BYTES)
    readSync(descriptor, first, 0, HEAD_BYTES, 0)
    const pageBytes = isHead(first) ? first.readUInt32LE(PAGE_SIZE_AT) : 0
    if (pageBytes < HEAD_BYTES || pageBytes > LARGEST_PAGE_BYTES) throw foreign(path, 0, size)
    const second = Buffer.alloc(HEAD_BYTES)
    readSync(descriptor, second, 0, HEAD_BYTES, pageBytes)
    if (!isHead(second)) throw foreign(path, pageBytes, size)
    for (const head of [first, second]) {
      const root = head.readBigUInt64LE(ROOT_AT)
      if (root !== NO_PAGE && (root + 1n) * BigInt(pageBytes) > size) {
        throw new StoreCorruptError({ path, offset: size, bytes: 0 }, 'the file was cut off')
      }
    }
  } finally {
    closeSync(descriptor)
  }
}

/** LMDB's own error, as ours when it says that the file is damaged. */
export function corruptionIn(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !CORRUPT.has(error.code)) return error
  return new StoreCorruptError({ path, offset: 0, bytes: 0 }, error.message)
}

const isHead = (head: Buffer): boolean => head.readUInt32LE(MAGIC_AT) === MAGIC

const foreign = (path: string, offset: number, size: number): StoreCorruptError =>
  new StoreCorruptError({ path, offset, bytes: size - offset }, 'it is not a file of LMDB')
