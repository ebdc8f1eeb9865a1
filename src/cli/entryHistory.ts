import type { LedgerEntry } from '../system/index.ts'

/** What earlier entries said of an invocation: how it came, what it carries. */
export interface InvocationPast {
  readonly door?: string
  readonly isAsynchronous?: boolean
  readonly batch?: { readonly queue: string; readonly messages: number }
  /** The attempt that ended last. */
  readonly attempt?: number
}

/** Remembers what a later line needs to know of earlier entries. */
export interface EntryHistory {
  note(entry: LedgerEntry): void
  of(requestId: string): InvocationPast
}

/** Enough for what can be in flight or waiting for a retry; whatever is forgotten only makes a line shorter. */
const KEPT_INVOCATIONS = 5_000

/** Creates an empty history. */
export function createEntryHistory(kept: number = KEPT_INVOCATIONS): EntryHistory {
  const invocations = new Map<string, InvocationPast>()

  function learn(requestId: string, more: InvocationPast): void {
    invocations.set(requestId, { ...invocations.get(requestId), ...more })
    if (invocations.size <= kept) return
    const [oldest] = invocations.keys()
    if (oldest !== undefined) invocations.delete(oldest)
  }

  return {
    note(entry) {
      if (entry.kind === 'invocationAccepted') {
        learn(entry.requestId, {
          door: entry.door,
          isAsynchronous: entry.invocationType === 'Event',
        })
      } else if (entry.kind === 'batchTaken') {
        learn(entry.requestId, { batch: { queue: entry.queue, messages: entry.messageIds.length } })
      } else if (entry.kind === 'streamBatchTaken') {
        learn(entry.requestId, { batch: { queue: entry.stream, messages: entry.records } })
      } else if (entry.kind === 'invocationEnded') {
        learn(entry.requestId, { attempt: entry.attempt })
      }
    },
    of: (requestId) => invocations.get(requestId) ?? {},
  }
}
