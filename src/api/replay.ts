import type { Outcome } from '../invoke/index.ts'
import { type LedgerEntry, stopwatchMs } from '../system/index.ts'
import { ControlError } from './controlError.ts'
import type { Past } from './past.ts'
import type { Runner } from './runner.ts'

export interface Replay {
  readonly functionName: string
  readonly requestId: string
  /** The invocation that was replayed. */
  readonly of: string
  readonly invocationType: 'RequestResponse' | 'Event'
  /** How it ended; absent for an event, which is in the queue now. */
  readonly outcome?: Outcome['kind']
  /** The function's answer, JSON text. */
  readonly payload?: string
  readonly durationMs?: number
}

type Acceptance = LedgerEntry & { kind: 'invocationAccepted' }
type ReplayRunner = Pick<
  Runner,
  'doors' | 'functionList' | 'functionNamed' | 'ids' | 'ledger' | 'queue' | 'registry'
>

/**
 * Invokes again what was invoked before: the same function, version or alias, kind of invocation and payload (or `event`, JSON text, in
 * its place), as a new event that is linked to the old one. Throws {@link ControlError} when that cannot be.
 */
export async function replay(runner: ReplayRunner, past: Past, id: string, event?: string): Promise<Replay> {
  const accepted = await past.acceptance(id)
  const { functionName, qualifier, requestId: of, invocationType, clientContext } = accepted
  const target = runner.functionNamed(functionName)
  if (!target) {
    const names = runner.functionList().map(({ name }) => name)
    throw new ControlError(
      404,
      `there is no function ${functionName} any more; there are: ${names.join(', ') || 'none'}`,
    )
  }
  if (qualifier !== undefined && !runner.registry.hasQualifier(functionName, qualifier))
    throw new ControlError(404, `${functionName} has no version or alias ${qualifier} any more`)
  const payload = event === undefined ? await payloadOf(runner, past, accepted) : Buffer.from(event)
  const requestId = runner.ids.uuid()
  const request = {
    functionName,
    requestId,
    payload,
    invokedFunctionArn: qualifier === undefined ? target.arn : `${target.arn}:${qualifier}`,
    door: 'replay',
    cause: of,
    ...(clientContext !== undefined && { clientContext }),
  }
  const facts = { functionName, requestId, of, invocationType }
  runner.ledger.write({ kind: 'replayed', functionName, requestId, of }, of)
  if (invocationType === 'Event') {
    await runner.doors.accept(request)
    return facts
  }
  const startedMs = stopwatchMs()
  const outcome = await runner.doors.run(request)
  return {
    ...facts,
    outcome: outcome.kind,
    durationMs: stopwatchMs() - startedMs,
    ...answerOf(outcome),
  }
}

/** What an invocation was given. Throws {@link ControlError} when that was not kept. */
export async function payloadOf(
  runner: Pick<Runner, 'queue'>,
  past: Past,
  { requestId, functionName, payloadKept, payloadBytes }: Acceptance,
): Promise<Uint8Array> {
  const payload =
    payloadKept === 'always'
      ? await past.payloadOf(requestId)
      : runner.queue.eventOf(functionName, requestId)?.payload
  if (payload) return payload
  const why =
    payloadKept === 'always'
      ? 'it is no longer in the history'
      : `of ${payloadBytes} bytes; one above 256 KB is kept only as long as its event is queued`
  throw new ControlError(
    409,
    `the payload of ${requestId} is not there any more (${why}): give one with \`event\``,
  )
}

function answerOf(outcome: Outcome): { payload?: string } {
  switch (outcome.kind) {
    case 'success':
    case 'functionError':
      return { payload: Buffer.from(outcome.payload).toString() }
    case 'throttled':
      return {
        payload: JSON.stringify({ errorType: 'TooManyRequestsException', errorMessage: outcome.reason }),
      }
    case 'recursionStopped':
      return {
        payload: JSON.stringify({
          errorType: 'RecursiveInvocationException',
          errorMessage: 'the function keeps coming back to itself',
        }),
      }
    case 'systemError':
      return { payload: JSON.stringify({ errorType: 'ServiceException', errorMessage: outcome.message }) }
  }
}
