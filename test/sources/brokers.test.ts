import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventOf } from '../../src/mappings/brokers/brokerBatch.ts'
import {
  brokerSources,
  documentDbEvent,
  eventFragments,
  type BrokerMappingSettings,
  type BrokerSource,
} from '../../src/sources/index.ts'
import { dateText } from '../../src/sources/javaValues.ts'
import { loadSpec, SpecError } from '../../src/spec/index.ts'
import { kafkaRecord, rabbitMessages } from '../mappings/fakeBroker.ts'

const { kafka, msk, rabbitmq, activemq } = brokerSources

const golden = (file: string): object =>
  JSON.parse(readFileSync(new URL(`../events/${file}.json`, import.meta.url), 'utf8')) as object

/** The event of one message, as text: the order of the keys counts. */
function eventWith<Message>(
  source: Omit<BrokerSource<never, Message>, 'config' | 'examples' | 'settings'>,
  settings: BrokerMappingSettings,
  message: Message,
): string {
  const json = JSON.stringify(source.record(message))
  const entry = { message, id: '', lane: '', json, bytes: json.length }
  return Buffer.from(eventOf([entry], settings, source)).toString()
}

const record = kafkaRecord('value', {
  offset: '15',
  timestampMs: 1_763_980_000_123,
  key: Buffer.from('key'),
  headers: [['headerKey', Buffer.from('head')]],
})
const bootstrapServers = ['b-2.demo:9092', 'b-1.demo:9092']

test('the event of a Kafka of one’s own is the recorded one, key by key in its order', () => {
  const event = eventWith(kafka, kafka.settings({ topic: 'orders', bootstrapServers }), record)
  expect(event).toBe(JSON.stringify(golden('kafka/records')))
})

test('that of Amazon MSK names its cluster', () => {
  const arn = 'arn:aws:kafka:us-east-1:123456789012:cluster/vpc/abc-123'
  const event = eventWith(msk, msk.settings({ arn, topic: 'orders', bootstrapServers }), record)
  expect(event).toBe(JSON.stringify(golden('msk/records')))
})

test('bytes of Kafka headers have a sign; a record without key or value has no such member', () => {
  const bare = kafkaRecord('', { value: null, headers: [['h', Buffer.from([0, 127, 128, 255])]] })
  expect(kafka.record(bare)).toEqual({
    topic: 'orders',
    partition: 0,
    offset: 0,
    timestamp: 1_700_000_000_000,
    timestampType: 'CREATE_TIME',
    headers: [{ h: [0, 127, -128, -1] }],
  })
})

test('the event of RabbitMQ is the recorded one', () => {
  const arn = 'arn:aws:mq:us-east-1:123456789012:broker:r:b-456'
  const [plain] = rabbitMessages(['hello'])
  if (!plain) throw new Error('there is a message')
  const properties = {
    ...plain.properties,
    contentType: 'text/plain',
    headers: { h1: 'v1', n: 10 },
    deliveryMode: 1,
    priority: 34,
    expiration: '60000',
    timestampMs: 2_021_000,
    userId: 'AIDA',
  }
  const event = eventWith(rabbitmq, rabbitmq.settings({ arn, queue: 'q' }), {
    ...plain,
    queue: 'q',
    properties,
  })
  expect(event).toBe(JSON.stringify(golden('rabbitmq/messages')))
})

test('headers of RabbitMQ: texts as bytes, also within lists and tables; times as texts', () => {
  const [plain] = rabbitMessages(['hello'])
  if (!plain) throw new Error('there is a message')
  const headers = {
    list: ['a', 1],
    table: { table: { inner: 'a', none: null } },
    time: { timestampMs: 0 },
    flag: true,
    bytes: Buffer.from([255]),
  }
  expect(rabbitmq.record({ ...plain, properties: { ...plain.properties, headers } })).toMatchObject({
    basicProperties: {
      headers: {
        list: [{ bytes: [97] }, 1],
        table: { inner: { bytes: [97] }, none: null },
        time: 'Jan 1, 1970, 12:00:00 AM',
        flag: true,
        bytes: [-1],
      },
    },
  })
})

