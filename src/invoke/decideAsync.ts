/** What the decision needs to know of an attempt that has just ended. */
export interface AttemptFacts {
  readonly outcome: 'success' | 'functionError' | 'throttled' | 'systemError' | 'recursionStopped'
  /** Function errors before this attempt. */
  readonly failures: number
  /** Throttles and system errors in a row before this attempt. */
  readonly setbacks: number
  /** Time since the event was accepted. */
  readonly ageMs: number
  readonly maximumRetryAttempts: number
  readonly maximumEventAgeMs: number
}

export type AsyncDecision =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly inMs: number; readonly failures: number; readonly setbacks: number }
  | {
      readonly kind: 'giveUp'
      readonly condition: 'RetriesExhausted' | 'EventAgeExceeded' | 'RecursiveInvocation'
    }

const RETRY_AFTER_MS = [60_000, 120_000] as const
const FIRST_SETBACK_MS = 1_000
const LONGEST_SETBACK_MS = 300_000

/**
 * What becomes of an asynchronous event after an attempt (Lambda Developer Guide, "Asynchronous invocation"). Function
 * errors are retried after one and two minutes, as often as configured. Throttles and system errors do not use up
 * retries: they back off from one second to five minutes. An event that would be too old by the time of its next
 * attempt is given up now, not then. One that runs in a circle is given up at once.
 */
export function decideAsync(facts: AttemptFacts): AsyncDecision {
  switch (facts.outcome) {
    case 'success':
      return { kind: 'done' }
    case 'functionError': {
      const failures = facts.failures + 1
      if (failures > facts.maximumRetryAttempts) return { kind: 'giveUp', condition: 'RetriesExhausted' }
      const inMs = RETRY_AFTER_MS[failures - 1] ?? RETRY_AFTER_MS[1]
      return retryUnlessTooOld(facts, { kind: 'retry', inMs, failures, setbacks: 0 })
    }
    case 'throttled':
    case 'systemError':
      return retryUnlessTooOld(facts, {
        kind: 'retry',
        inMs: setbackMs(facts.setbacks),
        failures: facts.failures,
        setbacks: facts.setbacks + 1,
      })
    case 'recursionStopped':
      return { kind: 'giveUp', condition: 'RecursiveInvocation' }
  }
}

/**
 * Until when an event that is refused for want of concurrency stays in the queue: the time of the last attempt that the
 * back-off would make before the event is too old. It waits for a free place instead of making these attempts, so this
 * is the only one of them that matters.
 */
export function patienceEndsMs(event: {
  readonly acceptedMs: number
  readonly dueMs: number
  readonly setbacks: number
  readonly maximumEventAgeMs: number
}): number {
  const expiresMs = event.acceptedMs + event.maximumEventAgeMs
  let attemptMs = event.dueMs
  for (let { setbacks } = event; attemptMs + setbackMs(setbacks) < expiresMs; setbacks++) {
    attemptMs += setbackMs(setbacks)
  }
  return attemptMs
}

/** The pause after the setback that follows `setbacks` others. */
const setbackMs = (setbacks: number): number => Math.min(FIRST_SETBACK_MS * 2 ** setbacks, LONGEST_SETBACK_MS)

/** An event whose next attempt would start at its age limit is too old as well: on AWS some time has always passed. */
function retryUnlessTooOld(facts: AttemptFacts, retry: AsyncDecision & { kind: 'retry' }): AsyncDecision {
  return facts.ageMs + retry.inMs >= facts.maximumEventAgeMs
    ? { kind: 'giveUp', condition: 'EventAgeExceeded' }
    : retry
}
