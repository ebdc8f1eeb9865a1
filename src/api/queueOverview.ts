import type { SeenMessage, SqsService } from '../services/sqs/index.ts'
import { nearest } from '../spec/index.ts'
import type { Clock } from '../system/index.ts'
import { ControlError } from './controlError.ts'
import type { MappingSet } from './mappingSet.ts'

/** A queue at a glance. */
export interface QueueSummary {
  readonly name: string
  readonly url: string
  /** Messages that can be received now. */
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
  /** How long ago the oldest message was sent; `null` when the queue is empty. */
  readonly oldestAgeMs: number | null
  readonly redrive: { readonly deadLetterArn: string; readonly maxReceiveCount: number } | null
  /** The queues that give up their messages to this one. */
  readonly deadLetterQueueOf: readonly string[]
  readonly mappings: readonly QueueReaderSummary[]
}

/** An event source mapping that reads the queue. */
export interface QueueReaderSummary {
  readonly functionName: string
  /** As AWS words it: `Enabled`, `Disabled` ... */
  readonly state: string
  /** What keeps it from reading. */
  readonly lastProblem: string | null
}

/** What the overview looks at. */
export interface QueueWorld {
  readonly sqs: SqsService
  readonly mappings: MappingSet
  readonly clock: Clock
}

/** All queues, by name. `urlOf` is where a queue is found over the wire. */
export function queueSummaries(on: QueueWorld, urlOf: (name: string) => string): QueueSummary[] {
  const sources = deadLetterSources(on.sqs)
  return on.sqs.queueNames().map((name) => summaryOf(on, name, urlOf(name), sources))
}

/** One of them; throws {@link ControlError} for a queue that there is not. */
export function queueSummary(on: QueueWorld, name: string, urlOf: (name: string) => string): QueueSummary {
  checkQueue(on.sqs, name)
  return summaryOf(on, name, urlOf(name), deadLetterSources(on.sqs))
}

/** The first `limit` messages of a queue; throws {@link ControlError} for a queue that there is not. */
export function messagesIn({ sqs }: QueueWorld, name: string, limit: number): SeenMessage[] {
  checkQueue(sqs, name)
  return sqs.look(name, limit)
}

/** Empties a queue, and answers how many messages that were. */
export async function purgeQueue(
  { sqs }: QueueWorld,
  name: string,
): Promise<{ queue: string; removed: number }> {
  checkQueue(sqs, name)
  return { queue: name, removed: await sqs.purge(name) }
}

/** Throws {@link ControlError} with the name that was probably meant, unless there is such a queue. */
export function checkQueue(sqs: SqsService, name: string): void {
  if (sqs.queueExists(name)) return
  const names = sqs.queueNames()
  const near = nearest(name, names)
  const hint = near === undefined ? `there are: ${names.join(', ') || 'none'}` : `did you mean ${near}?`
  throw new ControlError(404, `there is no queue ${name}; ${hint}`)
}

/** By the name of a dead-letter queue, those that give up their messages to it. */
function deadLetterSources(sqs: SqsService): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>()
  for (const name of sqs.queueNames()) {
    const target = sqs.queueOfArn(sqs.redriveOf(name)?.deadLetterArn ?? '')
    if (target !== undefined) sources.set(target, [...(sources.get(target) ?? []), name])
  }
  return sources
}

function summaryOf(
  { sqs, mappings, clock }: QueueWorld,
  name: string,
  url: string,
  sources: ReadonlyMap<string, readonly string[]>,
): QueueSummary {
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
    mappings: mappings
      .consumersOf(name)
      .map((functionName) => ({ functionName, state: 'Enabled', lastProblem: null })),
  }
}