test.each([
  [0, 'Jan 1, 1970, 12:00:00 AM'],
  [2_021_000, 'Jan 1, 1970, 12:33:41 AM'],
  [Date.UTC(2026, 10, 23, 12, 5, 9), 'Nov 23, 2026, 12:05:09 PM'],
  [Date.UTC(2026, 11, 31, 23, 59, 59, 999), 'Dec 31, 2026, 11:59:59 PM'],
])('the time %i is %s', (ms, text) => {
  expect(dateText(ms)).toBe(text)
})

test('the event of ActiveMQ is the recorded one', () => {
  const arn = 'arn:aws:mq:us-east-1:123456789012:broker:b:b-123'
  const event = eventWith(activemq, activemq.settings({ arn, queue: 'q' }), {
    queue: 'q',
    messageId: 'ID:b-123-1',
    kind: 'text',
    isPersistent: false,
    replyTo: null,
    type: null,
    expiration: 60_000,
    priority: 1,
    correlationId: 'x',
    isRedelivered: false,
    body: Buffer.from('hello'),
    sentMs: 1_598_827_811_958,
    inMs: 1_598_827_811_958,
    outMs: 1_598_827_811_959,
    properties: {},
  })
  expect(event).toBe(JSON.stringify(golden('activemq/messages')))
})

test('the event of DocumentDB is the recorded one', () => {
  const change = {
    _id: { _data: '01' },
    clusterTime: { $timestamp: { t: 1_676_588_775, i: 9 } },
    documentKey: { _id: { $oid: '63ee' } },
    fullDocument: { a: 1 },
    ns: { db: 'd', coll: 'c' },
    operationType: 'insert',
  }
  const event = documentDbEvent('arn:aws:rds:us-east-1:123456789012:cluster:c', [change])
  expect(JSON.stringify(event)).toBe(JSON.stringify(golden('documentDb/changes')))
})

/** The spec of one function with one event. */
async function load(event: string, more = '') {
  const folder = mkdtempSync(path.join(tmpdir(), 'lambent-brokers-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(path.join(folder, 'worker.js'), 'exports.handler = () => {}')
  const file = path.join(folder, 'lambda.yml')
  writeFileSync(file, `functions: { worker: { handler: worker.handler, events: [${event}] } }\n${more}`)
  return loadSpec(file, { fragments: eventFragments, environment: {}, workingDirectory: folder })
}

/** The first complaint: place, message and hint. */
async function complaintAbout(event: string, more?: string): Promise<string> {
  const error = await load(event, more).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SpecError)) throw new Error('it was not refused', { cause: error })
  const [first] = error.problems
  return `${first?.line}:${first?.column} ${first?.message}; ${first?.hint}`
}

const examples = Object.values(brokerSources).flatMap(({ name, examples: ofOne }) =>
  ofOne.map((example) => [name, JSON.stringify(example)] as const),
)
test.each(examples)('%s takes %s', async (name, example) => {
  const { functions } = await load(`{ ${name}: ${example} }`)
  expect(functions[0]?.events).toMatchObject([{ source: name }])
})

test.each([
  ['{ rabbitmq: { queue: q } }', "endpoints: { rabbitmq: 'amqp://guest:guest@127.0.0.1:5672' }"],
  ['{ activemq: { queue: q } }', "endpoints: { activemq: 'amqps://127.0.0.1' }"],
  ['{ kafka: { topic: t } }', "endpoints: { kafka: '127.0.0.1:9092, 127.0.0.1:9093' }"],
])('%s is enough where the endpoints say the rest', async (event, endpoints) => {
  const { functions } = await load(event, endpoints)
  expect(functions[0]?.events).toHaveLength(1)
})

const SERVERS = "bootstrapServers: ['127.0.0.1:9092']"
const ENDPOINT = "endpoint: 'amqp://127.0.0.1'"
const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop'

