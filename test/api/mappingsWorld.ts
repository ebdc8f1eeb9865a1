import { onTestFinished } from 'vitest'
import { createEventSourceMappings } from '../../src/api/eventSourceMappings.ts'
import { queueMappings } from '../../src/api/queueMappings.ts'
import { streamMappings, streamPositions, type StreamReaders } from '../../src/api/streamMappings.ts'
import type { Outcome } from '../../src/invoke/index.ts'
import { createKinesisService } from '../../src/services/kinesis/index.ts'
import {
  createMappingRegistry,
  type EventSourceMapping,
  type MappingSettings,
  type StreamSettings,
} from '../../src/services/lambda/index.ts'
import { createSqsService } from '../../src/services/sqs/index.ts'
import { createMemoryStore, type Store } from '../../src/store/index.ts'
import { createActivity, createClock, createIds, createLedger } from '../../src/system/index.ts'

const identity = { accountId: '000000000000', region: 'us-east-1' }
export const streamArn = (name: string): string => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`

export const streamSettings = (settings: Partial<StreamSettings> = {}): StreamSettings => ({
  kind: 'stream',
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
  metrics: ['EventCount'],
  isEnabled: true,
  ...settings,
})

/** One run of a function: which, as what, and the data of its records. */
export interface Run {
  readonly functionName: string
  readonly qualifier: string | null
  readonly data: readonly string[]
}

const succeeded: Outcome = {
  kind: 'success',
  contentType: 'application/json',
  payload: Buffer.from('null'),
  executedVersion: '$LATEST',
  report: {} as never,
  log: { bytes: new Uint8Array() },
}
const failed = { ...succeeded, kind: 'functionError' } as Outcome

/** Mappings over streams that are hosted here, with functions that only write down what they were given. */
export function createMappingsWorld({ store = createMemoryStore() }: { readonly store?: Store } = {}) {
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs: 1_700_000_000_000, idle: activity.idle })
  const ids = createIds()
  const logged: string[] = []
  const note = (message: string): void => void logged.push(message)
  const log = { debug() {}, info: note, warn: note, error: note }
  const ledger = createLedger(() => clock.now())
  const edges = { store, clock, ids, identity, activity }
  const kinesis = createKinesisService(edges)
  const sqs = createSqsService(edges)
  const functions = new Set(['worker', 'other'])
  const qualifiers = new Set(['live'])
  const runs: Run[] = []
  const state = { fails: false }
  const readers: StreamReaders = {
    kinesis: (arn) => kinesis.reader(arn.split('/')[1] ?? ''),
    dynamodb: () => {
      throw new Error('no table has a stream here')
    },
  }
  const registry = createMappingRegistry(store)
  const common = { clock, ids, log, ledger, activity, region: identity.region }
  const mappings = createEventSourceMappings({
    registry,
    clock,
    log,
    hasFunction: (name) => functions.has(name),
    hasQualifier: (_, qualifier) => qualifiers.has(qualifier),
    kinds: {
      queue: queueMappings({
        ...common,
        readerOf: (name) => sqs.queueReader(name),
        freePlaces: () => 1_000,
        onPlaceFreed: () => () => {},
        invoke: () => Promise.resolve(succeeded),
      }),
      stream: streamMappings({
        ...common,
        store,
        readers,
        roleArn: 'arn:aws:iam::000000000000:role/worker',
        functionArnOf: (name) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
        deliver: () => ({ kind: 'refused', reason: 'nobody is told here' }),
        onPlaceFreed: () => () => {},
        async invoke({ functionName, qualifier }, event) {
          const { Records } = JSON.parse(Buffer.from(event).toString()) as {
            Records: { kinesis: { data: string } }[]
          }
          const data = Records.map((one) => Buffer.from(one.kinesis.data, 'base64').toString())
          runs.push({ functionName, qualifier, data })
          return state.fails ? failed : succeeded
        },
      }),
    },
    positions: streamPositions({
      store,
      readers,
      stream: async (arn) => {
        const streamName = kinesis.streamOfArn(arn)
        return streamName === undefined ? undefined : { streamName }
      },
    }),
  })
  onTestFinished(async () => {
    clock.stop()
    await mappings.stop()
  })
  const declare = async (...declared: Partial<EventSourceMapping>[]): Promise<void> => {
    await mappings.declare(
      declared.map(({ settings = streamSettings(), ...target }) => ({
        functionName: 'worker',
        qualifier: null,
        eventSourceArn: streamArn('clicks'),
        ...target,
        settings,
      })),
      (name) => functions.has(name),
    )
    await activity.idle()
  }
  return {
    store,
    clock,
    activity,
    kinesis,
    functions,
    qualifiers,
    registry,
    mappings,
    runs,
    logged,
    state,
    declare,
    /** What all runs were given, in order. */
    data: () => runs.flatMap(({ data }) => data),
    async put(...data: readonly string[]) {
      for (const one of data) await kinesis.put('clicks', { partitionKey: 'a', data: Buffer.from(one) })
      await activity.idle()
    },
    /** As the API does it. */
    async create(mapping: Partial<EventSourceMapping> = {}): Promise<EventSourceMapping> {
      const whole: EventSourceMapping = {
        uuid: ids.uuid(),
        functionName: 'worker',
        qualifier: null,
        eventSourceArn: streamArn('clicks'),
        settings: streamSettings(),
        kmsKeyArn: null,
        tags: {},
        modifiedMs: clock.now(),
        ...mapping,
      }
      await mappings.begin(whole)
      await registry.keep(whole)
      await mappings.follow(whole.uuid)
      await activity.idle()
      return whole
    },
    async change(mapping: EventSourceMapping, settings: Partial<StreamSettings>) {
      const changed = { ...mapping, settings: { ...mapping.settings, ...settings } as MappingSettings }
      await registry.keep(changed)
      await mappings.follow(mapping.uuid)
      await activity.idle()
    },
    async remove(mapping: EventSourceMapping) {
      await registry.remove(mapping)
      await mappings.follow(mapping.uuid)
      await mappings.forget(mapping.uuid)
    },
  }
}
