import type { LastAnswer } from './failureRecord.ts'
import type { BufferedRecord } from './record.ts'
import type { WindowEnd } from './tumbling.ts'

/** Records that go to the function together, and what has come of that so far. A batch is one piece until it is split. */
export interface Piece {
  readonly records: readonly BufferedRecord[]
  /** The final invocation of a tumbling window: then there are no records. */
  readonly end: WindowEnd | undefined
  /** Of the latest attempt, or of the first that is to come. */
  readonly requestId: string
  /** When the next attempt is due. */
  readonly dueMs: number
  /** Failures that count against the retries. */
  readonly failures: number
  readonly lastAnswer: LastAnswer | undefined
  /** The pauses between attempts that did not come to the code, while there are any. */
  readonly refusalPauses: Iterator<number, never> | undefined
  /** It is tried earlier when a place becomes free. */
  readonly waitsForPlace: boolean
}

/** A piece that has not been tried. */
export const newPiece = (
  records: readonly BufferedRecord[],
  end: WindowEnd | undefined,
  requestId: string,
): Piece => ({
  records,
  end,
  requestId,
  dueMs: -Infinity,
  failures: 0,
  lastAnswer: undefined,
  refusalPauses: undefined,
  waitsForPlace: false,
})

/** The piece after a failure that counts. */
export const failedOnce = (piece: Piece): Piece => ({
  ...piece,
  failures: piece.failures + 1,
  refusalPauses: undefined,
  waitsForPlace: false,
})

/** When the first of the records gets too old, epoch milliseconds; they get `mostAgeMs` old. */
export const expiryOf = (records: readonly BufferedRecord[], mostAgeMs: number): number =>
  mostAgeMs === Infinity
    ? Infinity
    : records.reduce((firstMs, { mark }) => Math.min(firstMs, mark.arrivedMs), Infinity) + mostAgeMs
