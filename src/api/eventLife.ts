import { type ChainGraph, type ChainLink, type LedgerEntry, type LinkKind, linksOf } from '../system/index.ts'
import { type InvocationSummary, summariesOf } from './invocationSummary.ts'

/** The whole life of one event, and where it stands among its causes and effects. */
export interface EventLife extends LifeNode {
  /** What happened to it, in order. */
  readonly steps: readonly LifeStep[]
  readonly causedBy: readonly CauseNode[]
  readonly caused: readonly EffectNode[]
  /** There are more causes or effects than are shown. */
  readonly isCut: boolean
}

/** An invocation, a message, a publication, an event on a bus, or a change of an object. */
export interface LifeNode {
  readonly id: string
  readonly kind: LinkKind
  /** When it is first told of; absent when only its effects are known. */
  readonly atMs?: number
  readonly invocation?: InvocationSummary
  /** The queues that a message has been in, in order. */
  readonly queues?: readonly string[]
  readonly publication?: { readonly topic: string; readonly endpoints: readonly string[] }
  readonly busEvent?: {
    readonly bus: string
    readonly source: string
    readonly detailType: string
    readonly rules: readonly string[]
  }
  readonly objectChange?: { readonly bucket: string; readonly key: string; readonly event: string }
  /** Who could not be reached with it. */
  readonly notReached?: readonly { readonly to: string; readonly reason: string }[]
}

export interface CauseNode extends LifeNode {
  readonly causedBy: readonly CauseNode[]
}

export interface EffectNode extends LifeNode {
  readonly caused: readonly EffectNode[]
  /** Shown in full at another place of the tree: a batch is an effect of each of its messages. */
  readonly isRepeated?: true
}

/** A moment in an event's life. */
export type LifeStep =
  | {
      readonly kind: 'attempt'
      readonly atMs: number
      readonly attempt: number
      readonly outcome: 'success' | 'functionError' | 'systemError'
      readonly durationMs: number
      readonly initMs?: number
      readonly error?: { readonly type: string; readonly message: string }
      /** What was printed since the step before. */
      readonly log: readonly LogText[]
    }
  | { readonly kind: 'throttled'; readonly atMs: number; readonly reason: string }
  | { readonly kind: 'retry'; readonly atMs: number; readonly dueMs: number; readonly why: string }
  | { readonly kind: 'givenUp'; readonly atMs: number; readonly condition: string }
  | { readonly kind: 'delivered'; readonly atMs: number; readonly role: string; readonly arn: string }
  | {
      readonly kind: 'deliveryFailed'
      readonly atMs: number
      readonly role: string
      readonly arn: string
      readonly reason: string
    }
  | {
      readonly kind: 'batchEnded'
      readonly atMs: number
      readonly removed: number
      readonly left: number
      readonly why: string
    }
  | {
      readonly kind: 'streamBatchEnded'
      readonly atMs: number
      readonly shardId: string
      readonly done: number
      readonly left: number
      readonly why: string
    }
  | { readonly kind: 'sent'; readonly atMs: number; readonly queue: string }
  | {
      readonly kind: 'taken'
      readonly atMs: number
      readonly functionName: string
      readonly requestId: string
    }
  /** Deleted by the mapping of this function, because none of its filters matched. */
  | { readonly kind: 'filtered'; readonly atMs: number; readonly functionName: string }
  | { readonly kind: 'deadLettered'; readonly atMs: number; readonly queue: string }
  | { readonly kind: 'moved'; readonly atMs: number; readonly queue: string; readonly newMessageId: string }
  | { readonly kind: 'notReached'; readonly atMs: number; readonly to: string; readonly reason: string }
  | { readonly kind: 'replayed'; readonly atMs: number; readonly requestId: string }
  /** Printed after the last attempt ended, or while one runs. */
  | { readonly kind: 'log'; readonly atMs: number; readonly log: readonly LogText[] }

export interface LogText {
  readonly atMs: number
  readonly source: 'platform' | 'function'
  readonly text: string
}

/** The life of `id`; `entries` are at least those of the links around it. */
export function lifeAround(
  graph: ChainGraph,
  around: ReturnType<ChainGraph['around']>,
  entries: readonly LedgerEntry[],
  id: string,
  startedAfter: number,
): EventLife {
  const { isCut } = around
  const links = linksOf(graph, around.ids, entries)
  const own = links.get(id) ?? { id, kind: 'unknown', causes: [], effects: [], entries: [] }
  const told = new Set([id])
  const node = (link: ChainLink): LifeNode => nodeOf(link, startedAfter)
  const linksNamed = (ids: readonly string[]): ChainLink[] =>
    ids.flatMap((one) => links.get(one) ?? []).sort((a, b) => momentOf(a) - momentOf(b))

  const causesOf = (link: ChainLink, below: ReadonlySet<string>): CauseNode[] =>
    linksNamed(link.causes)
      .filter((cause) => !below.has(cause.id))
      .map((cause) => ({ ...node(cause), causedBy: causesOf(cause, new Set([...below, cause.id])) }))
  const effectsOf = (link: ChainLink): EffectNode[] =>
    linksNamed(link.effects).map((effect) => {
      if (told.has(effect.id)) return { ...node(effect), caused: [], isRepeated: true }
      told.add(effect.id)
      return { ...node(effect), caused: effectsOf(effect) }
    })

  return {
    ...node(own),
    steps: stepsOf(own),
    causedBy: causesOf(own, new Set([id])),
    caused: effectsOf(own),
    isCut,
  }
}

