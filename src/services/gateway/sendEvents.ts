import type { ServerResponse } from 'node:http'
import type { Work } from '../../system/index.ts'
import type { EventAnswer } from '../eventAnswer.ts'
import type { ServiceError } from '../operation.ts'
import {
  errorFrame,
  type EventCodec,
  eventFrame,
  eventStreamContentType,
  initialFrame,
} from '../protocol/eventStream.ts'

/** A response that is to carry events. */
export interface EventResponse {
  readonly response: ServerResponse
  readonly requestId: string
  readonly codec: EventCodec
  /** Instead of a first event. */
  readonly headers: readonly string[] | undefined
  /** Parked while the caller does not read. */
  readonly work: Work
  asServiceError(error: unknown): ServiceError
}

/**
 * Writes an answer's events as they come, no faster than the caller reads them. Resolves when there are no more, or when the
 * caller has hung up; never rejects.
 */
export async function sendEvents(to: EventResponse, { events, initial }: EventAnswer): Promise<void> {
  const { response, codec } = to
  begin(to, initial)
  try {
    for await (const { type, payload } of events) {
      if (response.destroyed) return
      if (!response.write(eventFrame(codec, type, payload))) await drained(to)
    }
  } catch (error) {
    const failure = to.asServiceError(error)
    if (!response.destroyed) response.write(errorFrame(codec, failure))
  }
  response.end()
}

function begin({ response, requestId, headers, codec }: EventResponse, initial: object): void {
  // A caller who has hung up already: the first event tells whoever makes them that nobody takes them.
  if (response.destroyed) return
  const own = ['Content-Type', eventStreamContentType, 'x-amzn-RequestId', requestId]
  response.writeHead(200, [...own, ...(headers ?? [])])
  if (headers) response.flushHeaders()
  else response.write(initialFrame(codec, initial))
}

function drained({ response, work }: EventResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve()
  work.park()
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go)
      work.unpark()
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}
