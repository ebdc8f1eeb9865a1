import { fdatasyncSync, openSync, closeSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DroppedPart, StoreCorruptError } from './errors.ts'
import { numberOfJournal } from './journalFiles.ts'
import { type FoundRecord, recordsIn } from './journalRecord.ts'

/** What an earlier process left in its journal. */
export interface LeftJournal {
  /** The changes of each commit that LMDB does not hold yet, encoded, in order. */
  readonly contents: readonly Buffer[]
  /** The sequence of the last one. */
  readonly lastSequence: number
  /** Every journal file in the folder. */
  readonly paths: readonly string[]
  /** Larger than all their numbers. */
  readonly nextNumber: number
  /** What could not be read, though more follows; only where this was asked for. */
  readonly dropped: readonly DroppedPart[]
}

interface LiveRecord extends FoundRecord {
  readonly path: string
  /** Where the record before it in its file ends. */
  readonly previousEnd: number
}

/**
 * Reads the journal in a folder from the commit after `writtenSequence` on, the last one that LMDB holds. What is not
 * whole at the end is a commit that was never acknowledged. A gap before that is damage: throws a
 * {@link StoreCorruptError}, or passes over it when `recover` is set.
 */
export function readJournal(directory: string, writtenSequence: number, recover: boolean): LeftJournal {
  const numbers = readdirSync(directory)
    .map(numberOfJournal)
    .filter((number) => number !== undefined)
  const paths = numbers.map((number) => join(directory, `journal-${number}`))
  const live = paths
    .flatMap(recordsOf)
    .filter(({ sequence }) => sequence > writtenSequence)
    .sort((left, right) => left.sequence - right.sequence)

  const dropped: DroppedPart[] = []
  const contents: Buffer[] = []
  let previous: LiveRecord | undefined
  for (const record of live) {
    if (record.sequence !== (previous?.sequence ?? writtenSequence) + 1) {
      const part = partBefore(record, previous)
      if (!recover) {
        const missing = `commit ${(previous?.sequence ?? writtenSequence) + 1} is damaged or missing, though later ones follow`
        throw new StoreCorruptError(part, missing)
      }
      dropped.push(part)
    }
    contents.push(record.content)
    previous = record
  }
  // A record may have been written without being synced by then: what is built on it must not outlive it.
  for (const path of new Set(live.map((record) => record.path))) sync(path)
  return {
    contents,
    lastSequence: previous?.sequence ?? writtenSequence,
    paths,
    nextNumber: Math.max(0, ...numbers) + 1,
    dropped,
  }
}

function recordsOf(path: string): LiveRecord[] {
  let previousEnd = 0
  return Array.from(recordsIn(readFileSync(path)), (record) => {
    const live = { ...record, path, previousEnd }
    previousEnd = record.end
    return live
  })
}

/** Where the records are missing before `next`: in its own file, or at the end of the one before. */
function partBefore(next: LiveRecord, previous: LiveRecord | undefined): DroppedPart {
  if (next.start > next.previousEnd || !previous) {
    return { path: next.path, offset: next.previousEnd, bytes: next.start - next.previousEnd }
  }
  return { path: previous.path, offset: previous.end, bytes: lengthOf(previous.path) - previous.end }
}

const lengthOf = (path: string): number => readFileSync(path).length

function sync(path: string): void {
  const descriptor = openSync(path, 'r+')
  try {
    fdatasyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
