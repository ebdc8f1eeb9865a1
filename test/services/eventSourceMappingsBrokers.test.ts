import {
  type CreateEventSourceMappingCommandInput,
  PublishVersionCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda'
import { describe, expect, test } from 'vitest'
import type { BrokerMapping } from '../../src/services/lambda/index.ts'
import {
  createLambda,
  failing,
  functionArn,
  invalid,
  mappingArn,
  PATH,
  queueArn,
  secret,
} from './mappingsWorld.ts'
import { accountId, region, startMs } from './world.ts'

type Input = Partial<CreateEventSourceMappingCommandInput>

const clusterArn = `arn:aws:kafka:${region}:${accountId}:cluster/shop/1`
const brokerArn = `arn:aws:mq:${region}:${accountId}:broker:shop:b-1`
const basic = { Type: 'BASIC_AUTH', URI: secret } as const
const servers = (...hosts: string[]): Input => ({
  SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: hosts } },
})

const msk = { EventSourceArn: clusterArn, Topics: ['orders'], StartingPosition: 'LATEST' } satisfies Input
const kafka = {
  EventSourceArn: undefined,
  ...servers('kafka:1000', 'kafka:2000'),
  SourceAccessConfigurations: [basic],
  Topics: ['topic'],
} satisfies Input
const mq = {
  EventSourceArn: brokerArn,
  Queues: ['jobs'],
  SourceAccessConfigurations: [basic],
} satisfies Input
const documents = {
  EventSourceArn: `arn:aws:rds:${region}:${accountId}:cluster:shop`,
  StartingPosition: 'LATEST',
  SourceAccessConfigurations: [basic],
  DocumentDBEventSourceConfig: {
    DatabaseName: 'shop',
    CollectionName: 'orders',
    FullDocument: 'UpdateLookup',
  },
} satisfies Input
const provisioned = { ProvisionedPollerConfig: { MinimumPollers: 1 } } satisfies Input

/** A host that has a broker for every mapping, or for none; it writes down which it was asked for. */
async function createBrokers({ isThere = true } = {}) {
  const asked: BrokerMapping[] = []
  const world = await createLambda({
    mappingHost: {
      broker(mapping) {
        asked.push(mapping)
        return Promise.resolve(isThere ? { url: 'kafka://127.0.0.1:9092' } : undefined)
      },
    },
  })
  const post = async (input: object): Promise<string> => {
    const response = await fetch(world.url + PATH, { method: 'POST', body: JSON.stringify(input) })
    return response.text()
  }
  return { ...world, post, asked }
}

