/**
 * What happened, entry by entry, each linked to its cause. The terminal's lines, `lambent logs`, `settle()` and the
 * answer to "why was this retried, throttled, dropped?" are all read from here.
 */
export interface Ledger {
  /** Makes an entry of `fact`, which it takes over; `cause` is the id of what led to it (a request id, a message id). */
  write(fact: LedgerFact, cause?: string): void
  /** The latest entries, oldest first, at most `limit`. */
  latest(limit?: number, matches?: (entry: LedgerEntry) => boolean): LedgerEntry[]
  /** Calls `listener` for every entry from now on. */
  subscribe(listener: (entry: LedgerEntry) => void): () => void
  clear(): void
}

/** One entry. `sequence` ascends from 1; `atMs` is the clock's time. */
export type LedgerEntry = {
  readonly sequence: number
  readonly atMs: number
  readonly cause?: string
} & LedgerFact

/** All that can happen, as a closed union: a reader that forgets a kind does not compile. */
export type LedgerFact =
  | {
      readonly kind: 'invocationAccepted'
      readonly functionName: string
      readonly requestId: string
      readonly invocationType: 'RequestResponse' | 'Event'
      /** Which door: `api`, `schedule`, `url`, `sqs`, `destination`. */
      readonly door: string
    }
  | {
      readonly kind: 'invocationEnded'
      readonly functionName: string
      readonly requestId: string
      readonly outcome: 'success' | 'functionError' | 'systemError'
      /** 1 for the first run. */
      readonly attempt: number
      readonly durationMs: number
      readonly initMs: number | undefined
      readonly maxMemoryMegabytes: number
      readonly errorType: string | undefined
      readonly errorMessage: string | undefined
    }
  | {
      readonly kind: 'invocationThrottled'
      readonly functionName: string
      readonly requestId: string
      readonly reason: string
    }
  | {
      readonly kind: 'retryScheduled'
      readonly functionName: string
      readonly requestId: string
      readonly dueMs: number
      readonly why: 'functionError' | 'throttled' | 'systemError'
    }
  | {
      readonly kind: 'eventGivenUp'
      readonly functionName: string
      readonly requestId: string
      readonly condition: string
    }
  | {
      readonly kind: 'delivered'
      readonly functionName: string
      readonly requestId: string
      readonly role: 'onSuccess' | 'onFailure' | 'deadLetter'
      readonly arn: string
    }
  | {
      readonly kind: 'deliveryFailed'
      readonly functionName: string
      readonly requestId: string
      readonly role: 'onSuccess' | 'onFailure' | 'deadLetter'
      readonly arn: string
      readonly reason: string
    }
  | {
      readonly kind: 'batchTaken'
      readonly functionName: string
      readonly requestId: string
      readonly queue: string
      readonly messageIds: readonly string[]
    }
  | {
      readonly kind: 'batchEnded'
      readonly functionName: string
      readonly requestId: string
      readonly queue: string
      readonly removed: number
      readonly left: number
      readonly why: string
    }
  /** SQS moved messages that were received too often. */
  | {
      readonly kind: 'messagesDeadLettered'
      readonly queue: string
      readonly deadLetterQueue: string
      readonly messageIds: readonly string[]
    }
  | {
      readonly kind: 'logLine'
      readonly functionName: string
      readonly requestId: string | undefined
      readonly logStream: string
      readonly source: 'platform' | 'function'
      readonly text: string
    }
  | {
      readonly kind: 'environmentStarted'
      readonly functionName: string
      readonly environmentId: string
      readonly initMs: number
    }
  | {
      readonly kind: 'environmentEnded'
      readonly functionName: string
      readonly environmentId: string
      readonly reason: string
    }
  | {
      readonly kind: 'deployed'
      readonly functionName: string
      readonly generation: number
      readonly tookMs: number
    }
  | {
      readonly kind: 'deployFailed'
      readonly functionName: string
      readonly message: string
      readonly frame: string
    }
  | { readonly kind: 'executorCrashed'; readonly signal: string; readonly suspects: readonly string[] }
  | { readonly kind: 'specApplied'; readonly changes: readonly string[] }
  | { readonly kind: 'specRefused'; readonly message: string }
  /** A function was about to run once more in a chain that keeps coming back to it. */
  | {
      readonly kind: 'recursionStopped'
      readonly functionName: string
      readonly requestId: string
      readonly traceId: string
    }

/** How many entries are kept: enough for a long look back, small enough to forget about (some 10 MB). */
const KEPT_ENTRIES = 20_000

/** Creates a ledger that keeps the latest entries in memory. */
export function createLedger(now: () => number, keptEntries: number = KEPT_ENTRIES): Ledger {
  const ring: LedgerEntry[] = []
  const listeners = new Set<(entry: LedgerEntry) => void>()
  let sequence = 0

  return {
    write(fact, cause) {
      sequence++
      // The fact becomes the entry: nobody else holds it, and copying it costs more than all else here.
      const entry = fact as LedgerFact & { sequence: number; atMs: number; cause?: string }
      entry.sequence = sequence
      entry.atMs = now()
      if (cause !== undefined) entry.cause = cause
      ring[(sequence - 1) % keptEntries] = entry
      for (const listener of listeners) listener(entry)
    },
    latest(limit = keptEntries, matches = () => true) {
      const found: LedgerEntry[] = []
      const kept = Math.min(sequence, keptEntries)
      for (let back = 0; back < kept && found.length < limit; back++) {
        const entry = ring[(sequence - 1 - back) % keptEntries]
        if (entry && matches(entry)) found.push(entry)
      }
      return found.toReversed()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear() {
      ring.length = 0
      sequence = 0
    },
  }
}
