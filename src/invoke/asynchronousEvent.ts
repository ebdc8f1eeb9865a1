import type { NewItem, QueueItem } from '../store/index.ts'
import type { JsonObject } from '../system/index.ts'
import type { LastResponse } from './invocationRecord.ts'

/** An asynchronous event as it lies in its function's queue. */
export interface AsynchronousEvent {
  readonly functionName: string
  readonly requestId: string
  readonly payload: Uint8Array
  readonly invokedFunctionArn: string
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

const PREFIX = 'async/'

/** Each function has a queue of its own: one function's backlog never delays another's events. */
export const asynchronousQueueOf = (functionName: string): string => PREFIX + functionName
export const ASYNCHRONOUS_QUEUES = PREFIX
export const functionOfQueue = (queue: string): string => queue.slice(PREFIX.length)

export function toItem(event: AsynchronousEvent, dueMs: number): NewItem {
  const meta: JsonObject = {
    arn: event.invokedFunctionArn,
    trace: event.traceId,
    door: event.door,
    cause: event.cause,
    failures: event.failures,
    setbacks: event.setbacks,
    last: event.lastResponse && { ...event.lastResponse },
  }
  return {
    queue: asynchronousQueueOf(event.functionName),
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
  readonly last?: LastResponse
}

export function fromItem(item: QueueItem): AsynchronousEvent {
  const meta = item.meta as unknown as Meta
  return {
    functionName: functionOfQueue(item.queue),
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
