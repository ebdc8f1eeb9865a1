import { expect, test } from 'vitest'
import {
  brokerSources,
  type KafkaConfig,
  type KafkaMessage,
  type RabbitConfig,
} from '../../src/sources/index.ts'
import { type BrokerHandler, createBrokerWorld } from './brokerWorld.ts'
import { fakeBroker, kafkaRecord, kafkaRecords, rabbitMessages } from './fakeBroker.ts'
import { fails } from './mappingWorld.ts'

const { kafka, rabbitmq } = brokerSources
const laneOf = ({ topic, partition }: KafkaMessage): string => `${topic}-${partition}`

function kafkaWorld(config: Partial<KafkaConfig> = {}, handler: BrokerHandler = () => {}) {
  const world = createBrokerWorld()
  const reader = fakeBroker(world.clock, laneOf)
  const settings = kafka.settings({ topic: 'orders', bootstrapServers: ['127.0.0.1:9092'], ...config })
  const mapping = world.mapping(kafka, settings, reader, handler)
  const values = (): string[][] => world.calls.map(({ event }) => contentsOf(event, 'records', 'value'))
  const done = (): string[] => reader.acknowledged.map(({ value }) => String(value))
  return { ...world, reader, mapping, values, done }
}

function rabbitWorld(config: Partial<RabbitConfig> = {}, handler: BrokerHandler = () => {}) {
  const world = createBrokerWorld()
  const reader = fakeBroker(world.clock, () => '', true)
  const settings = rabbitmq.settings({ queue: 'orders', ...config })
  const mapping = world.mapping(rabbitmq, settings, reader, handler)
  const bodies = (): string[][] =>
    world.calls.map(({ event }) => contentsOf(event, 'rmqMessagesByQueue', 'data'))
  return { ...world, reader, mapping, bodies }
}

const provisioned = { provisionedPollerConfig: {} } as const
const failed = (offset: number, partition = 'orders-0'): string =>
  JSON.stringify({ batchItemFailures: [{ itemIdentifier: { partition, offset } }] })

test('the window opens with the first message, and is half a second unless it is set', async () => {
  const { reader, clock, values, calls } = kafkaWorld()
  await clock.advance(10_000)
  reader.put(...kafkaRecords(['a']))
  await clock.advance(499)
  expect(values()).toEqual([])
  reader.put(kafkaRecord('b', { offset: '1' }))
  await clock.advance(1)
  expect(values()).toEqual([['a', 'b']])
  expect(calls[0]?.atMs).toBe(10_500)
})

test('a batch that is full goes out before its window has passed', async () => {
  const { reader, idle, values } = kafkaWorld({ batchSize: 2, maximumBatchingWindow: 300 })
  reader.put(...kafkaRecords(['a', 'b', 'c']))
  await idle()
  expect(values()).toEqual([['a', 'b']])
})

test('an idle mapping has no timers', async () => {
  const { clock, idle } = kafkaWorld()
  await idle()
  expect(clock.timers()).toEqual([])
})

test('the event stays below six megabytes, and what did not fit comes next', async () => {
  const { reader, clock, calls, values } = kafkaWorld({ batchSize: 10 })
  const big = 'x'.repeat(2 * 1024 * 1024)
  reader.put(...kafkaRecords([big, big, big]))
  await clock.advance(1_000)
  expect(values().map((batch) => batch.length)).toEqual([2, 1])
  for (const { event } of calls) expect(JSON.stringify(event).length).toBeLessThanOrEqual(6 * 1024 * 1024)
})

test('several partitions share a batch; each has its own list', async () => {
  const { reader, clock, calls } = kafkaWorld()
  reader.put(...kafkaRecords(['a'], 0), ...kafkaRecords(['b'], 1))
  await clock.advance(500)
  expect(Object.keys(calls[0]?.event['records'] ?? {})).toEqual(['orders-0', 'orders-1'])
})

test('a partition has one batch at a time; others go on meanwhile', async () => {
  let end = (): void => {}
  const slow = new Promise<void>((resolve) => (end = resolve))
  const { reader, clock, values } = kafkaWorld({ maximumBatchingWindow: 0 }, ({ event }) =>
    contentsOf(event, 'records', 'value').includes('slow') ? slow : undefined,
  )
  reader.put(...kafkaRecords(['slow']))
  await clock.advance(1)
  reader.put(kafkaRecord('behind', { offset: '1' }), ...kafkaRecords(['other'], 1))
  await clock.advance(1)
  expect(values()).toEqual([['slow'], ['other']])
  end()
  await clock.advance(1)
  expect(values()).toEqual([['slow'], ['other'], ['behind']])
})

