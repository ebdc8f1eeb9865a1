import { compareSpecs, loadSpec, type Spec } from '../spec/index.ts'
import { eventFragments } from '../sources/index.ts'
import type { SpiedMessage } from './types.ts'
import { applySpec } from './applySpec.ts'
import { describeChanges, functionChanges } from './specChanges.ts'
import { durationMs } from './duration.ts'
import { invokeFromCode } from './invokeFromCode.ts'
import type { Runner } from './runner.ts'
import { type Pending, settle } from './settle.ts'
import type { App, StartOptions } from './types.ts'

const DEFAULT_SETTLE_MS = 10_000

/** Loads the spec that the options name. */
export const loadSpecFor = (options: StartOptions): Promise<Spec> =>
  loadSpec(options.config ?? 'lambda.yml', {
    fragments: eventFragments,
    environment: options.environment ?? process.env,
  })

/** The application as code sees it: thin methods over the runner's parts. `stop` is the caller's business. */
export function createApp(
  runner: Runner,
  options: StartOptions,
  listening: { url: string; port: number },
  stop: () => Promise<void>,
): App {
  const { clock } = runner

  async function reloadSpec(): Promise<readonly string[]> {
    const next = await loadSpecFor(options)
    const difference = compareSpecs(runner.spec(), next)
    if (difference.restart.length > 0) {
      throw new Error(`${difference.restart.join(' and ')} cannot change while running: stop and start again`)
    }
    const changes = describeChanges(difference)
    if (changes.length === 0) return []
    await applySpec(runner, next, functionChanges(difference), listening.url)
    runner.ledger.write({ kind: 'specApplied', changes })
    return changes
  }

  function pending(): Pending[] {
    const nowMs = clock.now()
    const events = runner.queue.waiting().map(({ functionName, events, nextDueMs }) => ({
      label: `${count(events, 'asynchronous event')} of ${functionName}`,
      dueMs: nextDueMs > nowMs ? nextDueMs : undefined,
    }))
    const messages = runner.sqs.queueNames().flatMap((name) => {
      const consumers = runner.mappings.consumersOf(name)
      const nextDueMs = consumers.length > 0 ? runner.sqs.nextVisibleMs(name) : undefined
      if (nextDueMs === undefined) return []
      const { ready, inFlight, delayed } = runner.sqs.counts(name)
      return [
        {
          label: `${count(ready + inFlight + delayed, 'message')} in queue ${name} for ${consumers.join(', ')}`,
          dueMs: nextDueMs > nowMs ? nextDueMs : undefined,
        },
      ]
    })
    return [...events, ...messages]
  }

  return {
    url: listening.url,
    port: listening.port,
    spec: runner.spec,
    ledger: runner.ledger,
    clock: {
      mode: clock.mode,
      now: () => clock.now(),
      advance: (by) => clock.advance(durationMs(by)),
      advanceToNext: () => clock.advanceToNext(),
      timers: () => clock.timers().map(({ label, dueMs }) => ({ label, dueMs })),
    },
    invoke: (name, event, invokeOptions) => invokeFromCode(runner, name, event, invokeOptions ?? {}),
    settle: (settleOptions) => settle({ ...runner, pending }, settleOptions?.timeoutMs ?? DEFAULT_SETTLE_MS),
    queue(name) {
      if (!runner.sqs.queueExists(name)) {
        throw new Error(
          `there is no queue ${name}; there are: ${runner.sqs.queueNames().join(', ') || 'none'}`,
        )
      }
      return { messages: (): readonly SpiedMessage[] => runner.sqs.peek(name) }
    },
    reload: (functionNames) => runner.functions.reload(functionNames),
    reloadSpec,
    async reset() {
      await runner.mappings.set([])
      await runner.store.clear()
      runner.sqs.reload()
      runner.ledger.clear()
      await runner.history.clear()
      await applySpec(runner, runner.spec(), { deploy: [], remove: [] }, listening.url)
    },
    status: () => ({
      url: listening.url,
      clock: { mode: clock.mode, nowMs: clock.now() },
      functions: runner.spec().functions.map((one) => ({
        name: one.name,
        arn: one.arn,
        runtime: one.runtime,
        handler: one.handler,
        url: one.url ? `${listening.url}/_url/${one.name}/` : null,
        environments: runner.functions.environments(one.name).length,
        waitingEvents:
          runner.queue.waiting().find(({ functionName }) => functionName === one.name)?.events ?? 0,
      })),
      queues: runner.sqs.queueNames().map((name) => ({
        name,
        url: `${listening.url}/${runner.spec().accountId}/${name}`,
        ...runner.sqs.counts(name),
        consumers: runner.mappings.consumersOf(name),
      })),
    }),
    stop,
  }
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
