import type { RootDatabase, RootDatabaseOptionsWithPath } from 'lmdb'
import type { Backing } from './keyValue.ts'
import { checkLmdbFile, corruptionIn } from './lmdbFile.ts'

/** lmdb's types leave out the length of what was read last. */
type Opened = RootDatabase<Buffer, string> & { readonly lastSize?: number }

/** Larger than the default 4 KB: a third more single puts per second, and long keys fit. */
const PAGE_BYTES = 8_192

/**
 * Holds everything in one LMDB environment. Opened once per folder, in the main thread, with `overlappingSync` off:
 * the set-up that its issue tracker shows to be sound, and no slower. A commit is handed over as one batch of writes
 * that lmdb's own thread carries out and syncs, so this thread only encodes (0.3 of its time at 60,000 puts/s;
 * lmdb's `transaction(callback)`, which writes from this thread, takes 0.5 and cannot undo a single callback).
 * Throws a `StoreCorruptError` when the file is not LMDB's, or not whole.
 */
export async function openLmdbBacking(path: string): Promise<Backing> {
  // Loading lmdb takes 85 ms, which `lambent --help` need not pay.
  const { open } = await import('lmdb')
  const options: RootDatabaseOptionsWithPath = {
    path,
    encoding: 'binary',
    keyEncoder: { writeKey, readKey },
    cache: false,
    overlappingSync: false,
    // We batch by ourselves; lmdb's own turn of the event loop would only add to the latency.
    eventTurnBatching: false,
    pageSize: PAGE_BYTES,
  }
  checkLmdbFile(path)
  const database: Opened = open<Buffer, string>(options)
  try {
    // A first look, from the root to a leaf.
    database.doesExist('m')
  } catch (error) {
    await database.close()
    throw corruptionIn(path, error)
  }

  return {
    get(key) {
      const shared = database.getBinaryFast(key)
      return shared?.subarray(0, database.lastSize)
    },
    keys(start, end, limit, from = start) {
      const keys: string[] = []
      if (limit > 0) for (const key of database.getKeys({ start: from, end, limit })) keys.push(key)
      return keys
    },
    entries(start, end, limit) {
      const entries: [string, Buffer][] = []
      if (limit <= 0) return entries
      for (const { key, value } of database.getRange({ start, end, limit })) entries.push([key, value])
      return entries
    },
    count: (start, end) => database.getKeysCount({ start, end }),
    commit: ({ added, changed }) =>
      written(
        database.batch(() => {
          for (const [key, value] of added) void database.put(key, value)
          for (const [key, value] of changed) {
            if (value) void database.put(key, value)
            else void database.remove(key)
          }
        }),
      ),
    clear: (keep) =>
      written(
        database.batch(() => {
          void database.clearAsync()
          for (const [key, value] of keep) void database.put(key, value)
        }),
      ),
    close: () => database.close(),
  }
}

/** A failed commit rejects twice: the write's promise, and a second one inside it that nobody would handle. */
async function written(commit: Promise<boolean>): Promise<void> {
  try {
    await commit
  } catch (error) {
    throw (await detailOf(error)) ?? error
  }
}

async function detailOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return undefined
  try {
    await error.commitError
    return undefined
  } catch (detail) {
    return detail
  }
}

/** Our keys hold characters up to U+00FF only, one byte each. Faster than a library call for keys this short. */
function writeKey(key: string, target: Uint8Array, position: number): number {
  const length = key.length
  for (let index = 0; index < length; index++) target[position + index] = key.charCodeAt(index)
  return position + length
}

function readKey(source: Buffer, start: number, end: number): string {
  return source.toString('latin1', start, end)
}
