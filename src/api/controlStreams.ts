import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterRealMs, type Ledger, type LedgerEntry } from '../system/index.ts'
import { summariesOf } from './invocationSummary.ts'
import type { SeenRecord } from './streamSummary.ts'
import { beginTail, type TailOptions } from './streamTail.ts'
import { entryMatches, invocationMatches, type Past, type PastQuery } from './past.ts'

/** Server-sent events of what goes on. */
export interface ControlStreams {
  /** Entries as they come; with `Last-Event-ID` those since then first. */
  followEntries(request: IncomingMessage, response: ServerResponse, query: PastQuery): Promise<void>
  /** Invocations, each once it has come to rest: ended, waiting for its next attempt, given up, delivered. */
  followInvocations(response: ServerResponse, query: PastQuery): void
  /** Records of a stream as they come, until the reader hangs up. Rejects before it answers where there are none. */
  followRecords(response: ServerResponse, options: Omit<TailOptions, 'signal' | 'show'>): Promise<void>
  /** Ends the streams that are open. */
  stop(): void
}

/** A reader that is this far behind is hung up on: it can come back with `Last-Event-ID`. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024
/** Attempt, decision and deliveries follow one another within moments: together they are one row. */
const REST_MS = 100

/** Creates it, with no stream open. */
export function createControlStreams(on: { ledger: Ledger; past: Past }): ControlStreams {
  const open = new Set<ServerResponse>()

  function begin(response: ServerResponse, onClose: () => void): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': connected\n\n')
    open.add(response)
    response.on('close', () => {
      onClose()
      open.delete(response)
    })
  }

  return {
    async followEntries(request, response, query) {
      const after = lastEventId(request)
      // What comes while the past is read waits for its turn.
      let waiting: LedgerEntry[] | undefined = after === undefined ? undefined : []
      let lastSent = after ?? 0
      const tell = (entry: LedgerEntry): void => {
        if (entry.sequence <= lastSent || !entryMatches(entry, query)) return
        lastSent = entry.sequence
        send(response, entry.sequence, entry)
      }
      const unsubscribe = on.ledger.subscribe((entry) => {
        if (waiting) waiting.push(entry)
        else tell(entry)
      })
      begin(response, unsubscribe)
      if (after === undefined) return
      for await (const block of on.past.entriesAfter(after)) {
        for (const entry of block) tell(entry)
        if (response.writableNeedDrain) await drained(response)
        if (response.destroyed) return
      }
      const meanwhile = waiting ?? []
      waiting = undefined
      for (const entry of meanwhile) tell(entry)
    },
    followInvocations(response, query) {
      const changed = new Set<string>()
      let cancel: (() => void) | undefined
      const tell = (): void => {
        cancel = undefined
        const entries = on.ledger.latest(
          undefined,
          (entry) => 'requestId' in entry && changed.has(entry.requestId ?? ''),
        )
        changed.clear()
        for (const one of summariesOf(entries, 0))
          if (invocationMatches(one, query)) send(response, entries.at(-1)?.sequence ?? 0, one)
      }
      const unsubscribe = on.ledger.subscribe((entry) => {
        if (!COMES_TO_REST.has(entry.kind) || !('requestId' in entry)) return
        changed.add(entry.requestId ?? '')
        cancel ??= afterRealMs(REST_MS, tell)
      })
      begin(response, () => {
        unsubscribe()
        cancel?.()
      })
    },
    async followRecords(response, options) {
      const abort = new AbortController()
      let shown = 0
      const show = async (record: SeenRecord): Promise<void> => {
        send(response, ++shown, record)
        if (response.writableNeedDrain) await drained(response)
      }
      const tail = await beginTail({ ...options, signal: abort.signal, show })
      begin(response, () => abort.abort())
      await tail.run().finally(() => response.end())
    },
    stop() {
      for (const stream of open) stream.end()
    },
  }
}

const COMES_TO_REST: ReadonlySet<LedgerEntry['kind']> = new Set([
  'invocationEnded',
  'invocationThrottled',
  'retryScheduled',
  'eventGivenUp',
  'delivered',
  'deliveryFailed',
  'batchEnded',
  'streamBatchEnded',
  'streamRecordsGivenUp',
  'streamRecordsFiltered',
])

function send(response: ServerResponse, id: number, value: unknown): void {
  // It was ended, and its reader may not have closed yet.
  if (response.writableEnded || response.destroyed) return
  if (response.writableLength > MOST_UNREAD_BYTES) response.destroy()
  else response.write(`id: ${id}\ndata: ${JSON.stringify(value)}\n\n`)
}

function lastEventId(request: IncomingMessage): number | undefined {
  const header = request.headers['last-event-id']
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go)
      response.off('close', go)
      resolve()
    }
    response.on('drain', go)
    response.on('close', go)
  })
