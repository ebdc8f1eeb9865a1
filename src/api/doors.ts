import {
  type AsynchronousEvent,
  type AsynchronousQueue,
  type Invocation,
  type Outcome,
  qualifierOf,
  type VersionedSink,
} from '../invoke/index.ts'
import { newTraceHeader } from '../services/lambda/index.ts'
import type { Telling } from '../services/signals.ts'
import { MOST_PAYLOAD_BYTES } from '../store/index.ts'
import type { Clock, Ids, Ledger } from '../system/index.ts'

/** What every door needs to say of an invocation; the rest is filled in. */
export interface DoorRequest {
  readonly functionName: string
  readonly requestId: string
  readonly payload: Uint8Array
  readonly invokedFunctionArn: string
  readonly door: string
  readonly cause?: string | undefined
  readonly traceId?: string | undefined
  readonly clientContext?: string | undefined
  /** Takes the answer as it comes. */
  readonly response?: VersionedSink | undefined
}

/** The two ways to ask for an invocation; the wire API, code, signals and mappings all come through here. */
export interface Doors {
  /** Runs now, and answers how it ended. */
  run(request: DoorRequest): Promise<Outcome>
  /** Resolves once the event is in the durable queue. */
  accept(request: DoorRequest): Promise<void>
  /** The same as a value: for the transaction of whoever asks. */
  prepare(request: DoorRequest): Telling
}

export interface DoorDependencies {
  readonly clock: Clock
  readonly ids: Ids
  readonly ledger: Ledger
  readonly run: (invocation: Invocation) => Promise<Outcome>
  readonly queue: () => AsynchronousQueue
  /** Whether invocations of the function are sampled when nobody decided otherwise. */
  readonly isTraced: (functionName: string) => boolean
}

/** Creates the doors. */
export function createDoors(on: DoorDependencies): Doors {
  function note(request: DoorRequest, invocationType: 'RequestResponse' | 'Event'): void {
    const { functionName, requestId, door, payload, clientContext } = request
    const qualifier = qualifierOf(request.invokedFunctionArn)
    const payloadBytes = payload.length
    const isSmall = payloadBytes <= MOST_PAYLOAD_BYTES
    const payloadKept = isSmall ? 'always' : invocationType === 'Event' ? 'whileQueued' : 'never'
    on.ledger.write(
      {
        kind: 'invocationAccepted',
        functionName,
        ...(qualifier !== undefined && { qualifier }),
        requestId,
        invocationType,
        door,
        payloadBytes,
        payloadKept,
        ...(clientContext !== undefined && { clientContext }),
      },
      request.cause,
      isSmall ? payload : undefined,
    )
  }

  const traceOf = ({ traceId, functionName }: DoorRequest): string =>
    traceId ?? newTraceHeader(on.clock, on.ids, on.isTraced(functionName))

  const eventOf = (request: DoorRequest): AsynchronousEvent => ({
    functionName: request.functionName,
    requestId: request.requestId,
    payload: request.payload,
    invokedFunctionArn: request.invokedFunctionArn,
    traceId: traceOf(request),
    door: request.door,
    cause: request.cause,
    acceptedMs: on.clock.now(),
    failures: 0,
    setbacks: 0,
    lastResponse: undefined,
  })

  return {
    run(request) {
      note(request, 'RequestResponse')
      return on.run({
        functionName: request.functionName,
        requestId: request.requestId,
        payload: request.payload,
        invokedFunctionArn: request.invokedFunctionArn,
        traceId: traceOf(request),
        door: request.door,
        cause: request.cause,
        isSynchronous: true,
        attempt: 1,
        clientContext: request.clientContext,
        response: request.response,
      })
    },
    async accept(request) {
      await on.queue().accept(eventOf(request))
      note(request, 'Event')
    },
    prepare: (request) => ({
      effects: [{ kind: 'put', item: on.queue().itemFor(eventOf(request)) }],
      told: () => note(request, 'Event'),
    }),
  }
}
