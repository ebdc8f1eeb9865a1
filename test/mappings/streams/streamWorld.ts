import { onTestFinished } from 'vitest'
import { sqsDeliverer } from '../../../src/api/deliverers.ts'
import { createConcurrencyGate, createDeliver, type Outcome } from '../../../src/invoke/index.ts'
import { createStreamMapping, type StreamMapping } from '../../../src/mappings/index.ts'
import type { KinesisRecord } from '../../../src/services/kinesis/record.ts'
import type { RequestContext } from '../../../src/services/operation.ts'
import { createS3Service } from '../../../src/services/s3/index.ts'
import { createSqsService } from '../../../src/services/sqs/index.ts'
import { type StreamMappingSettings, streamSources } from '../../../src/sources/index.ts'
import { createMemoryStore } from '../../../src/store/index.ts'
import {
  createActivity,
  createClock,
  createIds,
  createLedger,
  type JsonObject,
  type LedgerFact,
} from '../../../src/system/index.ts'
import { createMortality } from './mortal.ts'
import { createFakeStream, type FakeStream } from './fakeStream.ts'

export const STREAM_ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks'
export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:worker'
export const FAILURES_ARN = 'arn:aws:sqs:us-east-1:000000000000:failures'
export const UUID = '6d8bd7a7-2f0e-4a2e-9d1c-0c0f6f0b8a11'

/** One invocation that a mapping asked for. */
export interface Call {
  readonly requestId: string
  readonly cause: string | undefined
  /** The data of its records. */
  readonly data: readonly string[]
  readonly sequenceNumbers: readonly string[]
  readonly shards: readonly string[]
  /** Since the world began. */
  readonly atMs: number
  readonly event: Event_
  readonly text: string
}

interface Event_ {
  readonly Records: readonly {
    readonly kinesis: {
      readonly data: string
      readonly sequenceNumber: string
      readonly partitionKey: string
    }
    readonly eventID: string
  }[]
  readonly window?: { readonly start: string; readonly end: string }
  readonly state?: unknown
  readonly shardId?: string
  readonly isFinalInvokeForWindow?: boolean
  readonly isWindowTerminatedEarly?: boolean
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

/** The answer that names failed records. */
export const failing = (...sequenceNumbers: readonly (string | undefined)[]): string =>
  JSON.stringify({ batchItemFailures: sequenceNumbers.map((itemIdentifier) => ({ itemIdentifier })) })

export const settingsOf = (settings: Partial<StreamMappingSettings> = {}): StreamMappingSettings => ({
  streamArn: STREAM_ARN,
  startingPosition: 'TRIM_HORIZON',
  startingTimestampMs: null,
  batchSize: 100,
  windowMs: 0,
  parallelizationFactor: 1,
  maximumRetryAttempts: null,
  maximumRecordAgeMs: null,
  bisectsOnError: false,
  tumblingWindowMs: 0,
  onFailureArn: null,
  reportsItemFailures: false,
  filters: [],
  metrics: [],
  isEnabled: true,
  ...settings,
})

export interface WorldOptions {
  readonly shards?: number
  readonly retentionMs?: number
  readonly reserved?: number
}

/** Mappings on a fake stream, with a clock that stands still, a store in memory, and handlers that are plain functions. */
export async function createStreamWorld(options: WorldOptions = {}) {
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
  const s3 = createS3Service({
    store,
    clock,
    ids,
    identity,
    signals: { prepare: () => ({ effects: [], told: () => {} }) },
  })
  const stream: FakeStream = createFakeStream(clock, options)
  const gate = createConcurrencyGate(() => ({
    account: 10_000,
    reserved: new Map(options.reserved === undefined ? [] : [['worker', options.reserved]]),
  }))
  const context = {
    cause: undefined,
    baseUrl: 'http://localhost',
    signal: new AbortController().signal,
    ...identity,
  }
  const create = sqs.service.operations['CreateQueue']
  await Promise.resolve(create?.({ QueueName: 'failures' } as never, context as unknown as RequestContext))
  const calls: Call[] = []
  let life = createMortality()
  let running = 0
  let most = 0
  let refusals = 0

  async function run(handler: Handler, bytes: Uint8Array, requestId: string, cause: string | undefined) {
    const reason = gate.enter('worker')
    if (reason) {
      refusals++
      return { kind: 'throttled', reason } as const
    }
    const text = Buffer.from(bytes).toString()
    const event = JSON.parse(text) as Event_
    const call: Call = {
      requestId,
      cause,
      data: event.Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString()),
      sequenceNumbers: event.Records.map(({ kinesis }) => kinesis.sequenceNumber),
      shards: [...new Set(event.Records.map(({ eventID }) => eventID.split(':')[0] ?? ''))],
      atMs: clock.now() - startMs,
      event,
      text,
    }
    calls.push(call)
    most = Math.max(most, ++running)
    try {
      const answer = (await handler(call)) ?? succeeds()
      return typeof answer === 'string' ? succeeds(answer) : answer
    } finally {
      running--
      gate.leave('worker')
    }
  }

  const deliver = createDeliver({ sqs: sqsDeliverer(sqs), s3: s3.deliver })

  return {
    clock,
    activity,
    store,
    stream,
    facts,
    logged,
    calls,
    gate,
    s3,
    startMs,
    idle: () => activity.idle(),
    mostRunning: () => most,
    /** Invocations that found no free place. */
    refusals: () => refusals,
    runningNow: () => running,
    /** The data of each invocation's records. */
    data: () => calls.map(({ data }) => data),
    times: () => calls.map(({ atMs }) => atMs),
    /** What the queue of failures holds. */
    failures: () => sqs.peek('failures').map(({ body }) => JSON.parse(body) as JsonObject),
    /** Resolves when the clock has moved by `ms`: for slow handlers. */
    after: (ms: number) =>
      new Promise<void>((resolve) => void clock.at(clock.now() + ms, 'slow handler', resolve)),
    /** What all mappings so far are to the world after a crash: nothing. */
    crash(): void {
      life.die()
      life = createMortality()
    },
    /** A mapping that has begun and come to rest. */
    async mapping(
      settings: Partial<StreamMappingSettings> = {},
      handler: Handler = () => {},
      { uuid = UUID, isStarted = true } = {},
    ): Promise<StreamMapping> {
      const own = life
      const mapping = createStreamMapping<KinesisRecord>({
        clock: own.clock(clock),
        ids,
        log,
        ledger,
        activity: own.activity(activity),
        store: own.of(store),
        region: 'us-east-1',
        functionName: 'worker',
        functionArn: FUNCTION_ARN,
        roleArn: 'arn:aws:iam::000000000000:role/worker',
        uuid,
        settings: settingsOf(settings),
        source: streamSources.kinesis,
        reader: own.of(stream.reader),
        deliver,
        invoke: own.of({
          invoke: (event: Uint8Array, requestId: string, cause: string | undefined) =>
            run(handler, event, requestId, cause),
        }).invoke,
        onPlaceFreed: (listener) => gate.onFreed(listener),
      })
      onTestFinished(() => {
        clock.stop()
        void mapping.stop()
      })
      if (isStarted) mapping.start()
      await activity.idle()
      return mapping
    },
  }
}

export type StreamWorld = Awaited<ReturnType<typeof createStreamWorld>>

export const numbered = (count: number, prefix = ''): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)
