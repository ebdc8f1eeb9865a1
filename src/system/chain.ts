import type { LedgerEntry } from './ledgerEntry.ts'

/** What an id stands for. */
export type LinkKind = 'invocation' | 'message' | 'publication' | 'busEvent' | 'objectChange' | 'unknown'

/** One link of a chain of causes: an invocation, a message, a publication, with what the ledger says of it. */
export interface ChainLink {
  readonly id: string
  /** `unknown` when only its effects are in the ledger: it is older than what is kept, or from outside. */
  readonly kind: LinkKind
  /** Ids of what led to it; a batch is led to by each of its messages. */
  readonly causes: readonly string[]
  /** Ids of what it led to. */
  readonly effects: readonly string[]
  /** Its entries, oldest first. */
  readonly entries: readonly LedgerEntry[]
}

/** The links above and below an id, that of the id among them. */
export interface Chain {
  readonly id: string
  readonly links: ReadonlyMap<string, ChainLink>
  /** There was more than was asked for; the nearest links are here. */
  readonly isCut: boolean
}

/** Who led to whom, learnt entry by entry: small enough to be made of a whole history. */
export interface ChainGraph {
  note(entry: LedgerEntry): void
  has(id: string): boolean
  /** All ids that begin with `prefix`. */
  beginningWith(prefix: string): string[]
  ids(): Iterable<string>
  kindOf(id: string): LinkKind
  causesOf(id: string): readonly string[]
  effectsOf(id: string): readonly string[]
  /** `id`, all that led to it, and all that it led to, nearest first, at most `most`. */
  around(id: string, most: number): { readonly ids: ReadonlySet<string>; readonly isCut: boolean }
}

/** More than a person reads; enough for a batch of ten thousand messages not to fill the memory. */
const MOST_LINKS = 1_000

/**
 * The whole tree up and down from an id: all that led to it, back to the first cause, and all that it led to. What
 * its causes led to besides is left out.
 */
export function chainOf(entries: readonly LedgerEntry[], id: string, most: number = MOST_LINKS): Chain {
  const graph = createChainGraph()
  for (const entry of entries) graph.note(entry)
  const { ids, isCut } = graph.around(id, most)
  return { id, isCut, links: linksOf(graph, ids, entries) }
}

/** The links of `ids`, made of the entries that concern them; other entries may be among these. */
export function linksOf(
  graph: ChainGraph,
  ids: ReadonlySet<string>,
  entries: readonly LedgerEntry[],
): Map<string, ChainLink> {
  const own = new Map<string, LedgerEntry[]>([...ids].map((id) => [id, []]))
  for (const entry of entries) for (const subject of subjectsOf(entry)) own.get(subject)?.push(entry)
  return new Map(
    [...own].map(([id, entriesOfId]) => [
      id,
      {
        id,
        kind: graph.kindOf(id),
        causes: graph.causesOf(id).filter((cause) => ids.has(cause)),
        effects: graph.effectsOf(id).filter((effect) => ids.has(effect)),
        entries: entriesOfId,
      },
    ]),
  )
}

/** Creates an empty graph. */
export function createChainGraph(): ChainGraph {
  const kinds = new Map<string, LinkKind>()
  const causes = new Map<string, Set<string>>()
  const effects = new Map<string, Set<string>>()

  function link(cause: string, effect: string): void {
    if (cause === effect) return
    if (!kinds.has(cause)) kinds.set(cause, 'unknown')
    add(causes, effect, cause)
    add(effects, cause, effect)
  }

  return {
    note(entry) {
      for (const { id, kind, causes: ledBy } of linksIn(entry)) {
        kinds.set(id, kind)
        for (const cause of ledBy) link(cause, id)
      }
    },
    has: (id) => kinds.has(id),
    beginningWith: (prefix) => [...kinds.keys()].filter((id) => id.startsWith(prefix)),
    ids: () => kinds.keys(),
    kindOf: (id) => kinds.get(id) ?? 'unknown',
    causesOf: (id) => [...(causes.get(id) ?? [])],
    effectsOf: (id) => [...(effects.get(id) ?? [])],
    around(id, most) {
      const up = reach(id, causes, most)
      const down = reach(id, effects, most - up.ids.size + 1)
      return { ids: new Set([...up.ids, ...down.ids]), isCut: up.isCut || down.isCut }
    },
  }
}

/** All that can be reached from `id`, nearest first. */
function reach(
  id: string,
  edges: ReadonlyMap<string, ReadonlySet<string>>,
  most: number,
): { ids: Set<string>; isCut: boolean } {
  const ids = new Set([id])
  for (const reached of ids) {
    for (const next of edges.get(reached) ?? []) {
      if (ids.size >= most && !ids.has(next)) return { ids, isCut: true }
      ids.add(next)
    }
  }
  return { ids, isCut: false }
}

function add(edges: Map<string, Set<string>>, from: string, to: string): void {
  const known = edges.get(from)
  if (known) known.add(to)
  else edges.set(from, new Set([to]))
}

interface NewLink {
  readonly id: string
  readonly kind: LinkKind
  readonly causes: readonly string[]
}

/** The links that an entry tells of, each with what led to it. */
function linksIn(entry: LedgerEntry): readonly NewLink[] {
  const causes = entry.cause === undefined ? [] : [entry.cause]
  switch (entry.kind) {
    case 'invocationAccepted':
      return [{ id: entry.requestId, kind: 'invocation', causes }]
    case 'replayed':
      return [{ id: entry.requestId, kind: 'invocation', causes: [entry.of] }]
    case 'batchTaken':
      return [
        { id: entry.requestId, kind: 'invocation', causes: entry.messageIds },
        ...entry.messageIds.map((id) => ({ id, kind: 'message' as const, causes: [] })),
      ]
    case 'streamBatchTaken':
      return [{ id: entry.requestId, kind: 'invocation', causes: entry.causes }]
    case 'messageSent':
    case 'messagesFiltered':
      return entry.messageIds.map((id) => ({ id, kind: 'message', causes }))
    case 'messagesMoved':
      return entry.moves.flatMap(({ messageId, newMessageId }) => [
        { id: messageId, kind: 'message' as const, causes: [] },
        { id: newMessageId, kind: 'message' as const, causes: [messageId] },
      ])
    case 'messagePublished':
      return [{ id: entry.messageId, kind: 'publication', causes }]
    case 'eventPut':
      return [{ id: entry.eventId, kind: 'busEvent', causes }]
    case 'objectChanged':
      return [{ id: entry.changeId, kind: 'objectChange', causes }]
    default:
      return []
  }
}

/** The ids that an entry is about: those in whose life it is a moment. */
export function subjectsOf(entry: LedgerEntry): readonly string[] {
  switch (entry.kind) {
    case 'messageSent':
    case 'messagesFiltered':
    case 'messagesDeadLettered':
      return entry.messageIds
    case 'batchTaken':
      return [entry.requestId, ...entry.messageIds]
    case 'messagesMoved':
      return entry.moves.flatMap(({ messageId, newMessageId }) => [messageId, newMessageId])
    case 'messagePublished':
    case 'handOverFailed':
      return [entry.messageId]
    case 'eventPut':
      return [entry.eventId]
    case 'objectChanged':
      return [entry.changeId]
    case 'replayed':
      return [entry.requestId, entry.of]
    default:
      return 'requestId' in entry && entry.requestId !== undefined ? [entry.requestId] : []
  }
}