test('Kafka: a batch that fails is tried again, the same records, with growing pauses and without end', async () => {
  const { reader, clock, calls, values, done } = kafkaWorld({ maximumBatchingWindow: 0 }, () => fails)
  reader.put(...kafkaRecords(['a', 'b']))
  await clock.advance(200_000)
  expect(calls.slice(0, 5).map(({ atMs }) => atMs / 1_000)).toEqual([0, 1, 3, 7, 15])
  expect(new Set(values().map(String))).toEqual(new Set(['a,b']))
  expect(done()).toEqual([])
})

test('Kafka: in provisioned mode a batch is given up after its retries', async () => {
  const { reader, clock, calls, done, facts } = kafkaWorld(
    { ...provisioned, maximumBatchingWindow: 0, maximumRetryAttempts: 2 },
    () => fails,
  )
  reader.put(...kafkaRecords(['a', 'b']))
  await clock.advance(60_000)
  expect(calls).toHaveLength(3)
  expect(done()).toEqual(['a', 'b'])
  expect(facts).toContainEqual(expect.objectContaining({ kind: 'batchEnded', why: 'RetryAttemptsExhausted' }))
})

test('Kafka: records that have become too old are left out', async () => {
  const { reader, clock, values, done } = kafkaWorld(
    { ...provisioned, maximumBatchingWindow: 0, maximumRecordAgeInSeconds: 60 },
    () => fails,
  )
  reader.put(kafkaRecord('old'), kafkaRecord('new', { offset: '1', timestampMs: 1_700_000_030_000 }))
  await clock.advance(70_000)
  expect(values().at(0)).toEqual(['old', 'new'])
  expect(values().at(-1)).toEqual(['new'])
  expect(done()).toEqual(['old'])
})

test('Kafka: a failure that is named holds up what comes behind it in its partition, and nothing else', async () => {
  let runs = 0
  const { reader, clock, values, done } = kafkaWorld(
    { ...provisioned, maximumBatchingWindow: 0, functionResponseType: 'ReportBatchItemFailures' },
    () => (++runs === 1 ? failed(1) : undefined),
  )
  reader.put(...kafkaRecords(['a', 'b', 'c'], 0), ...kafkaRecords(['x'], 1))
  await clock.advance(1)
  expect(done()).toEqual(['a', 'x'])
  await clock.advance(1_000)
  expect(values()[1]).toEqual(['b', 'c'])
  expect(done()).toEqual(['a', 'x', 'b', 'c'])
})

test.each([
  ['a record that is not in the batch', failed(7)],
  ['another partition', failed(0, 'orders-9')],
  ['no position', JSON.stringify({ batchItemFailures: [{ itemIdentifier: 'orders-0' }] })],
  ['no list', JSON.stringify({ batchItemFailures: 1 })],
])('Kafka: a response that names %s fails the whole batch', async (_, response) => {
  const { reader, clock, done, values } = kafkaWorld(
    { ...provisioned, maximumBatchingWindow: 0, functionResponseType: 'ReportBatchItemFailures' },
    () => response,
  )
  reader.put(...kafkaRecords(['a', 'b']))
  await clock.advance(1_000)
  expect(values()).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
  expect(done()).toEqual([])
})

test('Kafka: a batch that fails is split in two, where that is wanted', async () => {
  const { reader, clock, values, done } = kafkaWorld(
    { ...provisioned, maximumBatchingWindow: 0, bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 },
    ({ event }) => (contentsOf(event, 'records', 'value').includes('bad') ? fails : undefined),
  )
  reader.put(...kafkaRecords(['a', 'bad', 'c', 'd']))
  await clock.advance(60_000)
  expect(values()).toEqual([['a', 'bad', 'c', 'd'], ['a', 'bad'], ['a'], ['bad'], ['c', 'd']])
  expect(done()).toEqual(['a', 'bad', 'c', 'd'])
})

test('Kafka: value and pattern of different kinds: only what is asked of the rest counts', async () => {
  const filterPatterns = [{ value: { kind: ['new'] }, partition: [{ numeric: ['=', 0] }] }]
  const { reader, clock, calls } = kafkaWorld({ filterPatterns })
  reader.put(
    kafkaRecord('{"kind":"new"}'),
    kafkaRecord('{"kind":"old"}', { offset: '1' }),
    kafkaRecord('plain', { offset: '2' }),
    kafkaRecord('', { offset: '3', value: Buffer.from([0xff, 0xfe]) }),
    kafkaRecord('plain', { partition: 1 }),
  )
  await clock.advance(500)
  const [records] = Object.values(calls[0]?.event['records'] as object) as [{ offset: number }[]]
  expect(records.map(({ offset }) => offset)).toEqual([0, 2, 3])
})

