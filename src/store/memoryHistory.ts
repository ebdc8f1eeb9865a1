import type { LedgerEntry } from '../system/index.ts'
import type { History, HistoryBounds } from './history.ts'
import { textOf } from './historyLine.ts'
import { isRoutine } from './routineLine.ts'

/** As many entries as the ledger itself keeps, which are shared with it, and payloads for a good look back. */
const BOUNDS: HistoryBounds = { mostBytes: 16 * 1024 * 1024, mostEntries: 20_000 }

/**
 * A history in this process's memory, gone with it; `mostBytes` is about payloads alone, of which there are never
 * more than entries.
 */
export function createMemoryHistory(bounds: HistoryBounds = BOUNDS): History {
  /** In a ring: dropping the oldest of an array would move all others. */
  const ring: LedgerEntry[] = []
  /** Text: a buffer each would cost more than what is in it. */
  const payloads = new Map<string, string>()
  let appended = 0
  let payloadBytes = 0

  function keep(requestId: string, payload: Uint8Array): void {
    const text = textOf(payload)
    payloads.set(requestId, text)
    payloadBytes += text.length
    for (const [oldest, { length }] of payloads) {
      if (payloadBytes <= bounds.mostBytes && payloads.size <= bounds.mostEntries) break
      payloads.delete(oldest)
      payloadBytes -= length
    }
  }

  return {
    lastSequence: 0,
    append(entry, payload) {
      if (isRoutine(entry)) return
      ring[appended++ % bounds.mostEntries] = entry
      if (payload && entry.kind === 'invocationAccepted' && !payloads.has(entry.requestId)) {
        keep(entry.requestId, payload)
      }
    },
    async *blocks({ afterSequence = 0, withoutLogs = false }) {
      const oldest = appended % bounds.mostEntries
      const inOrder = appended > bounds.mostEntries ? [...ring.slice(oldest), ...ring.slice(0, oldest)] : ring
      const wanted = inOrder.filter(
        ({ sequence, kind }) => sequence > afterSequence && !(withoutLogs && kind === 'logLine'),
      )
      if (wanted.length > 0) yield wanted
    },
    payloadOf(requestId) {
      const text = payloads.get(requestId)
      return Promise.resolve(text === undefined ? undefined : Buffer.from(text))
    },
    clear() {
      ring.length = 0
      payloads.clear()
      appended = 0
      payloadBytes = 0
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}
