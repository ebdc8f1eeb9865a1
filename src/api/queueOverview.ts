import type { SeenMessage, SqsService } from '../services/sqs/index.ts'
import { nearest, type Spec } from '../spec/index.ts'
import type { Clock } from '../system/index.ts'
import { ControlError } from './controlError.ts'
import type { ForeignQueues } from './foreignQueues/index.ts'
import type { EventSourceMappings, MappingDescription } from './eventSourceMappings.ts'

/** A queue at a glance. */
export interface QueueSummary {
  readonly name: string
  /** `null`, as the numbers of messages, when there is no such queue, or one elsewhere that cannot be asked. */
  readonly url: string | null
  /** Messages that can be received now. */
  readonly visible: number | null
  readonly inFlight: number | null
  readonly delayed: number | null
  /** How long ago the oldest message was sent; `null` when the queue is empty, or elsewhere. */
  readonly oldestAgeMs: number | null
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | null
  /** The queues that give up their messages to this one. */
  readonly deadLetterQueueOf: readonly string[]
  readonly mappings: readonly QueueReaderSummary[]
  /** That there is no such queue, or why one that is elsewhere cannot be asked. */
  readonly problem?: string
}

/** An event source mapping that reads the queue. */
export interface QueueReaderSummary {
  readonly functionName: string
  /** The version or alias that it invokes; `null` for the function as it is now. */
  readonly qualifier: string | null
  /** As AWS words it: `Enabled`, `Disabled` ... */
  readonly state: string
  /** What keeps it from reading. */
  readonly lastProblem: string | null
  /** The figures that the mapping is asked for, by their names in CloudWatch; absent when it is asked for none. */
  readonly metrics?: Readonly<Record<string, number>>
}

/** What the overview looks at. */
export interface QueueWorld {
  readonly sqs: SqsService
  readonly mappings: Pick<EventSourceMappings, 'describe'>
  readonly clock: Clock
  readonly foreignQueues: ForeignQueues | undefined
  readonly spec: () => Spec
}

/**
 * All queues, by name: those that are here, or that the spec names when they are elsewhere, and those that mappings would
 * read. `urlOf`: where one is that is here.
 */
export async function queueSummaries(
  on: QueueWorld,
  urlOf: (name: string) => string,
): Promise<QueueSummary[]> {
  const { foreignQueues } = on
  const read = queueMappingsOf(on).map(({ sourceName }) => sourceName)
  if (foreignQueues) {
    const names = [...new Set([...on.spec().queues.map(({ name }) => name), ...read])]
    const found = await Promise.all(names.toSorted().map((name) => foreignSummary(on, foreignQueues, name)))
    const sourcesOf = (queue: string): string[] =>
      found.flatMap(({ name, redrive }) => (redrive?.deadLetterArn.endsWith(`:${queue}`) ? [name] : []))
    return found.map((one) => ({ ...one, deadLetterQueueOf: sourcesOf(one.name) }))
  }
  const sources = deadLetterSources(on.sqs)
  const names = [...new Set([...on.sqs.queueNames(), ...read])].toSorted()
  return names.map((name) =>
    on.sqs.queueExists(name) ? summaryOf(on, name, urlOf(name), sources) : missingSummary(on, name, sources),
  )
}

/** One that is here; throws {@link ControlError} for a queue that there is not. */
export function queueSummary(on: QueueWorld, name: string, urlOf: (name: string) => string): QueueSummary {
  checkQueue(on, name)
  return summaryOf(on, name, urlOf(name), deadLetterSources(on.sqs))
}

/** The first `limit` messages of a queue; throws {@link ControlError} for a queue that there is not. */
export function messagesIn(on: QueueWorld, name: string, limit: number): SeenMessage[] {
  checkQueue(on, name)
  return on.sqs.look(name, limit)
}

/** Empties a queue, and answers how many messages that were. */
export async function purgeQueue(on: QueueWorld, name: string): Promise<{ queue: string; removed: number }> {
  checkQueue(on, name)
  return { queue: name, removed: await on.sqs.purge(name) }
}

/** Throws {@link ControlError} with the name that was probably meant, unless there is such a queue here. */
export function checkQueue(
  { sqs, foreignQueues }: Pick<QueueWorld, 'sqs' | 'foreignQueues'>,
  name: string,
): void {
  if (foreignQueues)
    throw new ControlError(409, `queues are at ${foreignQueues.url} (\`endpoints.sqs\`), not here: ask there`)
  if (sqs.queueExists(name)) return
  const names = sqs.queueNames()
  const near = nearest(name, names)
  const hint = near === undefined ? `there are: ${names.join(', ') || 'none'}` : `did you mean ${near}?`
  throw new ControlError(404, `there is no queue ${name}; ${hint}`)
}

async function foreignSummary(on: QueueWorld, foreign: ForeignQueues, name: string): Promise<QueueSummary> {
  const common = { ...nothingKnown, name, deadLetterQueueOf: [], mappings: readersOf(on, name) }
  try {
    const { queueUrl: url, ...figures } = await foreign.figures(name)
    return { ...common, url, ...figures }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { ...common, problem }
  }
}

const queueMappingsOf = ({ mappings }: Pick<QueueWorld, 'mappings'>): MappingDescription[] =>
  mappings.describe().filter(({ kind }) => kind === 'queue')

const readersOf = (on: QueueWorld, name: string): QueueReaderSummary[] =>
  queueMappingsOf(on)
    .filter(({ sourceName }) => sourceName === name)
    .map(({ functionName, qualifier, state, lastProblem, metrics }) => ({
      functionName,
      qualifier,
      state,
      lastProblem,
      ...(Object.keys(metrics).length > 0 && { metrics }),
    }))

/** By the name of a dead-letter queue, those that give up their messages to it. */
function deadLetterSources(sqs: SqsService): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>()
  for (const name of sqs.queueNames()) {
    const target = sqs.queueOfArn(sqs.redriveOf(name)?.deadLetterArn ?? '')
    if (target !== undefined) sources.set(target, [...(sources.get(target) ?? []), name])
  }
  return sources
}

/** A queue that a mapping would read if it were there. */
const missingSummary = (
  on: QueueWorld,
  name: string,
  sources: ReadonlyMap<string, readonly string[]>,
): QueueSummary => ({
  ...nothingKnown,
  name,
  deadLetterQueueOf: sources.get(name) ?? [],
  mappings: readersOf(on, name),
  problem: 'there is no such queue',
})

const nothingKnown = {
  url: null,
  visible: null,
  inFlight: null,
  delayed: null,
  oldestAgeMs: null,
  redrive: null,
}

function summaryOf(
  on: QueueWorld,
  name: string,
  url: string,
  sources: ReadonlyMap<string, readonly string[]>,
): QueueSummary {
  const { sqs, clock } = on
  const { ready, inFlight, delayed } = sqs.counts(name)
  const [oldest] = sqs.look(name, 1)
  return {
    name,
    url,
    visible: ready,
    inFlight,
    delayed,
    oldestAgeMs: oldest ? clock.now() - oldest.sentMs : null,
    redrive: sqs.redriveOf(name) ?? null,
    deadLetterQueueOf: sources.get(name) ?? [],
    mappings: readersOf(on, name),
  }
}
