import type { LedgerEntry, LedgerFact } from './ledgerEntry.ts'

/**
 * What happened, entry by entry, each linked to its cause. The terminal's lines, `lambent logs`, `settle()` and the
 * answer to "why was this retried, throttled, dropped?" are all read from here.
 */
export interface Ledger {
  /**
   * Makes an entry of `fact`, which it takes over; `cause` is the id of what led to it (a request id, a message id).
   * A `payload` is shown to the listeners and not kept here.
   */
  write(fact: LedgerFact, cause?: string, payload?: Uint8Array): void
  /** The latest entries, oldest first, at most `limit`. */
  latest(limit?: number, matches?: (entry: LedgerEntry) => boolean): LedgerEntry[]
  /** Calls `listener` for every entry from now on. */
  subscribe(listener: (entry: LedgerEntry, payload?: Uint8Array) => void): () => void
  /** Goes on counting after `sequence`, the last one of an earlier run. */
  resumeAfter(sequence: number): void
  /** Forgets the entries; the count goes on, so that whoever follows misses nothing. */
  clear(): void
}

/** How many entries are kept: enough for a long look back, small enough to forget about (some 10 MB). */
const KEPT_ENTRIES = 20_000

/** Creates a ledger that keeps the latest entries in memory. */
export function createLedger(now: () => number, keptEntries: number = KEPT_ENTRIES): Ledger {
  const ring: LedgerEntry[] = []
  const listeners = new Set<(entry: LedgerEntry, payload?: Uint8Array) => void>()
  let sequence = 0
  /** Entries since the start or the last `clear`: the ring's own count. */
  let written = 0

  return {
    write(fact, cause, payload) {
      sequence++
      // The fact becomes the entry: nobody else holds it, and copying it costs more than all else here.
      const entry = fact as LedgerFact & { sequence: number; atMs: number; cause?: string }
      entry.sequence = sequence
      entry.atMs = now()
      if (cause !== undefined) entry.cause = cause
      ring[written++ % keptEntries] = entry
      for (const listener of listeners) listener(entry, payload)
    },
    latest(limit = keptEntries, matches = () => true) {
      const found: LedgerEntry[] = []
      const kept = Math.min(written, keptEntries)
      for (let back = 0; back < kept && found.length < limit; back++) {
        const entry = ring[(written - 1 - back) % keptEntries]
        if (entry && matches(entry)) found.push(entry)
      }
      return found.toReversed()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    resumeAfter(last) {
      sequence = Math.max(sequence, last)
    },
    clear() {
      ring.length = 0
      written = 0
    },
  }
}
