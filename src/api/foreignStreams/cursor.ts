import type { ShardPosition } from '../../sources/index.ts'
import type { Start } from './foreignApi.ts'

/** Where one shard is being read. */
export interface Cursor {
  /** Behind what was read. */
  position: ShardPosition
  /** For that position; `undefined` when one has to be asked for. */
  iterator: string | undefined
  /** Records from before this time are left out; `-Infinity` as a rule. */
  skipBeforeMs: number
  /** Not to be asked before this time of the clock. */
  nextMs: number
  /** How long the pause after the next throttling is. */
  pauseMs: number
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

export const cursorAt = (position: ShardPosition): Cursor => ({
  position,
  iterator: position.kind === 'iterator' ? position.iterator : undefined,
  skipBeforeMs: position.kind === 'time' ? position.ms : -Infinity,
  nextMs: -Infinity,
  pauseMs: FIRST_PAUSE_MS,
})

export const isAt = ({ position }: Cursor, other: ShardPosition): boolean =>
  JSON.stringify(position) === JSON.stringify(other)

/** What an iterator is asked for where there is none, or it has expired: then by the time when it was taken. */
export const startOf = ({ position }: Cursor): Start =>
  position.kind === 'iterator' ? { kind: 'time', ms: position.takenMs } : position

/** The iterator is no good any more. */
export function renew(cursor: Cursor): void {
  cursor.iterator = undefined
  if (cursor.position.kind === 'iterator') cursor.skipBeforeMs = cursor.position.takenMs
}

/** What was behind the position is gone by age: on with the oldest. */
export function beginAnew(cursor: Cursor): void {
  cursor.position = { kind: 'oldest' }
  cursor.iterator = undefined
}

/** Waits longer after each throttling. */
export function slowDown(cursor: Cursor, nowMs: number): void {
  cursor.nextMs = nowMs + cursor.pauseMs
  cursor.pauseMs = Math.min(LONGEST_PAUSE_MS, cursor.pauseMs * 2)
}

export function goOn(cursor: Cursor): void {
  cursor.pauseMs = FIRST_PAUSE_MS
}