describe('shapes', () => {
  const common = { FunctionName: 'orders' }
  const uuidIn = (text: string): string => (JSON.parse(text) as { UUID: string }).UUID
  const transient = { State: 'Creating', StateTransitionReason: 'USER_INITIATED' }

  test('a mapping of a Kafka cluster of one’s own shows what AWS shows, in its order, and nothing else', async () => {
    const { post } = await createBrokers()
    const text = await post({ ...common, ...kafka })
    const uuid = uuidIn(text)
    expect(text).toBe(
      JSON.stringify({
        UUID: uuid,
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: 100,
        FunctionArn: functionArn('orders'),
        LastModified: startMs / 1_000,
        LastProcessingResult: 'No records processed',
        ...transient,
        Topics: ['topic'],
        SourceAccessConfigurations: [basic],
        SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['kafka:1000', 'kafka:2000'] } },
        SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: uuid },
        EventSourceMappingArn: mappingArn(uuid),
      }),
    )
  })

  test('a mapping of MSK has the ARN of its cluster', async () => {
    const { post } = await createBrokers()
    const text = await post({ ...common, ...msk })
    const uuid = uuidIn(text)
    expect(JSON.parse(text)).toEqual({
      UUID: uuid,
      StartingPosition: 'LATEST',
      BatchSize: 100,
      EventSourceArn: clusterArn,
      FunctionArn: functionArn('orders'),
      LastModified: startMs / 1_000,
      LastProcessingResult: 'No records processed',
      ...transient,
      Topics: ['orders'],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: uuid },
      EventSourceMappingArn: mappingArn(uuid),
    })
  })

  test('a mapping of Amazon MQ has a queue', async () => {
    const { post } = await createBrokers()
    const SourceAccessConfigurations = [basic, { Type: 'VIRTUAL_HOST', URI: '/shop' }]
    const text = await post({ ...common, ...mq, SourceAccessConfigurations })
    const uuid = uuidIn(text)
    expect(JSON.parse(text)).toEqual({
      UUID: uuid,
      BatchSize: 100,
      EventSourceArn: brokerArn,
      FunctionArn: functionArn('orders'),
      LastModified: startMs / 1_000,
      LastProcessingResult: 'No records processed',
      ...transient,
      Queues: ['jobs'],
      SourceAccessConfigurations,
      EventSourceMappingArn: mappingArn(uuid),
    })
  })

  test('every parameter of Kafka comes back as it was set', async () => {
    const { create, update, get } = await createBrokers()
    const everything = {
      BatchSize: 10_000,
      MaximumBatchingWindowInSeconds: 300,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: new Date(startMs - 1_000),
      FilterCriteria: { Filters: [{ Pattern: '{"value":{"kind":["new"]}}' }] },
      MaximumRecordAgeInSeconds: 60,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 3,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MetricsConfig: { Metrics: ['EventCount'] },
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'shop' },
    } satisfies Input
    const created = await create({ ...kafka, ...everything, Enabled: false })
    expect(created).toMatchObject({ ...everything, State: 'Disabled', Topics: ['topic'] })
    expect(await get(created.UUID)).toEqual(created)

    const other = { Type: 'SASL_SCRAM_512_AUTH', URI: `${secret}2` } as const
    const updated = await update({
      UUID: created.UUID,
      BatchSize: 1,
      MaximumBatchingWindowInSeconds: 0,
      SourceAccessConfigurations: [other],
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'shop' },
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: -1,
      FunctionResponseTypes: [],
      ProvisionedPollerConfig: {},
    })
    expect(updated).toMatchObject({
      BatchSize: 1,
      MaximumBatchingWindowInSeconds: 0,
      SourceAccessConfigurations: [other],
      State: 'Updating',
    })
    for (const gone of ['MaximumRetryAttempts', 'ProvisionedPollerConfig', 'FunctionResponseTypes'])
      expect(updated).not.toHaveProperty(gone)
  })

  test('an update may name the group that the mapping has', async () => {
    const { create, update } = await createBrokers()
    const { UUID: uuid = '' } = await create(msk)
    const AmazonManagedKafkaEventSourceConfig = { ConsumerGroupId: uuid }
    expect(await update({ UUID: uuid, AmazonManagedKafkaEventSourceConfig })).toMatchObject({
      AmazonManagedKafkaEventSourceConfig,
    })
  })

  test('usual pollers are one at least and two hundred at most', async () => {
    const { create } = await createBrokers()
    expect(
      (await create({ ...msk, ProvisionedPollerConfig: { MaximumPollers: 5 } })).ProvisionedPollerConfig,
    ).toEqual({
      MinimumPollers: 1,
      MaximumPollers: 5,
    })
    expect((await create({ ...kafka, ...provisioned })).ProvisionedPollerConfig).toEqual({
      MinimumPollers: 1,
      MaximumPollers: 200,
    })
  })
})

test('who reads a broker is told all of it', async () => {
  const { create, asked } = await createBrokers()
  await create(kafka)
  await create({ ...mq, SourceAccessConfigurations: [basic, { Type: 'VIRTUAL_HOST', URI: '/shop' }] })
  expect(asked).toMatchObject([
    {
      functionName: 'orders',
      eventSourceArn: null,
      settings: {
        kind: 'broker',
        source: 'selfManagedKafka',
        bootstrapServers: ['kafka:1000', 'kafka:2000'],
        topics: ['topic'],
        queues: [],
        consumerGroupId: null,
        virtualHost: null,
        sourceAccess: [{ type: 'BASIC_AUTH', uri: secret }],
        startingPosition: 'TRIM_HORIZON',
        startingTimestampMs: null,
        batchSize: 100,
        windowMs: null,
        maximumRetryAttempts: null,
        maximumRecordAgeMs: null,
        provisionedPollers: null,
      },
    },
    {
      eventSourceArn: brokerArn,
      settings: { source: 'mq', queues: ['jobs'], topics: [], virtualHost: '/shop', startingPosition: null },
    },
  ])
})