test.each([
  ['{ rabbitmq: { queue: q } }', 'nothing says where the broker of this `rabbitmq` event is'],
  ['{ activemq: { queue: q } }', 'nothing says where the broker of this `activemq` event is'],
  ['{ kafka: { topic: t } }', 'nothing says where the broker of this `kafka` event is'],
  [
    "{ msk: { arn: 'arn:aws:kafka:us-east-1:000000000000:cluster/a/b', topic: t } }",
    'nothing says where the broker of this `msk` event is',
  ],
  [
    `{ rabbitmq: { queue: q, ${ENDPOINT}, basicAuthArn: '${SECRET}' } }`,
    'the secret of `basicAuthArn` cannot be read here',
  ],
  [
    `{ rabbitmq: { queue: q, ${ENDPOINT}, functionResponseType: ReportBatchItemFailures } }`,
    '`functionResponseType` is not supported',
  ],
  [`{ rabbitmq: { queue: q, endpoint: 'http://127.0.0.1' } }`, '`endpoint`'],
  [
    `{ rabbitmq: { queue: q, ${ENDPOINT}, filterPatterns: [{ data: {} }] } }`,
    'Invalid filter pattern definition.',
  ],
  [
    `{ kafka: { topic: t, ${SERVERS}, maximumRetryAttempts: 3 } }`,
    '`maximumRetryAttempts` is for provisioned mode only',
  ],
  [
    `{ kafka: { topic: t, ${SERVERS}, startingPosition: AT_TIMESTAMP } }`,
    '`AT_TIMESTAMP` needs `startingPositionTimestamp`',
  ],
  [
    `{ kafka: { topic: t, ${SERVERS}, startingPositionTimestamp: 1 } }`,
    '`startingPositionTimestamp` means something with `AT_TIMESTAMP` only',
  ],
  [
    `{ kafka: { topic: t, ${SERVERS}, maximumRecordAgeInSeconds: 5 } }`,
    'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
  ],
  [
    `{ kafka: { topic: t, ${SERVERS}, accessConfigurations: { saslPlainAuth: '${SECRET}' } } }`,
    'the secret of `saslPlainAuth` cannot be read here',
  ],
  [
    `{ kafka: { topic: t, ${SERVERS}, accessConfigurations: { vpcSubnet: subnet-1 } } }`,
    '`vpcSubnet` is not supported',
  ],
  [
    `{ kafka: { topic: t, ${SERVERS}, accessConfigurations: { serverRootCaCertificate: a } } }`,
    '`serverRootCaCertificate` is not supported',
  ],
  [
    `{ kafka: { topic: t, ${SERVERS}, schemaRegistryConfig: {} } }`,
    '`schemaRegistryConfig` is not supported',
  ],
  [`{ kafka: { topic: t, ${SERVERS}, destinations: { onFailure: a } } }`, '`destinations` is not supported'],
  [
    `{ kafka: { topic: t, ${SERVERS}, provisionedPollerConfig: { minimumPollers: 5, maximumPollers: 2 } } }`,
    '`minimumPollers` (5) is more than',
  ],
  [
    `{ rabbitmq: { queue: q, ${ENDPOINT} } }, { rabbitmq: { queue: q, ${ENDPOINT}, batchSize: 1 } }`,
    '`worker` reads this queue already',
  ],
  ['{ documentDb: { cluster: c } }', '`documentDb` events are not supported by this version'],
])('%s is refused: %s', async (event, message) => {
  const complaint = await complaintAbout(event)
  expect(complaint).toMatch(/^1:\d+ /)
  expect(complaint).toContain(message)
  expect(complaint).toMatch(/; .*expected/)
})

test.each([
  ['endpoints: { rabbitmq: aws }', '`rabbitmq`'],
  ['endpoints: { kafka: embedded }', '`kafka`'],
])('%s is refused by name', async (endpoints, name) => {
  expect(await complaintAbout('', endpoints)).toContain(name)
})