test('RabbitMQ: a batch that fails goes back, and comes again after growing pauses', async () => {
  let runs = 0
  const { reader, clock, calls, bodies, mapping } = rabbitWorld({ maximumBatchingWindow: 0 }, () =>
    ++runs <= 2 ? fails : undefined,
  )
  reader.put(...rabbitMessages(['a', 'b']))
  await clock.advance(500)
  expect(mapping.lastProcessingResult).toBe('PROBLEM: Function call failed')
  await clock.advance(10_000)
  expect(calls.map(({ atMs }) => atMs / 1_000)).toEqual([0, 1, 3])
  expect(bodies()[2]).toEqual(['a', 'b'])
  expect(reader.givenBack.every(({ tried }) => tried)).toBe(true)
  expect(reader.acknowledged).toHaveLength(2)
  expect(mapping.lastProcessingResult).toBe('OK')
})

test('RabbitMQ: data of another kind than its pattern does not match, and is acknowledged', async () => {
  const { reader, clock, bodies, facts } = rabbitWorld({ filterPatterns: [{ data: { kind: ['new'] } }] })
  reader.put(...rabbitMessages(['plain', '{"kind":"old"}', '{"kind":"new"}']))
  await clock.advance(500)
  expect(bodies()).toEqual([['{"kind":"new"}']])
  expect(reader.acknowledged).toHaveLength(3)
  expect(facts).toContainEqual(
    expect.objectContaining({ kind: 'messagesFiltered', queue: 'rabbitmq:orders' }),
  )
})

test('throttled: the same batch waits, and is not a failure', async () => {
  let runs = 0
  const { reader, clock, calls, mapping } = rabbitWorld({ maximumBatchingWindow: 0 }, () =>
    ++runs <= 2
      ? { kind: 'throttled', reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }
      : undefined,
  )
  reader.put(...rabbitMessages(['a']))
  await clock.advance(3_000)
  expect(calls.map(({ atMs }) => atMs / 1_000)).toEqual([0, 1, 3])
  expect(reader.givenBack).toEqual([])
  expect(mapping.figures.failedInvoke).toBe(0)
})

test('stopping gives back what no function has seen, and closes the connection', async () => {
  const { reader, idle, mapping, calls } = rabbitWorld({ maximumBatchingWindow: 300 })
  reader.put(...rabbitMessages(['a', 'b']))
  await idle()
  await mapping.stop()
  expect(calls).toEqual([])
  expect(reader.givenBack.map(({ tried }) => tried)).toEqual([false, false])
  expect(reader.isClosed).toBe(true)
})

test('stopping waits for the function, and acknowledges what it is done with', async () => {
  let end = (): void => {}
  const { reader, idle, mapping } = rabbitWorld(
    { maximumBatchingWindow: 0 },
    () => new Promise<void>((resolve) => (end = resolve)),
  )
  reader.put(...rabbitMessages(['a']))
  await idle()
  const stopped = mapping.stop()
  end()
  await stopped
  expect(reader.acknowledged).toHaveLength(1)
})

test('other settings hold from the next batch on, also for what was received', async () => {
  const { reader, idle, mapping, bodies } = rabbitWorld({ maximumBatchingWindow: 300 })
  reader.put(...rabbitMessages(['a', 'b']))
  await idle()
  await mapping.update({ ...mapping.settings, batchSize: 2 })
  await idle()
  expect(bodies()).toEqual([['a', 'b']])
})

test('disabled it rests with its connection closed, and enabled it goes on', async () => {
  const { reader, clock, mapping, bodies } = rabbitWorld({ maximumBatchingWindow: 0 })
  await mapping.update({ ...mapping.settings, isEnabled: false })
  expect(reader.isClosed).toBe(true)
  reader.put(...rabbitMessages(['a']))
  await clock.advance(60_000)
  expect(bodies()).toEqual([])
  await mapping.update({ ...mapping.settings, isEnabled: true })
  await clock.advance(1)
  expect(bodies()).toEqual([['a']])
})

test('a broker that cannot be read is told once, and tried again with growing pauses', async () => {
  const { reader, clock, mapping, logged, bodies } = rabbitWorld({ maximumBatchingWindow: 0 })
  reader.break(new Error('amqp://127.0.0.1:5672 cannot be reached'))
  await clock.advance(5_000)
  expect(logged).toEqual([
    expect.stringMatching(/^rabbitmq mapping of worker to orders: the queue cannot be/),
  ])
  expect(mapping.lastProcessingResult).toBe(
    'PROBLEM: Connection error. Please check your event source connection configuration.',
  )
  reader.break(undefined)
  reader.put(...rabbitMessages(['a']))
  await clock.advance(60_000)
  expect(mapping.problem).toBeUndefined()
  expect(logged).toHaveLength(2)
  expect(bodies()).toEqual([['a']])
})

/** The decoded contents of all messages of an event, list by list. */
function contentsOf(event: object, member: string, content: string): string[] {
  const lists = (event as Record<string, Record<string, Record<string, string>[]>>)[member] ?? {}
  return Object.values(lists)
    .flat()
    .map((record) => Buffer.from(record[content] ?? '', 'base64').toString())
}
