import type { LedgerFact } from '../system/index.ts'

/** What CloudWatch counts for a function, under the names of its metrics (Lambda Developer Guide, "Types of metrics"). */
export interface FunctionFigures {
  /** Runs of the function's code; a throttled or stopped request is none. */
  readonly invocations: number
  /** Runs that ended in a function error. */
  readonly errors: number
  readonly throttles: number
  readonly asyncEventsReceived: number
  /** Time from the acceptance of an event to the start of an attempt, milliseconds. */
  readonly asyncEventAge: {
    readonly attempts: number
    readonly averageMs: number
    readonly maximumMs: number
  }
  /** Events that were given up, delivered elsewhere or not. */
  readonly asyncEventsDropped: number
  readonly destinationDeliveryFailures: number
  readonly deadLetterErrors: number
  readonly recursiveInvocationsDropped: number
}

/** Counts from the start of this process. */
export interface Figures {
  of(functionName: string): FunctionFigures
  /** Takes part in the ledger: most figures are counts of its facts. */
  readonly count: (fact: LedgerFact) => void
  /** An attempt starts, this long after its event was accepted. */
  readonly eventStarted: (functionName: string, ageMs: number) => void
  clear(): void
}

type Counts = { -readonly [Name in Exclude<keyof FunctionFigures, 'asyncEventAge'>]: number } & {
  attempts: number
  ageMs: number
  maximumAgeMs: number
}

/** Creates empty figures. */
export function createFigures(): Figures {
  const byFunction = new Map<string, Counts>()

  function countsOf(functionName: string): Counts {
    let counts = byFunction.get(functionName)
    if (!counts) byFunction.set(functionName, (counts = noCounts()))
    return counts
  }

  return {
    of(functionName) {
      const { attempts, ageMs, maximumAgeMs, ...counts } = byFunction.get(functionName) ?? noCounts()
      const averageMs = attempts === 0 ? 0 : ageMs / attempts
      return { ...counts, asyncEventAge: { attempts, averageMs, maximumMs: maximumAgeMs } }
    },
    count(fact) {
      switch (fact.kind) {
        case 'invocationAccepted':
          if (fact.invocationType === 'Event') countsOf(fact.functionName).asyncEventsReceived++
          break
        case 'invocationEnded':
          if (fact.outcome !== 'systemError') countsOf(fact.functionName).invocations++
          if (fact.outcome === 'functionError') countsOf(fact.functionName).errors++
          break
        case 'invocationThrottled':
          countsOf(fact.functionName).throttles++
          break
        case 'eventGivenUp':
          countsOf(fact.functionName).asyncEventsDropped++
          break
        case 'deliveryFailed':
          if (fact.role === 'deadLetter') countsOf(fact.functionName).deadLetterErrors++
          else countsOf(fact.functionName).destinationDeliveryFailures++
          break
        case 'recursionStopped':
          countsOf(fact.functionName).recursiveInvocationsDropped++
          break
        default:
      }
    },
    eventStarted(functionName, ageMs) {
      const counts = countsOf(functionName)
      counts.attempts++
      counts.ageMs += ageMs
      counts.maximumAgeMs = Math.max(counts.maximumAgeMs, ageMs)
    },
    clear: () => byFunction.clear(),
  }
}

const noCounts = (): Counts => ({
  invocations: 0,
  errors: 0,
  throttles: 0,
  asyncEventsReceived: 0,
  asyncEventsDropped: 0,
  destinationDeliveryFailures: 0,
  deadLetterErrors: 0,
  recursiveInvocationsDropped: 0,
  attempts: 0,
  ageMs: 0,
  maximumAgeMs: 0,
})
