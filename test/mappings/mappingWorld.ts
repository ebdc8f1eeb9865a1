import { onTestFinished } from 'vitest'
import { createConcurrencyGate, type Outcome } from '../../src/invoke/index.ts'
import { createQueueMapping, type QueueMapping } from '../../src/mappings/index.ts'
import type { RequestContext } from '../../src/services/operation.ts'
import { createSqsService, type ReceivedMessage } from '../../src/services/sqs/index.ts'
import { type QueueMappingSettings, queueSources, type SqsConfig } from '../../src/sources/index.ts'
import type { QueueReader } from '../../src/sources/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import {
  createActivity,
  createClock,
  createIds,
  createLedger,
  type LedgerFact,
} from '../../src/system/index.ts'

export const arnOf = (queue: string): string => `arn:aws:sqs:us-east-1:000000000000:${queue}`

/** One invocation that a mapping asked for. */
export interface Call {
  readonly functionName: string
  readonly requestId: string
  readonly records: readonly Record_[]
  readonly bodies: readonly string[]
  /** Since the world began. */
  readonly atMs: number
  readonly event: string
}

interface Record_ {
  readonly messageId: string
  readonly body: string
  readonly attributes: Readonly<Record<string, string>>
}

/** What a handler does: nothing is success, a string is its answer, an outcome is that. */
export type Handler = (call: Call) => Promise<Outcome | string | void> | Outcome | string | void

export const succeeds = (payload = 'null'): Outcome => ({
  kind: 'success',
  contentType: 'application/json',
  payload: Buffer.from(payload),
  executedVersion: '$LATEST',
  report: {} as never,
  log: { bytes: new Uint8Array() },
})
export const fails: Outcome = { ...succeeds(), kind: 'functionError', payload: Buffer.from('{}') } as Outcome

/** The answer that names failed messages. */
export const failing = (...messageIds: readonly string[]): string =>
  JSON.stringify({ batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })) })

export interface WorldOptions {
  /** Attributes of queues; `orders` is always there. */
  readonly queues?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Reserved concurrency by function. */
  readonly reserved?: Readonly<Record<string, number>>
}

/** Mappings on real queues in memory, with a clock that stands still and handlers that are plain functions. */
export async function createMappingWorld(options: WorldOptions = {}) {
  const store = createMemoryStore()
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs: 1_700_000_000_000, idle: activity.idle })
  const startMs = clock.now()
  const ids = createIds()
  const ledger = createLedger(() => clock.now())
  const facts: LedgerFact[] = []
  ledger.subscribe((entry) => facts.push(entry))
  const logged: string[] = []
  const note = (message: string): void => void logged.push(message)
  const log = { debug() {}, info: note, warn: note, error: note }
  const identity = { accountId: '000000000000', region: 'us-east-1' }
  const sqs = createSqsService({ store, clock, ids, identity, activity })
  const gate = createConcurrencyGate(() => ({
    account: 10_000,
    reserved: new Map(Object.entries(options.reserved ?? {})),
  }))
  const context = {
    cause: undefined,
    baseUrl: 'http://localhost',
    signal: new AbortController().signal,
    ...identity,
  }
  const call = (operation: string, input: object): Promise<unknown> =>
    Promise.resolve(sqs.service.operations[operation]?.(input as never, context as unknown as RequestContext))
  const calls: Call[] = []
  const running = new Map<string, number>()
  const most = new Map<string, number>()

  async function run(functionName: string, handler: Handler, event: Uint8Array, requestId: string) {
    const reason = gate.enter(functionName)
    if (reason) return { kind: 'throttled', reason } as const
    const text = Buffer.from(event).toString()
    const { Records: records } = JSON.parse(text) as { Records: Record_[] }
    const atMs = clock.now() - startMs
    const made = {
      functionName,
      requestId,
      records,
      bodies: records.map(({ body }) => body),
      atMs,
      event: text,
    }
    calls.push(made)
    const now = (running.get(functionName) ?? 0) + 1
    running.set(functionName, now)
    most.set(functionName, Math.max(now, most.get(functionName) ?? 0))
    try {
      const answer = (await handler(made)) ?? succeeds()
      return typeof answer === 'string' ? succeeds(answer) : answer
    } finally {
      running.set(functionName, (running.get(functionName) ?? 0) - 1)
      gate.leave(functionName)
    }
  }

  for (const [name, Attributes] of Object.entries({ orders: {}, ...options.queues }))
    await call('CreateQueue', {
      QueueName: name,
      Attributes: { ...(name.endsWith('.fifo') && { FifoQueue: 'true' }), ...Attributes },
    })

  return {
    clock,
    activity,
    sqs,
    store,
    gate,
    facts,
    logged,
    calls,
    call,
    settingsOf,
    /** Resolves once nothing goes on that the clock does not hold up. */
    idle: () => activity.idle(),
    mostRunning: (functionName = 'worker') => most.get(functionName) ?? 0,
    runningNow: (functionName = 'worker') => running.get(functionName) ?? 0,
    bodies: () => calls.map(({ bodies }) => bodies),
    left: (queue = 'orders') => sqs.peek(queue).map(({ body }) => body),
    countsOf: (queue = 'orders') => sqs.counts(queue),
    /** Resolves when the clock has moved by `ms`: for slow handlers. */
    after: (ms: number) =>
      new Promise<void>((resolve) => void clock.at(clock.now() + ms, 'slow handler', resolve)),
    async send(bodies: readonly string[], { queue = 'orders', group = '' } = {}): Promise<void> {
      for (let first = 0; first < bodies.length; first += 10) {
        const entries = bodies.slice(first, first + 10).map((MessageBody, index) => ({
          Id: String(index),
          MessageBody,
          ...(group !== '' && { MessageGroupId: group, MessageDeduplicationId: ids.uuid() }),
        }))
        await call('SendMessageBatch', { QueueUrl: queue, Entries: entries })
      }
    },
    mapping(
      config: Partial<SqsConfig>,
      handler: Handler = () => {},
      {
        functionName = 'worker',
        reader,
      }: { functionName?: string; reader?: QueueReader<ReceivedMessage> } = {},
    ): QueueMapping {
      const settings = settingsOf(config)
      const mapping = createQueueMapping<ReceivedMessage>({
        clock,
        ids,
        log,
        ledger,
        activity,
        region: 'us-east-1',
        functionName,
        settings,
        source: queueSources.sqs,
        reader: reader ?? sqs.queueReader(settings.queueArn.split(':').at(-1) ?? ''),
        invoke: (event, requestId) => run(functionName, handler, event, requestId),
        freePlaces: () => gate.free(functionName),
        onPlaceFreed: (listener) => gate.onFreed(listener),
      })
      mapping.start()
      onTestFinished(() => {
        clock.stop()
        void mapping.stop()
      })
      return mapping
    },
  }
}

const settingsOf = ({ queue = 'orders', ...config }: Partial<SqsConfig>): QueueMappingSettings =>
  queueSources.sqs.settings({ queue: arnOf(queue), ...config })

export const numbered = (count: number, prefix = ''): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)
