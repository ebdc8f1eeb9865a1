import { reportedFailures } from '../itemFailures.ts'
import type { BufferedRecord } from './record.ts'
import { stateIn } from './tumbling.ts'

/** What the decision needs to know of an invocation that has just ended. */
export interface AttemptFacts {
  readonly outcome: 'success' | 'functionError' | 'throttled' | 'systemError' | 'recursionStopped'
  /** JSON text that the function answered, when it succeeded. */
  readonly response: string
  /** In order; none in the final invocation of an empty window. */
  readonly records: readonly Pick<BufferedRecord, 'mark'>[]
  readonly reportsItemFailures: boolean
  readonly bisectsOnError: boolean
  /** The mapping has tumbling windows. */
  readonly expectsState: boolean
  /** `null`: without limit. */
  readonly maximumRetryAttempts: number | null
  /** Failures before this one that count against the retries. */
  readonly failures: number
}

/** Counts are of records from the first on; `state` is JSON text, with tumbling windows. */
export type AttemptDecision =
  | { readonly kind: 'done'; readonly state: string | undefined }
  /** The first `done` are over; the others are a new batch, with all retries before it. */
  | {
      readonly kind: 'partly'
      readonly done: number
      readonly state: string | undefined
      readonly why: string
    }
  /** Two batches instead of this one, the first of `at` records; it costs no retry. */
  | { readonly kind: 'split'; readonly at: number; readonly why: string }
  | { readonly kind: 'retry'; readonly why: string }
  | { readonly kind: 'giveUp'; readonly why: string }
  /** The code has not run: the same again, which costs no retry; when a place is free, or after a while. */
  | { readonly kind: 'again'; readonly waitsForPlace: boolean }

/**
 * What becomes of the records of a shard (Lambda Developer Guide, "Handling errors with Kinesis and DynamoDB Streams").
 * The order matters: what the function says it has done is done, then halves are tried, then retries are used up.
 */
export function decideAttempt(facts: AttemptFacts): AttemptDecision {
  switch (facts.outcome) {
    case 'throttled':
      return { kind: 'again', waitsForPlace: true }
    case 'systemError':
      // A run that could not begin gives its place back: others that fail like it must not wake each other by that.
      return { kind: 'again', waitsForPlace: false }
    case 'functionError':
      return onFailure(facts, 'the function failed')
    case 'recursionStopped':
      return onFailure(facts, 'the function runs in a loop and was stopped')
    case 'success':
      return onAnswer(facts)
  }
}

function onAnswer(facts: AttemptFacts): AttemptDecision {
  const { response, records, reportsItemFailures, expectsState } = facts
  const state = expectsState ? stateIn(response) : undefined
  if (expectsState && state === undefined) return onFailure(facts, 'the response has no state')
  if (!reportsItemFailures) return { kind: 'done', state }
  const reported = reportedFailures(response)
  if (typeof reported === 'string') return onFailure(facts, reported)
  if (reported.length === 0) return { kind: 'done', state }
  const lowest = lowestOf(reported, records)
  if (typeof lowest === 'string') return onFailure(facts, lowest)
  const why = 'the function reported failures'
  return lowest === 0 ? onFailure(facts, why) : { kind: 'partly', done: lowest, state, why }
}

/** Index of the first record that is named, or a sentence when one that is named is not there. */
function lowestOf(reported: readonly string[], records: AttemptFacts['records']): number | string {
  const names = new Set(reported)
  let lowest = -1
  records.forEach(({ mark: { sequenceNumber } }, index) => {
    if (names.delete(sequenceNumber) && lowest < 0) lowest = index
  })
  const [unknown] = names
  return unknown === undefined ? lowest : `itemIdentifier ${unknown} is not in the batch`
}

function onFailure(facts: AttemptFacts, why: string): AttemptDecision {
  const { records, bisectsOnError, maximumRetryAttempts, failures } = facts
  if (bisectsOnError && records.length > 1) return { kind: 'split', at: Math.floor(records.length / 2), why }
  const retries = maximumRetryAttempts ?? Infinity
  return failures < retries ? { kind: 'retry', why } : { kind: 'giveUp', why }
}