const momentOf = ({ entries }: ChainLink): number => entries[0]?.sequence ?? 0

function nodeOf({ id, kind, entries }: ChainLink, startedAfter: number): LifeNode {
  const first = entries[0]
  const invocation =
    kind === 'invocation' ? summariesOf(entries, startedAfter).find((one) => one.requestId === id) : undefined
  const queues = kind === 'message' ? queuesOf(entries, id) : []
  const notReached = entries.flatMap((entry) =>
    entry.kind === 'handOverFailed' ? [{ to: entry.to, reason: entry.reason }] : [],
  )
  return {
    id,
    kind,
    ...(first && { atMs: first.atMs }),
    ...(invocation && { invocation }),
    ...(queues.length > 0 && { queues }),
    ...originOf(entries),
    ...(notReached.length > 0 && { notReached }),
  }
}

function originOf(entries: readonly LedgerEntry[]): Partial<LifeNode> {
  for (const entry of entries) {
    if (entry.kind === 'messagePublished')
      return { publication: { topic: entry.topic, endpoints: entry.endpoints } }
    if (entry.kind === 'eventPut') {
      const { bus, source, detailType, rules } = entry
      return { busEvent: { bus, source, detailType, rules } }
    }
    if (entry.kind === 'objectChanged') {
      const { bucket, key, event } = entry
      return { objectChange: { bucket, key, event } }
    }
  }
  return {}
}

function queuesOf(entries: readonly LedgerEntry[], id: string): string[] {
  const queues: string[] = []
  const enter = (queue: string): void => {
    if (queues.at(-1) !== queue) queues.push(queue)
  }
  for (const entry of entries) {
    if (entry.kind === 'messageSent') enter(entry.queue)
    if (entry.kind === 'batchTaken' || entry.kind === 'messagesFiltered')
      enter(entry.queue.split(':').at(-1) ?? entry.queue)
    if (entry.kind === 'messagesDeadLettered') {
      enter(entry.queue)
      enter(entry.deadLetterQueue)
    }
    if (entry.kind === 'messagesMoved')
      enter(entry.moves.some(({ newMessageId }) => newMessageId === id) ? entry.to : entry.from)
  }
  return queues
}

function stepsOf({ id, entries }: ChainLink): LifeStep[] {
  const steps: LifeStep[] = []
  let log: LogText[] = []
  for (const entry of entries) {
    if (entry.kind === 'logLine') {
      log.push({ atMs: entry.atMs, source: entry.source, text: entry.text })
      continue
    }
    if (entry.kind === 'invocationEnded') {
      steps.push(attemptOf(entry, log))
      log = []
      continue
    }
    const step = stepOf(entry, id)
    if (step) steps.push(step)
  }
  const [first] = log
  return first ? [...steps, { kind: 'log', atMs: first.atMs, log }] : steps
}

function attemptOf(entry: LedgerEntry & { kind: 'invocationEnded' }, log: readonly LogText[]): LifeStep {
  const { atMs, attempt, outcome, durationMs, initMs, errorType, errorMessage } = entry
  return {
    kind: 'attempt',
    atMs,
    attempt,
    outcome,
    durationMs,
    ...(initMs !== undefined && { initMs }),
    ...(outcome !== 'success' && { error: { type: errorType ?? 'Error', message: errorMessage ?? '' } }),
    log,
  }
}

function stepOf(entry: LedgerEntry, id: string): LifeStep | undefined {
  const { atMs } = entry
  switch (entry.kind) {
    case 'invocationThrottled':
      return { kind: 'throttled', atMs, reason: entry.reason }
    case 'retryScheduled':
      return { kind: 'retry', atMs, dueMs: entry.dueMs, why: entry.why }
    case 'eventGivenUp':
      return { kind: 'givenUp', atMs, condition: entry.condition }
    case 'delivered':
      return { kind: 'delivered', atMs, role: entry.role, arn: entry.arn }
    case 'deliveryFailed':
      return { kind: 'deliveryFailed', atMs, role: entry.role, arn: entry.arn, reason: entry.reason }
    case 'batchEnded':
      return { kind: 'batchEnded', atMs, removed: entry.removed, left: entry.left, why: entry.why }
    case 'streamBatchEnded': {
      const { shardId, done, left, why } = entry
      return { kind: 'streamBatchEnded', atMs, shardId, done, left, why }
    }
    case 'streamRecordsGivenUp':
      return { kind: 'givenUp', atMs, condition: entry.condition }
    case 'messageSent':
      return { kind: 'sent', atMs, queue: entry.queue }
    case 'batchTaken': {
      const { functionName, requestId } = entry
      return requestId === id ? undefined : { kind: 'taken', atMs, functionName, requestId }
    }
    case 'messagesFiltered':
      return { kind: 'filtered', atMs, functionName: entry.functionName }
    case 'messagesDeadLettered':
      return { kind: 'deadLettered', atMs, queue: entry.deadLetterQueue }
    case 'messagesMoved': {
      const move = entry.moves.find(({ messageId }) => messageId === id)
      return move ? { kind: 'moved', atMs, queue: entry.to, newMessageId: move.newMessageId } : undefined
    }
    case 'handOverFailed':
      return { kind: 'notReached', atMs, to: entry.to, reason: entry.reason }
    case 'replayed':
      return entry.of === id ? { kind: 'replayed', atMs, requestId: entry.requestId } : undefined
    default:
      return undefined
  }
}
