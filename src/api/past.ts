import type { History } from '../store/index.ts'
import { type ChainGraph, createChainGraph, type LedgerEntry, subjectsOf } from '../system/index.ts'
import { ControlError } from './controlError.ts'
import { type EventLife, lifeAround } from './eventLife.ts'
import { type InvocationSummary, isFailed, summariesOf } from './invocationSummary.ts'

/** Which entries or invocations are asked for. */
export interface PastQuery {
  readonly functionName?: string
  /** An id, or its first characters. */
  readonly invocation?: string
  /** Only what tells of a failure. */
  readonly failed?: boolean
  /** Clock time, epoch milliseconds. */
  readonly sinceMs?: number
  readonly limit: number
}

/** What happened, as far back as the history goes. */
export interface Past {
  /** The latest entries, oldest first. */
  entries(query: PastQuery): Promise<LedgerEntry[]>
  /** Entries after a sequence number, block by block, oldest first. */
  entriesAfter(sequence: number): AsyncIterable<readonly LedgerEntry[]>
  /** The latest invocations in order of acceptance. */
  invocations(query: PastQuery): Promise<InvocationSummary[]>
  /** One event's life. `id` may be its first characters. Throws {@link ControlError} when it is unknown or ambiguous. */
  life(id: string): Promise<EventLife>
  /** How the invocation was accepted. Throws {@link ControlError} like `life`. */
  acceptance(id: string): Promise<Acceptance>
  /** The payload, if its bytes are in the history. */
  payloadOf(requestId: string): Promise<Uint8Array | undefined>
}

type Acceptance = LedgerEntry & { kind: 'invocationAccepted' }

const MOST_LINKS = 1_000

/** Reads from the history; it is asked seldom, so nothing is kept in memory for it. */
export function createPast(history: History): Past {
  const startedAfter = history.lastSequence

  async function wholeGraph(): Promise<ChainGraph> {
    const graph = createChainGraph()
    for await (const block of history.blocks({ order: 'oldestFirst', withoutLogs: true }))
      for (const entry of block) graph.note(entry)
    return graph
  }

  return {
    async entries(query) {
      const found: LedgerEntry[][] = []
      let missing = query.limit
      for await (const block of history.blocks({ order: 'newestFirst' })) {
        const matching = block.filter((entry) => entryMatches(entry, query)).slice(-missing)
        found.push(matching)
        missing -= matching.length
        if (missing <= 0 || isBefore(block, query)) break
      }
      return found.toReversed().flat()
    },
    entriesAfter: (sequence) => history.blocks({ order: 'oldestFirst', afterSequence: sequence }),
    async invocations(query) {
      const blocks: (readonly LedgerEntry[])[] = []
      let found: InvocationSummary[] = []
      for await (const block of history.blocks({ order: 'newestFirst', withoutLogs: true })) {
        blocks.push(block.filter((entry) => isOfFunction(entry, query)))
        found = summariesOf(blocks.toReversed().flat(), startedAfter).filter((one) =>
          invocationMatches(one, query),
        )
        if (found.length >= query.limit || isBefore(block, query)) break
      }
      return found.slice(-query.limit)
    },
    async life(wanted) {
      const graph = await wholeGraph()
      const id = theOne(graph, wanted)
      const around = graph.around(id, MOST_LINKS)
      const entries: LedgerEntry[] = []
      for await (const block of history.blocks({ order: 'oldestFirst' })) {
        for (const entry of block)
          if (subjectsOf(entry).some((subject) => around.ids.has(subject))) entries.push(entry)
      }
      return lifeAround(graph, around, entries, id, startedAfter)
    },
    async acceptance(wanted) {
      const acceptances = new Map<string, Acceptance>()
      for await (const block of history.blocks({ order: 'oldestFirst', withoutLogs: true }))
        for (const entry of block)
          if (entry.kind === 'invocationAccepted') acceptances.set(entry.requestId, entry)
      const id = onlyOne(acceptances.keys(), wanted, 'invocation')
      return acceptances.get(id) as Acceptance
    },
    payloadOf: (requestId) => history.payloadOf(requestId),
  }
}

