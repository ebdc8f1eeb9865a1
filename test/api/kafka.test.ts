import {
  CreateEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import kafkajs from 'kafkajs'
import type { App } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { createKafkaReader } from '../../src/api/brokers/kafkaReader.ts'
import { brokerSources, type KafkaConfig } from '../../src/sources/index.ts'
import { type BrokerHandler, createBrokerWorld } from '../mappings/brokerWorld.ts'
import { fails } from '../mappings/mappingWorld.ts'
import { type FakeKafka, startFakeKafka } from '../tools/fakeKafka.ts'
import { startProject } from '../tools/project.ts'

const { kafka } = brokerSources

async function fake(partitions?: number): Promise<FakeKafka> {
  const server = await startFakeKafka(partitions)
  onTestFinished(() => server.stop())
  return server
}

function read(server: FakeKafka, handler: BrokerHandler = () => {}, config: Partial<KafkaConfig> = {}) {
  const world = createBrokerWorld('live')
  const bootstrapServers = [server.server]
  const settings = kafka.settings({ topic: 'orders', bootstrapServers, maximumBatchingWindow: 0, ...config })
  const connection = { source: 'kafka', servers: bootstrapServers } as const
  const reader = createKafkaReader(kafkajs, connection, settings, 'own-group', world)
  const mapping = world.mapping(kafka, settings, reader, handler)
  return { ...world, mapping, values: () => world.calls.map(({ event }) => valuesIn(event)) }
}

test('records reach the function as AWS sends them, and their offsets are committed', async () => {
  const server = await fake()
  server.append(0, {
    key: 'key',
    value: 'value',
    headers: [['header', 'h\u00e9']],
    timestampMs: 1_763_980_000_123,
  })
  const { called, calls, mapping } = read(server)
  await called(1)
  await mapping.stop()
  expect(calls[0]?.event).toEqual({
    eventSource: 'SelfManagedKafka',
    bootstrapServers: server.server,
    records: {
      'orders-0': [
        {
          topic: 'orders',
          partition: 0,
          offset: 0,
          timestamp: 1_763_980_000_123,
          timestampType: 'CREATE_TIME',
          key: Buffer.from('key').toString('base64'),
          value: Buffer.from('value').toString('base64'),
          headers: [{ header: [104, -61, -87] }],
        },
      ],
    },
  })
  expect(server.committed('own-group', 0)).toBe(1)
})

test('a group goes on where it has committed', async () => {
  const server = await fake()
  server.append(0, { value: 'a' })
  const first = read(server)
  await first.called(1)
  await first.mapping.stop()
  server.append(0, { value: 'b' })
  const second = read(server)
  await second.called(1)
  await second.mapping.stop()
  expect(second.values()).toEqual([['b']])
})

test('a batch that fails comes again with the same records, and nothing overtakes it', async () => {
  const server = await fake()
  server.append(0, { value: 'a' }, { value: 'b' }, { value: 'c' })
  let runs = 0
  const { called, values, mapping } = read(server, () => (++runs === 1 ? fails : undefined), { batchSize: 2 })
  await called(3)
  await mapping.stop()
  expect(values()).toEqual([['a', 'b'], ['a', 'b'], ['c']])
  expect(server.committed('own-group', 0)).toBe(3)
})

test('partitions are worked on side by side: one that fails holds up no other', async () => {
  const server = await fake(2)
  server.append(0, { value: 'bad' })
  const { called, values, mapping } = read(server, ({ event }) =>
    valuesIn(event).includes('bad') ? fails : undefined,
  )
  await called(1)
  server.append(1, { value: 'good' })
  await called(2)
  await mapping.stop()
  expect(values().slice(0, 2)).toEqual([['bad'], ['good']])
  expect(server.committed('own-group', 0)).toBeUndefined()
  expect(server.committed('own-group', 1)).toBe(1)
})

test('LATEST begins with what comes, also when it comes while nothing runs', async () => {
  const server = await fake()
  server.append(0, { value: 'old' })
  const { mapping } = read(server, undefined, { startingPosition: 'LATEST' })
  await server.someCommit
  await mapping.stop()
  server.append(0, { value: 'new' })
  const second = read(server, undefined, { startingPosition: 'LATEST' })
  await second.called(1)
  await second.mapping.stop()
  expect(second.values()).toEqual([['new']])
})

test('AT_TIMESTAMP begins with the first record of that time', async () => {
  const server = await fake()
  server.append(0, { value: 'old', timestampMs: 1_000 }, { value: 'new', timestampMs: 3_000 })
  const { called, values, mapping } = read(server, undefined, {
    startingPosition: 'AT_TIMESTAMP',
    startingPositionTimestamp: 2,
  })
  await called(1)
  await mapping.stop()
  expect(values()).toEqual([['new']])
})

test('records that are not for the function are done without it', async () => {
  const server = await fake()
  server.append(0, { value: '{"kind":"old"}' }, { value: 'no JSON' }, { value: '{"kind":"new"}' })
  const { called, values, mapping } = read(server, undefined, {
    filterPatterns: [{ value: { kind: ['new'] } }],
  })
  await called(1)
  await mapping.stop()
  // What is no JSON is not judged by a pattern for JSON, but let through.
  expect(values()).toEqual([['no JSON', '{"kind":"new"}']])
  expect(server.committed('own-group', 0)).toBe(3)
})

test('a change in the group while a batch is with the function leads to no second run', async () => {
  const server = await fake()
  server.append(0, { value: 'a' })
  const { called, values, mapping } = read(server, async () => {
    if (values().length > 1) return
    const joined = server.someJoin()
    server.rebalance()
    await joined
    server.append(0, { value: 'b' })
  })
  await called(2)
  await mapping.stop()
  expect(values()).toEqual([['a'], ['b']])
  expect(server.committed('own-group', 0)).toBe(2)
})

test('a connection that is lost is told once, and nothing is lost', async () => {
  const server = await fake()
  const { called, values, mapping, warned, logged, clock } = read(server)
  server.append(0, { value: 'a' })
  await called(1)
  await server.stop()
  await warned
  expect(logged[0]).toContain('the topic cannot be read')
  await clock.advance(1_000)
  await mapping.stop()
  expect(values()).toEqual([['a']])
})

test('a topic that is not there is told by name', async () => {
  const server = await fake()
  const { mapping, warned } = read(server, undefined, { topic: 'nowhere' })
  await warned
  expect(mapping.problem).toContain('This server does not host this topic-partition')
})

const valuesIn = (event: object): string[] =>
  Object.values((event as { records: Record<string, { value: string }[]> }).records)
    .flat()
    .map(({ value }) => Buffer.from(value, 'base64').toString())

const project = (servers: string, more = ''): Record<string, string> => ({
  'lambda.yml': `functions: { worker: { handler: worker.handler${more} } }\nendpoints: { kafka: '${servers}' }\n`,
  'worker.js': 'exports.handler = async (event) => console.log(JSON.stringify(event))',
})

/** What the handler has logged, once there are so many lines. */
const eventsOf = (app: App, count: number): Promise<object[]> =>
  new Promise((resolve) => {
    const look = (): void => {
      const events = app.ledger
        .latest()
        .flatMap((entry) =>
          entry.kind === 'logLine' && entry.text.includes('\tINFO\t')
            ? [JSON.parse(entry.text.split('\t').at(-1) ?? '') as object]
            : [],
        )
      if (events.length < count) return
      end()
      resolve(events)
    }
    const end = app.ledger.subscribe(look)
    look()
  })

test('`events: kafka` of lambda.yml runs the function, and moves on when its broker moves', async () => {
  const first = await fake()
  const second = await fake()
  first.append(0, { value: 'a' })
  second.append(0, { value: 'b' })
  const events = (server: FakeKafka): string =>
    `, events: [{ kafka: { topic: orders, maximumBatchingWindow: 0, bootstrapServers: ['${server.server}'] } }]`
  const app = await startProject(project(first.server, events(first)), { clock: 'live', watch: true })
  expect((await eventsOf(app, 1)).map(valuesIn)).toEqual([['a']])
  app.project.write('lambda.yml', project(first.server, events(second))['lambda.yml'] ?? '')
  expect((await eventsOf(app, 2)).map(valuesIn)).toEqual([['a'], ['b']])
  await app.stop()
})

test('a mapping of the Lambda API on Amazon MSK reads the Kafka that `endpoints` name', async () => {
  const server = await fake()
  server.append(0, { value: 'a' })
  const app = await startProject(project(server.server))
  const client = new LambdaClient({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  onTestFinished(() => client.destroy())
  const arn = 'arn:aws:kafka:us-east-1:000000000000:cluster/shop/abcd-1234'
  const { UUID } = await client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'worker',
      EventSourceArn: arn,
      Topics: ['orders'],
      StartingPosition: 'TRIM_HORIZON',
      MaximumBatchingWindowInSeconds: 0,
    }),
  )
  const [event] = await eventsOf(app, 1)
  expect(event).toMatchObject({
    eventSource: 'aws:kafka',
    eventSourceArn: arn,
    bootstrapServers: server.server,
    records: { 'orders-0': [{ offset: 0 }] },
  })
  await app.settle()
  await server.someCommit
  expect(server.committed(UUID ?? '', 0)).toBe(1)
  expect(await client.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
    State: 'Enabled',
    LastProcessingResult: 'OK',
  })
})
