import type { Clock } from '../system/index.ts'
import { type AsynchronousEvent, toItem } from './asynchronousEvent.ts'
import type { AsynchronousSettings } from './asynchronousSettings.ts'
import { concludeEvent, type Conclusion, type ConclusionDependencies } from './concludeEvent.ts'
import { decideAsync } from './decideAsync.ts'
import type { LastResponse } from './invocationRecord.ts'
import type { Outcome } from './outcome.ts'
import type { Invocation } from './runInvocation.ts'

export interface AttemptDependencies extends ConclusionDependencies {
  readonly clock: Clock
  readonly run: (invocation: Invocation) => Promise<Outcome>
}

/** Why an event is given up without an attempt, or `undefined` when it may run. */
export function refusalOf(
  event: AsynchronousEvent,
  settings: AsynchronousSettings,
  nowMs: number,
): 'ZeroReservedConcurrency' | 'EventAgeExceeded' | undefined {
  if (settings.reservedConcurrency === 0) return 'ZeroReservedConcurrency'
  return nowMs - event.acceptedMs >= settings.maximumEventAgeSeconds * 1_000 ? 'EventAgeExceeded' : undefined
}

/** Runs an event once, and answers what follows from how that ended. Nothing of it is durable yet. */
export async function attemptEvent(
  event: AsynchronousEvent,
  settings: AsynchronousSettings,
  on: AttemptDependencies,
): Promise<Conclusion> {
  const refusal = refusalOf(event, settings, on.clock.now())
  if (refusal) return concludeEvent(event, settings, refusal, on)
  const running = on.run({
    functionName: event.functionName,
    requestId: event.requestId,
    payload: event.payload,
    invokedFunctionArn: event.invokedFunctionArn,
    traceId: event.traceId,
    door: event.door,
    cause: event.cause,
    attempt: event.failures + 1,
  })
  const outcome = await running.catch((error: unknown): Outcome => ({
    kind: 'systemError',
    message: String(error),
  }))
  return follow(event, settings, outcome, on)
}

/** What follows from an outcome: the end of the event, or the event again at a later time. */
function follow(
  event: AsynchronousEvent,
  settings: AsynchronousSettings,
  outcome: Outcome,
  on: ConclusionDependencies,
): Conclusion {
  const { functionName, requestId } = event
  const decision = decideAsync({
    outcome: outcome.kind,
    failures: event.failures,
    setbacks: event.setbacks,
    ageMs: on.clock.now() - event.acceptedMs,
    maximumRetryAttempts: settings.maximumRetryAttempts,
    maximumEventAgeMs: settings.maximumEventAgeSeconds * 1_000,
  })
  const lastResponse = lastResponseOf(outcome)
  const after = lastResponse ? { ...event, lastResponse, failures: event.failures + 1 } : event
  switch (decision.kind) {
    case 'done':
      return concludeEvent(after, settings, 'Success', on)
    case 'giveUp':
      return concludeEvent(after, settings, decision.condition, on)
    case 'retry': {
      const { failures, setbacks, inMs } = decision
      const dueMs = on.clock.now() + inMs
      if (outcome.kind === 'success' || outcome.kind === 'recursionStopped')
        throw new Error(`${outcome.kind} is never retried`)
      return {
        effects: [{ kind: 'put', item: toItem({ ...after, failures, setbacks }, dueMs) }],
        facts: [
          {
            kind: 'retryScheduled',
            functionName,
            requestId,
            dueMs,
            why: outcome.kind,
            ...(outcome.kind === 'functionError' && { mostRetries: settings.maximumRetryAttempts }),
          },
        ],
        committed: [],
      }
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
