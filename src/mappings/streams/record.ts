/** Where a record stands in its shard, and whether it is over. */
export interface Mark {
  readonly sequenceNumber: string
  readonly arrivedMs: number
  /** Handled, given up, or not let through by a filter. */
  isDone: boolean
}

/** A record that is for the function, with its part of the event: serialised once, however often it is sent. */
export interface BufferedRecord {
  readonly mark: Mark
  readonly json: string
  readonly bytes: number
  /** The invocation that put it, if a handler did. */
  readonly cause: string | undefined
  /** Start of the tumbling window that it falls into, epoch milliseconds; 0 without windows. */
  readonly windowStartMs: number
}

/** The first and the last of some records of one shard. */
export interface RecordRange {
  readonly firstSequenceNumber: string
  readonly lastSequenceNumber: string
  readonly firstArrivedMs: number
  readonly lastArrivedMs: number
  readonly count: number
}

/** What a message or the ledger says of records; at least one. */
export function rangeOf(records: readonly Pick<BufferedRecord, 'mark'>[]): RecordRange {
  const first = records[0]?.mark
  const last = records.at(-1)?.mark
  return {
    firstSequenceNumber: first?.sequenceNumber ?? '',
    lastSequenceNumber: last?.sequenceNumber ?? '',
    firstArrivedMs: first?.arrivedMs ?? 0,
    lastArrivedMs: last?.arrivedMs ?? 0,
    count: records.length,
  }
}

/** A range and what comes right behind it. */
export const joined = (range: RecordRange | undefined, next: RecordRange): RecordRange =>
  range === undefined || range.count === 0
    ? next
    : {
        ...range,
        lastSequenceNumber: next.lastSequenceNumber,
        lastArrivedMs: next.lastArrivedMs,
        count: range.count + next.count,
      }

/** A range as the ledger names it. */
export const namesOf = ({ firstSequenceNumber, lastSequenceNumber, count }: RecordRange) => ({
  firstSequenceNumber,
  lastSequenceNumber,
  records: count,
})
