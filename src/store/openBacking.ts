import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { countersAfterLoss } from './countersAfterLoss.ts'
import { type DroppedPart, StoreCorruptError } from './errors.ts'
import { openJournaledBacking } from './journaledBacking.ts'
import type { Backing } from './keyValue.ts'
import { openLmdbBacking } from './lmdbKeyValue.ts'

export interface OpenOptions {
  readonly directory: string
  /** Open a damaged store with all that can be read, instead of refusing it. Default: false. */
  readonly recover?: boolean
  /** With `recover`: told each part that could not be read, and where a whole file was moved. */
  readonly onDropped?: (part: DroppedPart) => void
}

/** Opens what lies in a data folder: LMDB's file, and the journal before it. */
export async function openBacking(options: OpenOptions): Promise<Backing> {
  const { directory, recover = false, onDropped } = options
  let isComplete = true
  const onLoss = (part: DroppedPart): void => {
    isComplete = false
    onDropped?.(part)
  }
  const lower = await openLmdb(join(directory, 'store.mdb'), recover ? onLoss : undefined)
  let backing: Backing | undefined
  try {
    backing = openJournaledBacking(directory, lower, { recover, onDropped: onLoss })
    if (!isComplete) await backing.commit({ added: new Map(), changed: countersAfterLoss(backing) })
    return backing
  } catch (error) {
    await (backing ?? lower).close()
    throw error
  }
}

/** With `onLoss`, a file that cannot be read is moved aside and a new one begun. */
async function openLmdb(path: string, onLoss: ((part: DroppedPart) => void) | undefined): Promise<Backing> {
  try {
    return await openLmdbBacking(path)
  } catch (error) {
    if (!onLoss || !(error instanceof StoreCorruptError)) throw error
    let movedTo = `${path}.damaged`
    for (let count = 2; existsSync(movedTo); count++) movedTo = `${path}.damaged-${count}`
    rmSync(`${path}-lock`, { force: true })
    renameSync(path, movedTo)
    onLoss({ path, offset: error.offset, bytes: error.bytes, movedTo })
    return openLmdbBacking(path)
  }
}
