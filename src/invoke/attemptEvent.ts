import type { FunctionSpec } from '../spec/types.ts'
import type { ClaimedItem, Deliver, Effect, MessageAttribute, Store } from '../store/index.ts'
import { type Clock, type Ledger, type LedgerFact, parkedWhile, type Work } from '../system/index.ts'
import { type AsynchronousEvent, toItem } from './asynchronousEvent.ts'
import { decideAsync } from './decideAsync.ts'
import {
  deadLetterAttributes,
  invocationRecord,
  type LastResponse,
  type RecordCondition,
} from './invocationRecord.ts'
import type { Outcome } from './outcome.ts'
import type { Invocation } from './runInvocation.ts'

export interface AttemptDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly ledger: Ledger
  readonly deliver: Deliver
  readonly run: (invocation: Invocation) => Promise<Outcome>
}

/** One attempt, and what follows from it, in one transaction. */
export async function attempt(
  item: ClaimedItem,
  event: AsynchronousEvent,
  spec: FunctionSpec,
  work: Work,
  on: AttemptDependencies,
): Promise<void> {
  const { functionName, requestId } = event
  const maximumEventAgeMs = spec.maximumEventAgeSeconds * 1_000
  if (spec.reservedConcurrency === 0) return await giveUp(item, event, spec, 'ZeroReservedConcurrency', on)
  if (on.clock.now() - event.acceptedMs >= maximumEventAgeMs) {
    return await giveUp(item, event, spec, 'EventAgeExceeded', on)
  }
  const running = on.run({
    functionName,
    requestId,
    payload: event.payload,
    invokedFunctionArn: event.invokedFunctionArn,
    traceId: event.traceId,
    door: event.door,
    cause: event.cause,
    attempt: event.failures + 1,
  })
  const outcome = await parkedWhile(work, running)
  const decision = decideAsync({
    outcome: outcome.kind,
    failures: event.failures,
    setbacks: event.setbacks,
    ageMs: on.clock.now() - event.acceptedMs,
    maximumRetryAttempts: spec.maximumRetryAttempts,
    maximumEventAgeMs,
  })
  const after = { ...event, lastResponse: lastResponseOf(outcome) ?? event.lastResponse }
  switch (decision.kind) {
    case 'done':
      return await conclude(item, { ...after, failures: event.failures + 1 }, spec, 'Success', on)
    case 'giveUp':
      return await giveUp(
        item,
        outcome.kind === 'functionError' ? { ...after, failures: event.failures + 1 } : after,
        spec,
        decision.condition,
        on,
      )
    case 'retry': {
      const { failures, setbacks, inMs } = decision
      const dueMs = on.clock.now() + inMs
      const retry: Effect = { kind: 'put', item: toItem({ ...after, failures, setbacks }, dueMs) }
      if (outcome.kind === 'success') throw new Error('a success is never retried')
      await on.store.settle([item.token], [retry])
      on.ledger.write({ kind: 'retryScheduled', functionName, requestId, dueMs, why: outcome.kind })
    }
  }
}

const lastResponseOf = (outcome: Outcome): LastResponse | undefined =>
  outcome.kind === 'success' || outcome.kind === 'functionError'
    ? {
        executedVersion: outcome.executedVersion,
        isFunctionError: outcome.kind === 'functionError',
        payload: Buffer.from(outcome.payload).toString(),
      }
    : undefined

async function giveUp(
  item: ClaimedItem,
  event: AsynchronousEvent,
  spec: FunctionSpec,
  condition: RecordCondition,
  on: AttemptDependencies,
): Promise<void> {
  const { functionName, requestId } = event
  on.ledger.write({ kind: 'eventGivenUp', functionName, requestId, condition })
  await conclude(item, event, spec, condition, on)
}

/** Removes the event together with everything it leads to: a destination's record, a dead letter. */
async function conclude(
  item: ClaimedItem,
  event: AsynchronousEvent,
  spec: FunctionSpec,
  condition: RecordCondition,
  on: AttemptDependencies,
): Promise<void> {
  const isSuccess = condition === 'Success'
  const sendings: Sending[] = []
  const destination = isSuccess ? spec.destinations.onSuccess : spec.destinations.onFailure
  if (destination !== null) {
    const record = invocationRecord({
      atMs: on.clock.now(),
      requestId: event.requestId,
      functionArn: qualified(event.invokedFunctionArn),
      condition,
      invokeCount: event.failures,
      requestPayload: Buffer.from(event.payload).toString(),
      lastResponse: event.lastResponse,
    })
    sendings.push(send(isSuccess ? 'onSuccess' : 'onFailure', destination, record, [], event, on))
  }
  if (!isSuccess && spec.deadLetterArn !== null) {
    const attributes = deadLetterAttributes(event.requestId, condition, event.lastResponse)
    sendings.push(
      send(
        'deadLetter',
        spec.deadLetterArn,
        event.payload.length === 0 ? '{}' : event.payload,
        [
          { name: 'RequestID', type: 'String', value: attributes.RequestID },
          { name: 'ErrorCode', type: 'Number', value: attributes.ErrorCode },
          { name: 'ErrorMessage', type: 'String', value: attributes.ErrorMessage },
        ],
        event,
        on,
      ),
    )
  }
  await on.store.settle(
    [item.token],
    sendings.flatMap((sending) => sending.effects),
  )
  for (const { fact, committed } of sendings) {
    on.ledger.write(fact)
    committed?.()
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
  body: string | Uint8Array,
  attributes: readonly MessageAttribute[],
  event: AsynchronousEvent,
  on: AttemptDependencies,
): Sending {
  const { functionName, requestId } = event
  const functionArn = qualified(event.invokedFunctionArn)
  const delivery = on.deliver(arn, {
    body: typeof body === 'string' ? Buffer.from(body) : body,
    attributes,
    traceId: event.traceId,
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
const qualified = (arn: string): string => (arn.split(':').length > 7 ? arn : `${arn}:$LATEST`)
