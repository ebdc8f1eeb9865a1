import type { NewItem, QueueItem } from '../store/index.ts'
import type { JsonObject } from '../system/index.ts'
import type { LastResponse } from './invocationRecord.ts'

/** An asynchronous event as it lies in its queue. */
export interface AsynchronousEvent {
  readonly functionName: string
  readonly requestId: string
  readonly payload: Uint8Array
  /** With the qualifier that the caller used, if it used one: it decides which version runs and which settings apply. */
  readonly invokedFunctionArn: string
  /** The caller's trace header, its lineage included. */
  readonly traceId: string
  readonly door: string
  readonly cause: string | undefined
  readonly acceptedMs: number
  /** Attempts that ran and ended in a function error. */
  readonly failures: number
  /** Throttles and system errors since the last attempt that ran. */
  readonly setbacks: number
  readonly lastResponse: LastResponse | undefined
}

/** What an event is for: a function, as the caller named it. */
export interface EventTarget {
  readonly functionName: string
  readonly qualifier: string | undefined
}

const PREFIX = 'async/'
export const ASYNCHRONOUS_QUEUES = PREFIX

/**
 * Each function has a queue of its own, and each of its qualifiers: one backlog never delays another's events, and all
 * events of a queue are subject to the same settings.
 */
export const asynchronousQueueOf = ({ functionName, qualifier }: EventTarget): string =>
  qualifier === undefined ? PREFIX + functionName : `${PREFIX}${functionName}:${qualifier}`

export function targetOfQueue(queue: string): EventTarget {
  const [functionName = '', qualifier] = queue.slice(PREFIX.length).split(':')
  return { functionName, qualifier }
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]` */
export const qualifierOf = (arn: string): string | undefined => arn.split(':')[7]

export const targetOf = (
  event: Pick<AsynchronousEvent, 'functionName' | 'invokedFunctionArn'>,
): EventTarget => ({
  functionName: event.functionName,
  qualifier: qualifierOf(event.invokedFunctionArn),
})

export function toItem(event: AsynchronousEvent, dueMs: number): NewItem {
  const meta: JsonObject = {
    arn: event.invokedFunctionArn,
    trace: event.traceId,
    door: event.door,
    cause: event.cause,
    failures: event.failures,
    setbacks: event.setbacks,
    ...(dueMs === event.acceptedMs ? {} : { due: dueMs }),
    last: event.lastResponse && { ...event.lastResponse },
  }
  return {
    queue: asynchronousQueueOf(targetOf(event)),
    id: event.requestId,
    body: event.payload,
    meta,
    enqueuedMs: event.acceptedMs,
    dueMs,
  }
}

/** What {@link toItem} wrote: the only writer of this shape. */
interface Meta {
  readonly arn: string
  readonly trace: string
  readonly door: string
  readonly cause?: string
  readonly failures: number
  readonly setbacks: number
  /** When it was to run; a claim moves the item's own due time. Absent: when it was accepted. */
  readonly due?: number
  readonly last?: LastResponse
}

export function fromItem(
  item: Pick<NewItem, 'queue' | 'id' | 'body' | 'meta' | 'enqueuedMs'>,
): AsynchronousEvent {
  const meta = item.meta as unknown as Meta
  return {
    functionName: targetOfQueue(item.queue).functionName,
    requestId: item.id,
    payload: item.body,
    invokedFunctionArn: meta.arn,
    traceId: meta.trace,
    door: meta.door,
    cause: meta.cause,
    acceptedMs: item.enqueuedMs,
    failures: meta.failures,
    setbacks: meta.setbacks,
    lastResponse: meta.last,
  }
}

/** When an event that has been claimed was to run. */
export const dueMsOf = (item: QueueItem): number => (item.meta as unknown as Meta).due ?? item.enqueuedMs