describe('refusals', () => {
  const unsupported = (name: string): string =>
    `Unsupported ${name} parameter for given event source mapping type.`
  const missing = (name: string): string => `Required '${name}' parameter is missing.`
  const POSITION_MISSING =
    "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null."
  const onFailure = (Destination: string): Input => ({ DestinationConfig: { OnFailure: { Destination } } })
  const filtered = { FilterCriteria: { Filters: [{ Pattern: '{"a":["b"]}' }] } } satisfies Input

  test.each<[string, Input, string]>([
    [
      'Kafka without credentials',
      { ...kafka, SourceAccessConfigurations: undefined },
      missing('sourceAccessConfigurations'),
    ],
    ['Kafka without servers', { ...kafka, SelfManagedEventSource: {} }, missing('selfManagedEventSource')],
    ['Kafka without a topic', { ...kafka, Topics: undefined }, missing('topics')],
    ['Kafka with an ARN', { ...kafka, EventSourceArn: clusterArn }, unsupported('EventSourceArn')],
    ['Kafka with a queue', { ...kafka, Queues: ['q'] }, unsupported('Queues')],
    [
      "Kafka with MSK's group",
      { ...kafka, AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a' } },
      unsupported('AmazonManagedKafkaEventSourceConfig'),
    ],
    ['MSK without a position', { ...msk, StartingPosition: undefined }, POSITION_MISSING],
    ['MSK without a topic', { ...msk, Topics: undefined }, missing('topics')],
    ['MSK with windows', { ...msk, TumblingWindowInSeconds: 1 }, unsupported('TumblingWindowInSeconds')],
    ['MSK with shards', { ...msk, ParallelizationFactor: 1 }, unsupported('ParallelizationFactor')],
    ['MSK with a limit', { ...msk, ScalingConfig: { MaximumConcurrency: 2 } }, unsupported('ScalingConfig')],
    [
      'MSK with retries and no pollers',
      { ...msk, MaximumRetryAttempts: 1 },
      unsupported('MaximumRetryAttempts'),
    ],
    [
      'MSK with bisecting and no pollers',
      { ...msk, BisectBatchOnFunctionError: true },
      unsupported('BisectBatchOnFunctionError'),
    ],
    [
      'Kafka with partial answers and no pollers',
      { ...kafka, FunctionResponseTypes: ['ReportBatchItemFailures'] },
      unsupported('FunctionResponseTypes'),
    ],
    [
      'MSK with young records',
      { ...msk, MaximumRecordAgeInSeconds: 1 },
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    ],
    [
      'MSK with a FIFO destination',
      { ...msk, ...onFailure(queueArn('line.fifo')) },
      `The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=${queueArn('line.fifo')})) is invalid.`,
    ],
    ['MQ without a queue', { ...mq, Queues: undefined }, missing('queues')],
    [
      'MQ without credentials',
      { ...mq, SourceAccessConfigurations: undefined },
      missing('sourceAccessConfigurations'),
    ],
    ['MQ with a topic', { ...mq, Topics: ['orders'] }, unsupported('Topics')],
    ['MQ with a position', { ...mq, StartingPosition: 'LATEST' }, unsupported('StartingPosition')],
    ['MQ with retries', { ...mq, MaximumRetryAttempts: 1 }, unsupported('MaximumRetryAttempts')],
    ['MQ with an age', { ...mq, MaximumRecordAgeInSeconds: 60 }, unsupported('MaximumRecordAgeInSeconds')],
    ['MQ with a destination', { ...mq, ...onFailure(queueArn('jobs')) }, unsupported('DestinationConfig')],
    ['MQ with pollers', { ...mq, ...provisioned }, unsupported('ProvisionedPollerConfig')],
    [
      'MQ with partial answers',
      { ...mq, FunctionResponseTypes: ['ReportBatchItemFailures'] },
      unsupported('FunctionResponseTypes'),
    ],
    ['DocumentDB without a position', { ...documents, StartingPosition: undefined }, POSITION_MISSING],
    [
      'DocumentDB without a database',
      { ...documents, DocumentDBEventSourceConfig: {} },
      missing('documentDBEventSourceConfig'),
    ],
    [
      'DocumentDB without credentials',
      { ...documents, SourceAccessConfigurations: [] },
      missing('sourceAccessConfigurations'),
    ],
    ['DocumentDB with filters', { ...documents, ...filtered }, unsupported('FilterCriteria')],
    [
      'DocumentDB with a destination',
      { ...documents, ...onFailure(queueArn('jobs')) },
      unsupported('DestinationConfig'),
    ],
    ['a function that is not there', { ...msk, FunctionName: 'nobody' }, 'Function does not exist'],
    [
      "DocumentDB's function that is not there",
      { ...documents, FunctionName: 'nobody' },
      'Function does not exist',
    ],
    [
      'a filter that is no pattern',
      { ...mq, FilterCriteria: { Filters: [{ Pattern: 'null' }] } },
      'Invalid filter pattern definition.',
    ],
  ])('%s', async (_, input, message) => {
    const { create, list, asked } = await createBrokers()
    expect(await failing(create(input))).toEqual(invalid(message))
    expect([(await list()).EventSourceMappings, asked]).toEqual([[], []])
  })

  test.each<[string, Input, RegExp]>([
    [
      'a network of MSK',
      { ...msk, SourceAccessConfigurations: [{ Type: 'VPC_SUBNET', URI: 'subnet:s' }] },
      /VPC_SUBNET is not supported for Amazon MSK/,
    ],
    [
      'a certificate of MQ',
      { ...mq, SourceAccessConfigurations: [basic, { Type: 'SERVER_ROOT_CA_CERTIFICATE', URI: secret }] },
      /SERVER_ROOT_CA_CERTIFICATE is not supported for Amazon MQ/,
    ],
    [
      'figures of MQ',
      { ...mq, MetricsConfig: { Metrics: ['ErrorCount'] } },
      /ErrorCount is not supported for Amazon MQ/,
    ],
    [
      'more pollers than there may be',
      { ...msk, ProvisionedPollerConfig: { MinimumPollers: 5, MaximumPollers: 4 } },
      /MaximumPollers must be greater/,
    ],
    [
      'a group of pollers',
      { ...msk, ProvisionedPollerConfig: { MinimumPollers: 1, PollerGroupName: 'g' } },
      /PollerGroupName is not supported by this version/,
    ],
    [
      'a registry of schemas',
      { ...msk, AmazonManagedKafkaEventSourceConfig: { SchemaRegistryConfig: {} } },
      /SchemaRegistryConfig is not supported by this version/,
    ],
    [
      'a log level',
      { ...msk, LoggingConfig: { SystemLogLevel: 'INFO' } },
      /LoggingConfig is not supported by this version/,
    ],
    [
      'a topic for failures',
      { ...msk, ...onFailure('kafka://failed') },
      /DestinationConfig of Amazon MSK event sources is not supported by this version/,
    ],
    [
      'a queue for failures',
      { ...kafka, ...onFailure(queueArn('jobs')) },
      /DestinationConfig of self-managed Apache Kafka event sources is not supported by this version/,
    ],
    [
      'figures of Kafka',
      { ...kafka, MetricsConfig: { Metrics: ['EventCount', 'KafkaMetrics'] } },
      /KafkaMetrics is not supported for self-managed Apache Kafka event sources by this version/,
    ],
    [
      'DocumentDB',
      documents,
      /^Event source mappings of Amazon DocumentDB are not supported by this version\.$/,
    ],
  ])('%s, in words of our own', async (_, input, words) => {
    const { create } = await createBrokers()
    const [status, code, message] = await failing(create(input))
    expect([status, code]).toEqual([400, 'InvalidParameterValueException'])
    expect(message).toMatch(words)
  })

  test('a source that nobody told of is refused by name, with what to set', async () => {
    const { create } = await createBrokers({ isThere: false })
    const notHosted = (name: string, endpoint: string) =>
      invalid(
        `Event source mappings of ${name} are not supported without a broker to read: set ${endpoint} in lambda.yml.`,
      )
    expect(await failing(create(msk))).toEqual(notHosted('Amazon MSK', '`endpoints.kafka`'))
    expect(await failing(create(kafka))).toEqual(notHosted('self-managed Apache Kafka', '`endpoints.kafka`'))
    expect(await failing(create(mq))).toEqual(
      notHosted('Amazon MQ', '`endpoints.rabbitmq` or `endpoints.activemq`'),
    )
  })

  test.each<[Input, string]>([
    [
      { ...msk, Topics: ['orders', 'audits'] },
      "Value '[orders, audits]' at 'topics' failed to satisfy constraint: Member must have length less than or equal to 1",
    ],
    [
      { ...msk, Topics: [] },
      "Value '[]' at 'topics' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      { ...msk, Topics: ['t'.repeat(250)] },
      `Value '${'t'.repeat(250)}' at 'topics.1.member' failed to satisfy constraint: Member must have length less than or equal to 249`,
    ],
    [
      { ...mq, Queues: ['q'.repeat(1_001)] },
      `Value '${'q'.repeat(1_001)}' at 'queues.1.member' failed to satisfy constraint: Member must have length less than or equal to 1000`,
    ],
    [
      { ...kafka, ...servers('kafka') },
      "Value 'kafka' at 'selfManagedEventSource.endpoints.KAFKA_BOOTSTRAP_SERVERS.1.member' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
    ],
    [
      { ...mq, SourceAccessConfigurations: [{ ...basic, Type: 'PASSWORD' as 'BASIC_AUTH' }] },
      "Value 'PASSWORD' at 'sourceAccessConfigurations.1.member.type' failed to satisfy constraint: Member must satisfy enum value set: [BASIC_AUTH, ",
    ],
    [
      { ...mq, SourceAccessConfigurations: [{ ...basic, URI: '' }] },
      "Value '' at 'sourceAccessConfigurations.1.member.uRI' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      { ...documents, DocumentDBEventSourceConfig: { DatabaseName: 'd'.repeat(64) } },
      `Value '${'d'.repeat(64)}' at 'documentDBEventSourceConfig.databaseName' failed to satisfy constraint: Member must have length less than or equal to 63`,
    ],
    [
      { ...documents, DocumentDBEventSourceConfig: { DatabaseName: 'd', FullDocument: 'All' as 'Default' } },
      "Value 'All' at 'documentDBEventSourceConfig.fullDocument' failed to satisfy constraint: Member must satisfy enum value set: [UpdateLookup, Default]",
    ],
    [
      { ...msk, ProvisionedPollerConfig: { MinimumPollers: 201 } },
      "Value '201' at 'provisionedPollerConfig.minimumPollers' failed to satisfy constraint: Member must have value less than or equal to 200",
    ],
    [
      { ...msk, AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'g'.repeat(201) } },
      `Value '${'g'.repeat(201)}' at 'amazonManagedKafkaEventSourceConfig.consumerGroupId' failed to satisfy constraint: Member must have length less than or equal to 200`,
    ],
  ])('%j is no value', async (input, text) => {
    const { create } = await createBrokers()
    const [status, code, message] = await failing(create(input))
    expect([status, code]).toEqual([400, 'ValidationException'])
    expect(message).toEqual(expect.stringContaining(`1 validation error detected: ${text}`))
  })

  test.each<[string, Input, Partial<UpdateEventSourceMappingCommandInput>, RegExp]>([
    [
      'the group',
      kafka,
      { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'other' } },
      /ConsumerGroupId cannot/,
    ],
    [
      'the virtual host',
      mq,
      { SourceAccessConfigurations: [basic, { Type: 'VIRTUAL_HOST', URI: '/other' }] },
      /VIRTUAL_HOST cannot/,
    ],
    [
      'no pollers where they are needed',
      { ...msk, ...provisioned, MaximumRetryAttempts: 1 },
      { ProvisionedPollerConfig: {} },
      /MaximumRetryAttempts/,
    ],
  ])('an update cannot set %s', async (_, input, change, words) => {
    const { create, update, get } = await createBrokers()
    const before = await create(input)
    const [status, , message] = await failing(update({ UUID: before.UUID, ...change }))
    expect([status, message]).toEqual([400, expect.stringMatching(words)])
    expect(await get(before.UUID)).toEqual({ ...before, State: 'Enabled' })
  })

  test('one server in common and the same topic make one mapping of Kafka', async () => {
    const { create, lambda } = await createBrokers()
    const { UUID: uuid } = await create(kafka)
    const conflict = [
      409,
      'ResourceConflictException',
      `An event source mapping with event source ("kafka:1000,kafka:2000"), function ("${functionArn('orders')}"), topics ("topic") already exists. Please update or delete the existing mapping with UUID ${uuid}`,
    ]
    expect(await failing(create(kafka))).toEqual(conflict)
    expect(await failing(create({ ...kafka, ...servers('kafka:2000', 'kafka:3000') }))).toEqual(conflict)
    await create({ ...kafka, ...servers('kafka:3000') })
    await create({ ...kafka, Topics: ['other'] })
    await create({ ...kafka, FunctionName: 'audit' })
    await lambda.send(new PublishVersionCommand({ FunctionName: 'orders' }))
    await create({ ...kafka, FunctionName: 'orders:1' })
  })

  test('a cluster has many topics, and a broker many queues', async () => {
    const { create } = await createBrokers()
    await create(msk)
    await create({ ...msk, Topics: ['others'] })
    await create(mq)
    await create({ ...mq, Queues: ['others'] })
    await create({ ...mq, SourceAccessConfigurations: [basic, { Type: 'VIRTUAL_HOST', URI: '/shop' }] })
    expect((await failing(create(msk)))[0]).toBe(409)
    expect((await failing(create(mq)))[0]).toBe(409)
  })
})
