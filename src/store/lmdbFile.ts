import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { StoreCorruptError } from './errors.ts'

/** Where the first two pages, the heads, hold what (`struct MDB_meta` behind a page's own header). */
const MAGIC_AT = 24
const PAGE_SIZE_AT = 48
const ROOTS_AT = [88, 136]
const TRANSACTION_AT = 152

const MAGIC = 0xbeefc0de
const LARGEST_PAGE_BYTES = 65_536
const HEAD_BYTES = 160
/** The root of an empty tree. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn

/** LMDB's errors for a file that it cannot make sense of. */
const CORRUPT = new Set<unknown>([-30_797, -30_796, -30_794, -30_793])

/**
 * Looks at the heads of LMDB's file and the roots of its trees before it is mapped into memory: lmdb ends the process
 * with a signal where it should refuse a foreign or cut file. Damage deeper down shows when it is read.
 * Throws a {@link StoreCorruptError}.
 */
export function checkLmdbFile(path: string): void {
  if (!existsSync(path)) return
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    if (size > 0) checkContent(path, size, (at) => bytesAt(descriptor, at))
  } finally {
    closeSync(descriptor)
  }
}

function checkContent(path: string, size: number, bytesAt: (at: number) => Buffer): void {
  const refuse = (offset: number, why: string): never => {
    throw new StoreCorruptError({ path, offset, bytes: size - offset }, why)
  }
  const first = bytesAt(0)
  const pageBytes = isHead(first) ? first.readUInt32LE(PAGE_SIZE_AT) : 0
  if (pageBytes < HEAD_BYTES || pageBytes > LARGEST_PAGE_BYTES) refuse(0, 'it is not a file of LMDB')
  const second = bytesAt(pageBytes)
  if (!isHead(second)) refuse(pageBytes, 'it is not a file of LMDB')
  const isFirst = first.readBigUInt64LE(TRANSACTION_AT) > second.readBigUInt64LE(TRANSACTION_AT)
  for (const rootAt of ROOTS_AT) {
    const root = (isFirst ? first : second).readBigUInt64LE(rootAt)
    if (root === NO_PAGE) continue
    if ((root + 1n) * BigInt(pageBytes) > size) refuse(size, 'it was cut off')
    // Every page begins with its own number.
    const rootStart = Number(root) * pageBytes
    if (bytesAt(rootStart).readBigUInt64LE(0) !== root) refuse(rootStart, 'a page was overwritten')
  }
}

function bytesAt(descriptor: number, at: number): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES)
  readSync(descriptor, bytes, 0, HEAD_BYTES, at)
  return bytes
}

/** LMDB's own error, as ours when it says that the file is damaged. */
export function corruptionIn(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !CORRUPT.has(error.code)) return error
  return new StoreCorruptError({ path, offset: 0, bytes: 0 }, error.message)
}

const isHead = (head: Buffer): boolean => head.readUInt32LE(MAGIC_AT) === MAGIC
