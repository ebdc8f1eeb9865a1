import { onTestFinished } from 'vitest'
import type { AsynchronousEvent, AsynchronousSettings, Outcome } from '../../src/invoke/index.ts'
import { createAsynchronousQueue, createConcurrencyGate, createFigures } from '../../src/invoke/index.ts'
import type { Invocation } from '../../src/invoke/index.ts'
import { createMemoryStore, type Deliver, type Store } from '../../src/store/index.ts'
import { createActivity, createClock, createLedger, type LedgerFact } from '../../src/system/index.ts'

export const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

export const settings = (changes: Partial<AsynchronousSettings> = {}): AsynchronousSettings => ({
  reservedConcurrency: null,
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  deadLetterArn: null,
  destinations: { onSuccess: null, onFailure: null },
  ...changes,
})

export const succeeds: Outcome = {
  kind: 'success',
  contentType: 'application/json',
  payload: Buffer.from('"ok"'),
  executedVersion: '$LATEST',
  report: {} as never,
  log: { bytes: new Uint8Array() },
}
export const fails: Outcome = {
  ...succeeds,
  kind: 'functionError',
  payload: Buffer.from('{"errorType":"Error","errorMessage":"boom"}'),
}

export interface QueueWorldOptions {
  readonly functions: Record<string, AsynchronousSettings>
  readonly handler?: (invocation: Invocation) => Outcome | Promise<Outcome>
  readonly deliver?: Deliver
  readonly store?: Store
  readonly account?: number
}

/** The asynchronous queue with a clock that stands still, a store in memory and handlers that are plain functions. */
export async function createQueueWorld(options: QueueWorldOptions) {
  const functions = { ...options.functions }
  const store = options.store ?? createMemoryStore()
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs: 1_700_000_000_000, idle: activity.idle })
  const ledger = createLedger(() => clock.now())
  const facts: LedgerFact[] = []
  ledger.subscribe((entry) => facts.push(entry))
  const logged: string[] = []
  const log = (message: string): void => void logged.push(message)
  const figures = createFigures()
  ledger.subscribe(figures.count)
  const gate = createConcurrencyGate(() => ({
    account: options.account ?? 1_000,
    reserved: new Map(
      Object.entries(functions).flatMap(([name, { reservedConcurrency }]) =>
        reservedConcurrency === null ? [] : [[name, reservedConcurrency]],
      ),
    ),
  }))
  const runs: { functionName: string; requestId: string; atMs: number }[] = []
  const startMs = clock.now()

  async function run(invocation: Invocation): Promise<Outcome> {
    const { functionName, requestId } = invocation
    const reason = gate.enter(functionName)
    if (reason) {
      ledger.write({ kind: 'invocationThrottled', functionName, requestId, reason })
      return { kind: 'throttled', reason }
    }
    runs.push({ functionName, requestId, atMs: clock.now() - startMs })
    try {
      return (await options.handler?.(invocation)) ?? succeeds
    } finally {
      gate.leave(functionName)
    }
  }

  const queue = createAsynchronousQueue({
    store,
    clock,
    activity,
    ledger,
    log: { debug: log, info: log, warn: log, error: log },
    gate,
    run,
    deliver: options.deliver ?? (() => ({ kind: 'effects', effects: [] })),
    settingsOf: ({ functionName, qualifier }) =>
      functions[qualifier === undefined ? functionName : `${functionName}:${qualifier}`],
    eventStarted: figures.eventStarted,
  })
  await queue.start()
  onTestFinished(async () => {
    await queue.stop()
    clock.stop()
  })

  let accepted = 0
  const event = (name: string, changes: Partial<AsynchronousEvent> = {}): AsynchronousEvent => ({
    functionName: name.split(':')[0] ?? name,
    requestId: `event-${++accepted}`,
    payload: Buffer.from('{"id":1}'),
    invokedFunctionArn: arnOf(name),
    traceId: 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
    door: 'test',
    cause: undefined,
    acceptedMs: clock.now(),
    failures: 0,
    setbacks: 0,
    lastResponse: undefined,
    ...changes,
  })
  return { queue, store, clock, activity, gate, functions, facts, figures, logged, runs, event, startMs }
}

/** A promise and how to settle it. */
export function gateway(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}
