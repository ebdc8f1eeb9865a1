import type { Functions, ResponseHead, ResponseSink } from '../functions/index.ts'
import type { Activity, Ledger, Work } from '../system/index.ts'
import { qualifierOf } from './asynchronousEvent.ts'
import type { ConcurrencyGate } from './concurrencyGate.ts'
import { errorMessageOf, errorTypeOf } from './invocationRecord.ts'
import type { InvocationRates } from './invocationRates.ts'
import { lineageOf } from './lineage.ts'
import type { Outcome } from './outcome.ts'

/** One request to run a function. */
export interface Invocation {
  readonly functionName: string
  readonly requestId: string
  /** JSON text; empty means `{}`. */
  readonly payload: Uint8Array
  readonly invokedFunctionArn: string
  readonly traceId: string
  readonly clientContext?: string | undefined
  /** Which door it came through: `api`, `schedule`, `url`, `sqs`, `destination`. */
  readonly door: string
  /** The id of what led to it: an invocation, a message. */
  readonly cause: string | undefined
  /** Somebody waits for the answer; an event of the asynchronous queue has nobody. */
  readonly isSynchronous?: boolean | undefined
  /** 1 for the first run. */
  readonly attempt: number
  /** Takes the answer as it comes. */
  readonly response?: VersionedSink | undefined
}

/** Takes an answer as it comes, and is told which version gives it. */
export interface VersionedSink {
  begin(head: ResponseHead & { readonly executedVersion: string }): void
  write(chunk: Uint8Array): void | Promise<void>
}

const LATEST = '$LATEST'

/** So many times a function runs in one chain of events; the next time is a loop. AWS says "approximately 16". */
const MOST_IN_A_CHAIN = 16

export interface RunDependencies {
  readonly functions: Functions
  readonly gate: ConcurrencyGate
  /** Limits of how fast runs may follow each other; nearly always there are none. */
  readonly rates?: () => InvocationRates | undefined
  readonly activity: Activity
  readonly ledger: Ledger
  /** Told while a run is under way, so that a call its handler makes can be linked to it. */
  readonly running: Map<string, Work>
  /** Whether a function that runs in a loop is stopped (`Terminate`) or let go on. */
  readonly recursionOf: (functionName: string) => 'Terminate' | 'Allow'
  /** The version that a qualifier stands for at this moment, `undefined` when there is none. */
  readonly versionOf: (functionName: string, qualifier: string) => string | undefined
  /** Makes a published version ready to run, and answers the name of its deployment. */
  readonly ready: (functionName: string, version: string) => Promise<string>
}

/** Runs one invocation now, if concurrency allows it. The one way to a function, for every door. */
export async function runInvocation(invocation: Invocation, on: RunDependencies): Promise<Outcome> {
  const { functionName, requestId } = invocation
  const { traceId, before } = lineageOf(invocation.traceId, functionName)
  if (before >= MOST_IN_A_CHAIN && on.recursionOf(functionName) === 'Terminate') {
    on.ledger.write({ kind: 'recursionStopped', functionName, requestId, traceId }, invocation.cause)
    return { kind: 'recursionStopped' }
  }
  const qualifier = qualifierOf(invocation.invokedFunctionArn)
  const version = qualifier === undefined ? LATEST : on.versionOf(functionName, qualifier)
  if (version === undefined)
    return { kind: 'systemError', message: `${functionName} has no version or alias ${qualifier}` }
  const isProvisioned = on.gate.enterProvisioned(functionName, version)
  const leaveGate = (): void =>
    isProvisioned ? on.gate.leaveProvisioned(functionName, version) : on.gate.leave(functionName)
  const full = isProvisioned ? undefined : on.gate.enter(functionName)
  const rates = on.rates?.()
  const facts = { isSynchronous: invocation.isSynchronous ?? false, isProvisioned }
  const tooFast = full ? undefined : rates?.enter(functionName, facts)
  if (tooFast) leaveGate()
  const reason = full ?? tooFast
  if (reason) {
    on.ledger.write({ kind: 'invocationThrottled', functionName, requestId, reason }, invocation.cause)
    return { kind: 'throttled', reason }
  }
  const work = on.activity.begin(`invocation ${requestId} of ${functionName}`)
  on.running.set(requestId, work)
  try {
    const deployment = version === LATEST ? functionName : await on.ready(functionName, version)
    const result = await on.functions.run(deployment, {
      requestId,
      payload: invocation.payload,
      invokedFunctionArn: invocation.invokedFunctionArn,
      clientContext: invocation.clientContext,
      traceId,
      response: invocation.response && sinkFor(invocation.response, version),
      isProvisioned,
    })
    if (result.kind === 'systemError') {
      on.ledger.write({
        kind: 'invocationEnded',
        functionName,
        requestId,
        outcome: 'systemError',
        attempt: invocation.attempt,
        durationMs: 0,
        initMs: undefined,
        maxMemoryMegabytes: 0,
        errorType: 'ServiceException',
        errorMessage: result.message,
      })
      return result
    }
    const error = result.kind === 'functionError' ? Buffer.from(result.payload).toString() : undefined
    on.ledger.write({
      kind: 'invocationEnded',
      functionName,
      requestId,
      outcome: result.kind,
      attempt: invocation.attempt,
      durationMs: result.report.durationMs,
      initMs: result.report.initMs,
      maxMemoryMegabytes: result.report.maxMemoryMegabytes,
      errorType: error === undefined ? undefined : errorTypeOf(error),
      errorMessage: error === undefined ? undefined : errorMessageOf(error),
    })
    return { ...result, executedVersion: version }
  } finally {
    on.running.delete(requestId)
    rates?.leave(functionName, facts)
    leaveGate()
    work.end()
  }
}

const sinkFor = (sink: VersionedSink, executedVersion: string): ResponseSink => ({
  begin: (head) => sink.begin({ ...head, executedVersion }),
  write: (chunk) => sink.write(chunk),
})
