import { compareSpecs, loadSpec, type Spec } from '../spec/index.ts'
import { eventFragments } from '../sources/index.ts'
import { applySpec } from './applySpec.ts'
import { describeChanges, functionChanges } from './specChanges.ts'
import { durationMs } from './duration.ts'
import { withinGrace } from './grace.ts'
import { hasOwnUrl } from './functionUrlConfigs.ts'
import { invokeFromCode } from './invokeFromCode.ts'
import { putItemChange } from './putItemChange.ts'
import type { Runner } from './runner.ts'
import { type Pending, settle } from './settle.ts'
import { createSpies } from './spies/index.ts'
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

  /** Whoever reads a foreign queue does not read what is left here under its name. */
  const consumersOf = (queueName: string): string[] =>
    runner.foreignQueues ? [] : runner.mappings.consumersOf(queueName)

  const whyTheyWait = (functionName: string): string =>
    runner.functionNamed(functionName)
      ? ': no version or alias that they name'
      : `: no function ${functionName}`

  function pending(): Pending[] {
    const nowMs = clock.now()
    const events = runner.queue.waiting().map(({ functionName, events, nextDueMs }) => ({
      label: `${count(events, 'asynchronous event')} of ${functionName}${nextDueMs === Infinity ? whyTheyWait(functionName) : ''}`,
      dueMs: nextDueMs > nowMs ? nextDueMs : undefined,
    }))
    const messages = runner.sqs.queueNames().flatMap((name) => {
      const consumers = consumersOf(name)
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
    return [...events, ...messages, ...pendingRecords(), ...leaving()]
  }

  /** Records that mappings have read and are not done with. */
  function pendingRecords(): Pending[] {
    return runner.mappings.describe().flatMap(({ functionName, sourceName, positions }) =>
      positions
        .filter(({ buffered }) => buffered > 0)
        .map(({ shardId, buffered, dueMs }) => ({
          label: `${count(buffered, 'record')} in ${shardId} of stream ${sourceName} for ${functionName}`,
          dueMs: dueMs !== null && dueMs > clock.now() ? dueMs : undefined,
        })),
    )
  }

  /** What is on its way to foreign queues. */
  function leaving(): Pending[] {
    const { url = '', outbox } = runner.foreignQueues ?? {}
    const { messages = 0, nextDueMs = 0 } = outbox?.waiting() ?? {}
    if (messages === 0) return []
    const dueMs = nextDueMs > clock.now() ? nextDueMs : undefined
    return [{ label: `${count(messages, 'message')} for ${url}`, dueMs }]
  }

  const settleNow = (timeoutMs = DEFAULT_SETTLE_MS): Promise<void> =>
    settle({ ...runner, pending }, timeoutMs)
  const spies = createSpies(runner, () => settleNow())

  return {
    ...spies,
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
    settle: (settleOptions) => settleNow(settleOptions?.timeoutMs),
    putItemChange: (table, change) => putItemChange(runner, table, change),
    reload: (functionNames) => runner.functions.reload(functionNames),
    reloadSpec,
    async reset() {
      await runner.mappings.rest()
      const made = runner.registry.keptFunctions().map(({ name }) => name)
      await runner.store.clear()
      // What runs may still send, publish and invoke; that, and its own end, belong to what is emptied.
      await withinGrace(runner.activity.idle())
      await runner.store.clear()
      runner.sqs.reload()
      runner.sns.reload()
      runner.events.reload()
      runner.s3.reload()
      runner.kinesis.reload()
      runner.dynamodbStreams.reload()
      runner.registry.reload()
      runner.mappings.reload()
      await runner.published.forget()
      const gone = made.filter((name) => !runner.functionNamed(name))
      await Promise.all(gone.map((name) => runner.functions.remove(name)))
      await runner.code.sweep()
      runner.ledger.clear()
      runner.recorder.clear()
      runner.figures.clear()
      runner.healths.clear()
      await runner.history.clear()
      runner.logs.reload()
      await applySpec(runner, runner.spec(), { deploy: [], remove: [] }, listening.url)
    },
    status: () => ({
      url: listening.url,
      clock: { mode: clock.mode, nowMs: clock.now() },
      functions: runner.functionList().map((one) => ({
        name: one.name,
        arn: one.arn,
        runtime: one.runtime,
        handler: one.handler,
        url: hasOwnUrl(one, runner.registry) ? `${listening.url}/_url/${one.name}/` : null,
        environments: runner.functions.environments(one.name).length,
        waitingEvents:
          runner.queue.waiting().find(({ functionName }) => functionName === one.name)?.events ?? 0,
        figures: runner.figures.of(one.name),
      })),
      queues: runner.sqs.queueNames().map((name) => ({
        name,
        url: `${listening.url}/${runner.spec().accountId}/${name}`,
        ...runner.sqs.counts(name),
        consumers: consumersOf(name),
      })),
      topics: runner.sns.topics().map(({ name, arn }) => ({
        name,
        arn,
        subscribers: runner.sns
          .subscriptions()
          .flatMap((one) => (one.topicArn === arn ? [one.endpoint] : [])),
      })),
    }),
    stop,
  }
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
