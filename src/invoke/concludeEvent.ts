import type { Deliver, Effect, MessageAttribute } from '../store/index.ts'
import type { Clock, LedgerFact } from '../system/index.ts'
import { type AsynchronousEvent, qualifierOf } from './asynchronousEvent.ts'
import type { AsynchronousSettings } from './asynchronousSettings.ts'
import { deliverOrRefuse } from './deliverOrRefuse.ts'
import { deadLetterAttributes, invocationRecord, type RecordCondition } from './invocationRecord.ts'
import { lineageOf } from './lineage.ts'

/** What follows from an attempt: it becomes durable in the transaction that removes the event, and is told then. */
export interface Conclusion {
  readonly effects: readonly Effect[]
  readonly facts: readonly LedgerFact[]
  /** Called once the effects are durable. */
  readonly committed: readonly (() => void)[]
}

export interface ConclusionDependencies {
  readonly clock: Clock
  readonly deliver: Deliver
}

/** The end of an event: what goes to its destination, and to its dead-letter queue when it was given up. */
export function concludeEvent(
  event: AsynchronousEvent,
  settings: AsynchronousSettings,
  condition: RecordCondition,
  on: ConclusionDependencies,
): Conclusion {
  const { functionName, requestId } = event
  const isSuccess = condition === 'Success'
  const sendings: Sending[] = []
  const destination = isSuccess ? settings.destinations.onSuccess : settings.destinations.onFailure
  if (destination !== null) {
    const record = invocationRecord({
      atMs: on.clock.now(),
      requestId,
      functionArn: qualified(event.invokedFunctionArn),
      condition,
      invokeCount: event.failures,
      requestPayload: Buffer.from(event.payload).toString(),
      lastResponse: event.lastResponse,
    })
    const role = isSuccess ? 'onSuccess' : 'onFailure'
    sendings.push(send(role, destination, Buffer.from(record), [], event, on))
  }
  if (!isSuccess && settings.deadLetterArn !== null) {
    const letter = event.payload.length === 0 ? Buffer.from('{}') : event.payload
    const attributes = deadLetterAttributes(requestId, condition, event.lastResponse)
    sendings.push(send('deadLetter', settings.deadLetterArn, letter, attributes, event, on))
  }
  return {
    effects: sendings.flatMap(({ effects }) => effects),
    facts: [
      ...(isSuccess ? [] : [{ kind: 'eventGivenUp', functionName, requestId, condition } as const]),
      ...sendings.map(({ fact }) => fact),
    ],
    committed: sendings.flatMap(({ committed }) => committed ?? []),
  }
}

/** A message about to leave, and what the ledger will say of it once it has. */
interface Sending {
  readonly effects: readonly Effect[]
  readonly fact: LedgerFact
  readonly committed?: (() => void) | undefined
}

function send(
  role: 'onSuccess' | 'onFailure' | 'deadLetter',
  arn: string,
  body: Uint8Array,
  attributes: readonly MessageAttribute[],
  event: AsynchronousEvent,
  on: ConclusionDependencies,
): Sending {
  const { functionName, requestId } = event
  const functionArn = qualified(event.invokedFunctionArn)
  const delivery = deliverOrRefuse(arn, on.deliver, {
    body,
    attributes,
    traceId: lineageOf(event.traceId, functionName).traceId,
    cause: requestId,
    ...(role !== 'deadLetter' && { record: { functionName, functionArn, isSuccess: role === 'onSuccess' } }),
  })
  return delivery.kind === 'refused'
    ? {
        effects: [],
        fact: { kind: 'deliveryFailed', functionName, requestId, role, arn, reason: delivery.reason },
      }
    : {
        effects: delivery.effects,
        fact: { kind: 'delivered', functionName, requestId, role, arn },
        committed: delivery.committed,
      }
}

/** Records always name the function with a qualifier. */
const qualified = (arn: string): string => (qualifierOf(arn) === undefined ? `${arn}:$LATEST` : arn)