const theOne = (graph: ChainGraph, wanted: string): string =>
  onlyOne(
    [...graph.ids()].filter((id) => graph.kindOf(id) !== 'unknown'),
    wanted,
    'event',
  )

const MOST_NAMED = 5

/** The id that `wanted` is, or begins; throws with the nearest when there is none, or several. */
export function onlyOne(ids: Iterable<string>, wanted: string, noun: string): string {
  const all = [...ids]
  const matching = all.includes(wanted) ? [wanted] : all.filter((id) => id.startsWith(wanted))
  const [first, ...more] = matching
  if (first !== undefined && more.length === 0 && wanted !== '') return first
  if (first !== undefined && wanted !== '') {
    const named = matching.slice(-MOST_NAMED).join(', ')
    throw new ControlError(
      409,
      `${matching.length} ids begin with ${wanted}: ${named}${more.length >= MOST_NAMED ? ', ...' : ''}`,
    )
  }
  const { ids: near, areAlike } = nearestIds(all, wanted)
  const hint =
    near.length === 0
      ? 'the history is empty'
      : `${areAlike ? 'nearest' : 'the latest are'}: ${near.join(', ')}`
  throw new ControlError(404, `no ${noun} has the id ${wanted}; ${hint}`)
}

/** Those that begin as `wanted` does, the longest agreement first, later ones before earlier ones. */
function nearestIds(ids: readonly string[], wanted: string): { ids: string[]; areAlike: boolean } {
  const agreement = (id: string): number => {
    let length = 0
    while (length < wanted.length && id[length] === wanted[length]) length++
    return length
  }
  const nearest = ids
    .map((id, index) => ({ id, index, agrees: agreement(id) }))
    .sort((a, b) => b.agrees - a.agrees || b.index - a.index)
    .slice(0, 3)
  return { ids: nearest.map(({ id }) => id), areAlike: (nearest[0]?.agrees ?? 0) > 0 }
}

/** Whether a block, and all that is older, lies before what is asked for. */
const isBefore = (block: readonly LedgerEntry[], { sinceMs }: PastQuery): boolean =>
  sinceMs !== undefined && (block[0]?.atMs ?? 0) < sinceMs

const isOfFunction = (entry: LedgerEntry, { functionName }: PastQuery): boolean =>
  functionName === undefined || ('functionName' in entry && entry.functionName === functionName)

/** Whether an entry is asked for; `invocation` names it, what caused it, or a message in it. */
export function entryMatches(entry: LedgerEntry, query: PastQuery): boolean {
  if (!isOfFunction(entry, query)) return false
  if (query.sinceMs !== undefined && entry.atMs < query.sinceMs) return false
  if (query.failed && !tellsOfFailure(entry)) return false
  const { invocation } = query
  if (invocation === undefined) return true
  return (
    (entry.cause ?? '').startsWith(invocation) || subjectsOf(entry).some((id) => id.startsWith(invocation))
  )
}

export const invocationMatches = (one: InvocationSummary, query: PastQuery): boolean =>
  (query.functionName === undefined || one.functionName === query.functionName) &&
  (query.sinceMs === undefined || one.acceptedMs >= query.sinceMs) &&
  (query.invocation === undefined || one.requestId.startsWith(query.invocation)) &&
  (!query.failed || isFailed(one))

function tellsOfFailure(entry: LedgerEntry): boolean {
  switch (entry.kind) {
    case 'invocationEnded':
      return entry.outcome !== 'success'
    case 'batchEnded':
    case 'streamBatchEnded':
      return entry.left > 0
    case 'moveTaskEnded':
      return entry.status === 'FAILED'
    case 'invocationThrottled':
    case 'eventGivenUp':
    case 'streamRecordsGivenUp':
    case 'deliveryFailed':
    case 'handOverFailed':
    case 'messagesDeadLettered':
    case 'deployFailed':
    case 'executorCrashed':
    case 'specRefused':
      return true
    default:
      return false
  }
}
