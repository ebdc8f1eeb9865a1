import {
  CreateAliasCommand,
  type CreateEventSourceMappingCommandInput,
  type EventSourceMappingConfiguration,
  ListTagsCommand,
  type ListEventSourceMappingsCommandInput,
  PublishVersionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda'
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import {
  createLambda,
  failing,
  functionArn,
  invalid,
  mappingArn,
  PATH,
  queueArn,
  secret,
  UUID,
} from './mappingsWorld.ts'
import { accountId, region, startMs } from './world.ts'

const NOT_THERE = [404, 'ResourceNotFoundException', 'The resource you requested does not exist.']
const NO_QUEUE =
  'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.'
const NEEDS_WINDOW =
  'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10'

describe('shapes', () => {
  test('a new mapping shows what AWS shows, in its order, and nothing else', async () => {
    const { url } = await createLambda()
    const response = await fetch(url + PATH, {
      method: 'POST',
      body: JSON.stringify({ FunctionName: 'orders', EventSourceArn: queueArn('jobs') }),
    })
    const text = await response.text()
    const { UUID: uuid = '' } = JSON.parse(text) as EventSourceMappingConfiguration
    expect(response.status).toBe(202)
    expect(uuid).toMatch(UUID)
    const shown = {
      UUID: uuid,
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      EventSourceArn: queueArn('jobs'),
      FunctionArn: functionArn('orders'),
      LastModified: startMs / 1_000,
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
      FunctionResponseTypes: [],
      EventSourceMappingArn: mappingArn(uuid),
    }
    expect(text).toBe(JSON.stringify(shown))
    const got = await fetch(`${url}${PATH}/${uuid}`)
    expect([got.status, await got.text()]).toEqual([200, JSON.stringify({ ...shown, State: 'Enabled' })])
    const deleted = await fetch(`${url}${PATH}/${uuid}`, { method: 'DELETE' })
    expect([deleted.status, await deleted.text()]).toEqual([
      202,
      JSON.stringify({ ...shown, State: 'Deleting' }),
    ])
    expect((await fetch(`${url}${PATH}/${uuid}`)).status).toBe(404)
  })

  test('every parameter of a queue comes back as it was set; empty ones take it away again', async () => {
    const { create, get, update } = await createLambda()
    const filters = { Filters: [{ Pattern: '{"body": {"kind": ["new"]}}' }, { Pattern: '{"body":["x"]}' }] }
    const created = await create({
      BatchSize: 1_000,
      MaximumBatchingWindowInSeconds: 5,
      FilterCriteria: filters,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
      MetricsConfig: { Metrics: ['EventCount'] },
      Enabled: false,
    })
    const full = {
      UUID: created.UUID,
      BatchSize: 1_000,
      MaximumBatchingWindowInSeconds: 5,
      EventSourceArn: queueArn('jobs'),
      FilterCriteria: filters,
      FunctionArn: functionArn('orders'),
      LastModified: new Date(startMs),
      State: 'Disabled',
      StateTransitionReason: 'USER_INITIATED',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
      EventSourceMappingArn: mappingArn(created.UUID ?? ''),
      MetricsConfig: { Metrics: ['EventCount'] },
    }
    expect(created).toEqual(full)
    expect(await get(created.UUID)).toEqual(full)

    const { FilterCriteria: _f, ScalingConfig: _s, MetricsConfig: _m, ...bare } = full
    const updated = await update({
      UUID: created.UUID,
      FilterCriteria: { Filters: [] },
      ScalingConfig: {},
      MetricsConfig: { Metrics: [] },
      FunctionResponseTypes: [],
      ProvisionedPollerConfig: { MinimumPollers: 3 },
    })
    expect(updated).toEqual({
      ...bare,
      State: 'Updating',
      FunctionResponseTypes: [],
      ProvisionedPollerConfig: { MinimumPollers: 3, MaximumPollers: 200 },
    })
    const { ProvisionedPollerConfig } = await update({ UUID: created.UUID, ProvisionedPollerConfig: {} })
    expect(ProvisionedPollerConfig).toBeUndefined()
  })

  test('an update that mentions little changes little, and moves the time', async () => {
    const { create, update, clock } = await createLambda()
    const created = await create({ BatchSize: 3, FunctionResponseTypes: ['ReportBatchItemFailures'] })
    await clock.advance(1_500)
    const updated = await update({ UUID: created.UUID, BatchSize: 4 })
    expect(updated).toEqual({
      ...created,
      BatchSize: 4,
      State: 'Updating',
      LastModified: new Date(startMs + 1_500),
    })
  })

  test('filters under a key of their own are null in lists', async () => {
    const { create, get, url } = await createLambda()
    const KMSKeyArn = `arn:aws:kms:${region}:${accountId}:key/1`
    const FilterCriteria = { Filters: [{ Pattern: '{"body":["x"]}' }] }
    const created = await create({ KMSKeyArn, FilterCriteria })
    expect(await get(created.UUID)).toMatchObject({ KMSKeyArn, FilterCriteria })
    const listed = await fetch(url + PATH)
    expect(await listed.json()).toMatchObject({
      EventSourceMappings: [{ UUID: created.UUID, KMSKeyArn, FilterCriteria: null }],
    })
  })

  test.each([
    ['orders', ''],
    [functionArn('orders'), ''],
    ['orders:live', ':live'],
    [`${accountId}:function:orders:1`, ':1'],
    [`${functionArn('orders')}:$LATEST`, ':$LATEST'],
  ])('%s is shown as the ARN with qualifier %j', async (FunctionName, qualifier) => {
    const { create, lambda } = await createLambda()
    await lambda.send(new PublishVersionCommand({ FunctionName: 'orders' }))
    await lambda.send(new CreateAliasCommand({ FunctionName: 'orders', Name: 'live', FunctionVersion: '1' }))
    expect((await create({ FunctionName })).FunctionArn).toBe(functionArn('orders') + qualifier)
  })
})

describe('refusals', () => {
  test('bodies of errors differ in letter case, as on AWS', async () => {
    const { url, create } = await createLambda()
    const { UUID: uuid } = await create()
    const post = async (input: object): Promise<unknown> => {
      const response = await fetch(url + PATH, { method: 'POST', body: JSON.stringify(input) })
      return [response.headers.get('x-amzn-errortype'), await response.json()]
    }
    expect(await post({ FunctionName: 'orders' })).toEqual([
      'InvalidParameterValueException',
      { Type: 'User', message: 'Unrecognized event source.' },
    ])
    expect(await post({ FunctionName: 'orders', EventSourceArn: queueArn('jobs') })).toEqual([
      'ResourceConflictException',
      {
        Type: 'User',
        message: `An event source mapping with SQS arn (" ${queueArn('jobs')} ") and function (" orders ") already exists. Please update or delete the existing mapping with UUID ${uuid}`,
      },
    ])
    const stream = `arn:aws:kinesis:${region}:${accountId}:stream/s`
    expect(
      await post({ FunctionName: 'orders', EventSourceArn: stream, StartingPosition: 'invalid' }),
    ).toEqual([
      'ValidationException',
      {
        message:
          "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
      },
    ])
    const unknown = await fetch(`${url}${PATH}/${uuid?.replace(/./g, '0')}`)
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      { Type: 'User', Message: 'The resource you requested does not exist.' },
    ])
  })

  const stream = `arn:aws:kinesis:${region}:${accountId}:stream/s`
  const table = `arn:aws:dynamodb:${region}:${accountId}:table/t/stream/2026-01-01T00:00:00.000`
  const positionMissing =
    "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null."
  const badFilter = (Pattern: string): Partial<CreateEventSourceMappingCommandInput> => ({
    FilterCriteria: { Filters: [{ Pattern }] },
  })
  const kafka = { EventSourceArn: undefined, SelfManagedEventSource: { Endpoints: {} } }
  const unsupported = (name: string): string =>
    `Unsupported ${name} parameter for given event source mapping type.`

  test.each<[string, Partial<CreateEventSourceMappingCommandInput>, string]>([
    ['no source', { EventSourceArn: undefined }, 'Unrecognized event source.'],
    ['a source nobody reads', { EventSourceArn: 'arn:aws:s3:::bucket' }, 'Unrecognized event source.'],
    ['Kafka without credentials', kafka, "Required 'sourceAccessConfigurations' parameter is missing."],
    [
      'a destination for success',
      { DestinationConfig: { OnSuccess: { Destination: queueArn('jobs') } }, FunctionName: 'nobody' },
      unsupported('DestinationConfig'),
    ],
    [
      'a destination for failure of a queue',
      { DestinationConfig: { OnFailure: { Destination: queueArn('jobs') } } },
      unsupported('DestinationConfig'),
    ],
    ['no such function', { FunctionName: 'nobody' }, 'Function does not exist'],
    ['no such version', { FunctionName: 'orders:7' }, 'Function does not exist'],
    ['no such alias', { FunctionName: 'orders:live' }, 'Function does not exist'],
    [
      'an unknown source of no function',
      { FunctionName: 'nobody', EventSourceArn: 'arn:aws:s3:::b' },
      'Unrecognized event source.',
    ],
    ['a stream without a position', { EventSourceArn: stream }, positionMissing],
    ['a table without a position', { EventSourceArn: table }, positionMissing],
    [
      'a time in a table',
      { EventSourceArn: table, StartingPosition: 'AT_TIMESTAMP' },
      `Unsupported starting position for arn type: ${table}`,
    ],
    [
      'a stream that is not there',
      { EventSourceArn: stream, StartingPosition: 'LATEST' },
      `Stream not found: ${stream}`,
    ],
    [
      'a table that is not there',
      { EventSourceArn: table, StartingPosition: 'TRIM_HORIZON' },
      `Stream not found: ${table}`,
    ],
    [
      'records that are too young',
      { EventSourceArn: stream, StartingPosition: 'LATEST', MaximumRecordAgeInSeconds: 59 },
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    ],
    ['a queue that is not there', { EventSourceArn: queueArn('nothing') }, NO_QUEUE],
    [
      "another account's queue",
      { EventSourceArn: queueArn('jobs').replace(accountId, '999999999999') },
      NO_QUEUE,
    ],
    ['large batches at once', { BatchSize: 11 }, NEEDS_WINDOW],
    ['large batches at once, of no function', { BatchSize: 11, FunctionName: 'nobody' }, NEEDS_WINDOW],
    [
      'a window on a FIFO queue',
      { EventSourceArn: queueArn('line.fifo'), MaximumBatchingWindowInSeconds: 1 },
      'Batching window is not supported for FIFO queues',
    ],
    ['large batches of a FIFO queue', { EventSourceArn: queueArn('line.fifo'), BatchSize: 11 }, NEEDS_WINDOW],
    [
      'a function slower than its queue',
      { EventSourceArn: queueArn('line.fifo'), FunctionName: 'slow' },
      'Queue visibility timeout: 60 seconds is less than Function timeout: 180 seconds',
    ],
    [
      'a position in a queue',
      { StartingPosition: 'LATEST' },
      'StartingPosition is not valid for SQS event sources.',
    ],
    ['shards of a queue', { ParallelizationFactor: 2 }, unsupported('ParallelizationFactor')],
    ['retries of a queue', { MaximumRetryAttempts: 2 }, unsupported('MaximumRetryAttempts')],
    ['topics of a queue', { Topics: ['orders'] }, unsupported('Topics')],
    ['a filter that is null', badFilter('null'), 'Invalid filter pattern definition.'],
    ['a filter that is text', badFilter('"aws:sqs"'), 'Invalid filter pattern definition.'],
    [
      'a filter of a lone value',
      badFilter('{"eventSource":"aws:sqs"}'),
      'Invalid filter pattern definition.',
    ],
    ['a filter of nothing', badFilter('{"eventSource":[]}'), 'Invalid filter pattern definition.'],
    ['a filter that is no JSON', badFilter('{"eventSource":'), 'Invalid filter pattern definition.'],
  ])('%s', async (_, input, message) => {
    const { create, list } = await createLambda()
    expect(await failing(create(input))).toEqual(invalid(message))
    expect((await list()).EventSourceMappings).toEqual([])
  })

  test.each<[string, Partial<CreateEventSourceMappingCommandInput>, RegExp]>([
    [
      'MSK',
      {
        EventSourceArn: `arn:aws:kafka:${region}:${accountId}:cluster/c/1`,
        Topics: ['orders'],
        StartingPosition: 'LATEST',
      },
      /Amazon MSK are not supported without a broker to read: set `endpoints.kafka`/,
    ],
    [
      'Kafka',
      {
        EventSourceArn: undefined,
        SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['kafka:9092'] } },
        SourceAccessConfigurations: [],
        Topics: ['orders'],
      },
      /self-managed Apache Kafka are not supported without a broker to read: set `endpoints.kafka`/,
    ],
    [
      'MQ',
      {
        EventSourceArn: `arn:aws:mq:${region}:${accountId}:broker:b:1`,
        Queues: ['q'],
        SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: secret }],
      },
      /Amazon MQ are not supported/,
    ],
    [
      'DocumentDB',
      {
        EventSourceArn: `arn:aws:rds:${region}:${accountId}:cluster:c`,
        StartingPosition: 'LATEST',
        SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: secret }],
        DocumentDBEventSourceConfig: { DatabaseName: 'shop' },
      },
      /Amazon DocumentDB are not supported/,
    ],
    [
      'both ways to limit concurrency',
      { ScalingConfig: { MaximumConcurrency: 2 }, ProvisionedPollerConfig: { MinimumPollers: 2 } },
      /ScalingConfig and ProvisionedPollerConfig/,
    ],
    ['one poller', { ProvisionedPollerConfig: { MinimumPollers: 1 } }, /MinimumPollers must be at least 2/],
    [
      'fewer pollers than there are',
      { ProvisionedPollerConfig: { MinimumPollers: 5, MaximumPollers: 4 } },
      /MaximumPollers/,
    ],
    ["other kinds' figures", { MetricsConfig: { Metrics: ['ErrorCount'] } }, /ErrorCount is not supported/],
    [
      'eleven filters',
      { FilterCriteria: { Filters: Array.from({ length: 11 }, () => ({ Pattern: '{"body":["x"]}' })) } },
      /at most 10/,
    ],
  ])('%s, in words of our own', async (_, input, words) => {
    const { create } = await createLambda()
    const [status, code, message] = await failing(create(input))
    expect([status, code]).toEqual([400, 'InvalidParameterValueException'])
    expect(message).toMatch(words)
  })

  test.each([
    [
      { BatchSize: 0 },
      "Value '0' at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { BatchSize: 10_001 },
      "Value '10001' at 'batchSize' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
    [
      { MaximumBatchingWindowInSeconds: 301 },
      "Value '301' at 'maximumBatchingWindowInSeconds' failed to satisfy constraint: Member must have value less than or equal to 300",
    ],
    [
      { ScalingConfig: { MaximumConcurrency: 1 } },
      "Value '1' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: Member must have value greater than or equal to 2",
    ],
    [
      { EventSourceArn: 'jobs' },
      "Value 'jobs' at 'eventSourceArn' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
    ],
  ])('%j is no value', async (input, text) => {
    const { create } = await createLambda()
    const [status, code, message] = await failing(create(input))
    expect([status, code]).toEqual([400, 'ValidationException'])
    expect(String(message).startsWith(`1 validation error detected: ${text}`)).toBe(true)
  })

  test('a member of another type is unreadable', async () => {
    const { url } = await createLambda()
    for (const member of [
      { BatchSize: '3' },
      { Enabled: 'yes' },
      { FilterCriteria: [] },
      { FunctionResponseTypes: 'x' },
    ]) {
      const response = await fetch(url + PATH, {
        method: 'POST',
        body: JSON.stringify({ FunctionName: 'orders', EventSourceArn: queueArn('jobs'), ...member }),
      })
      expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
        400,
        'SerializationException',
      ])
    }
  })

  test('an update is checked as a whole, against what is there already', async () => {
    const { create, get, update } = await createLambda()
    const before = await create({ BatchSize: 100, MaximumBatchingWindowInSeconds: 1 })
    const { UUID: uuid } = before
    expect(await failing(update({ UUID: uuid, MaximumBatchingWindowInSeconds: 0 }))).toEqual(
      invalid(NEEDS_WINDOW),
    )
    expect(await failing(update({ UUID: uuid, FunctionName: 'nobody' }))).toEqual(
      invalid('Function does not exist'),
    )
    expect(await failing(update({ UUID: uuid, FunctionName: 'slow' }))).toEqual(
      invalid('Queue visibility timeout: 30 seconds is less than Function timeout: 180 seconds'),
    )
    expect(await failing(update({ UUID: uuid, FilterCriteria: { Filters: [{ Pattern: 'null' }] } }))).toEqual(
      invalid('Invalid filter pattern definition.'),
    )
    expect(await get(uuid)).toEqual({ ...before, State: 'Enabled' })
  })

  test('what is not there cannot be read, changed or deleted', async () => {
    const { get, update, remove, create } = await createLambda()
    const unknown = '00000000-0000-4000-8000-000000000000'
    expect(await failing(get(unknown))).toEqual(NOT_THERE)
    expect(await failing(update({ UUID: unknown, BatchSize: 1 }))).toEqual(NOT_THERE)
    expect(await failing(remove(unknown))).toEqual(NOT_THERE)
    const { UUID: uuid } = await create()
    await remove(uuid)
    expect(await failing(remove(uuid))).toEqual(NOT_THERE)
  })

  test('one queue and one function make one mapping; another function or qualifier makes another', async () => {
    const { create, update, lambda } = await createLambda()
    await lambda.send(new PublishVersionCommand({ FunctionName: 'orders' }))
    const { UUID: uuid } = await create()
    const conflict = [
      409,
      'ResourceConflictException',
      `An event source mapping with SQS arn (" ${queueArn('jobs')} ") and function (" orders ") already exists. Please update or delete the existing mapping with UUID ${uuid}`,
    ]
    expect(await failing(create({ FunctionName: functionArn('orders'), Enabled: false }))).toEqual(conflict)
    const { UUID: other } = await create({ FunctionName: 'audit' })
    await create({ FunctionName: 'orders:1' })
    await create({ EventSourceArn: queueArn('others') })
    expect(await failing(update({ UUID: other, FunctionName: 'orders' }))).toEqual(conflict)
  })

  test('of two that are created at once one is refused', async () => {
    const { create, list } = await createLambda()
    const results = await Promise.allSettled([create(), create()])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await list()).EventSourceMappings).toHaveLength(1)
  })

  test('a mapping whose queue is gone can still be changed and deleted', async () => {
    const { create, update, remove, sqs, url } = await createLambda()
    const { UUID: uuid } = await create()
    await sqs.send(new DeleteQueueCommand({ QueueUrl: `${url}/${accountId}/jobs` }))
    expect(await update({ UUID: uuid, Enabled: false })).toMatchObject({ State: 'Disabling' })
    expect(await remove(uuid)).toMatchObject({ State: 'Deleting' })
  })
})

describe('lists', () => {
  test('filter by function and by source; what is unknown is an empty list', async () => {
    const { create, list, lambda } = await createLambda()
    await lambda.send(new PublishVersionCommand({ FunctionName: 'orders' }))
    const [jobs, others, audit, version] = [
      await create(),
      await create({ EventSourceArn: queueArn('others') }),
      await create({ FunctionName: 'audit' }),
      await create({ FunctionName: 'orders:1' }),
    ]
    const found = async (input: ListEventSourceMappingsCommandInput) =>
      (await list(input)).EventSourceMappings?.map(({ UUID }) => UUID)
    const ids = (...of: EventSourceMappingConfiguration[]) => of.map(({ UUID = '' }) => UUID).toSorted()
    expect(await found({})).toEqual(ids(jobs, others, audit, version))
    expect(await found({ FunctionName: 'orders' })).toEqual(ids(jobs, others, version))
    expect(await found({ FunctionName: `${functionArn('orders')}:1` })).toEqual(ids(version))
    expect(await found({ EventSourceArn: queueArn('jobs') })).toEqual(ids(jobs, audit, version))
    expect(await found({ EventSourceArn: queueArn('jobs'), FunctionName: 'audit' })).toEqual(ids(audit))
    expect(await found({ FunctionName: 'nobody' })).toEqual([])
    expect(await found({ EventSourceArn: queueArn('nothing') })).toEqual([])
    expect((await list()).NextMarker).toBeUndefined()
  })

  test('come in pages, of a hundred at most', async () => {
    const { create, list, sqs } = await createLambda()
    for (let index = 0; index < 101; index++) {
      await sqs.send(new CreateQueueCommand({ QueueName: `q${index}` }))
      await create({ EventSourceArn: queueArn(`q${index}`) })
    }
    const first = await list({ MaxItems: 10_000 })
    expect(first.EventSourceMappings).toHaveLength(100)
    const last = await list({ Marker: first.NextMarker })
    expect([last.EventSourceMappings?.length, last.NextMarker]).toEqual([1, undefined])
    const few = await list({ MaxItems: 2 })
    expect(few.EventSourceMappings).toEqual(first.EventSourceMappings?.slice(0, 2))
    expect(await failing(list({ MaxItems: 10_001 }))).toEqual([
      400,
      'ValidationException',
      "1 validation error detected: Value '10001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ])
  })
})

describe('tags', () => {
  test('are given at creation, added, shown and taken away', async () => {
    const { create, lambda, url } = await createLambda()
    const { EventSourceMappingArn: Resource } = await create({ Tags: { team: 'shop', stage: 'dev' } })
    const tags = async () => (await lambda.send(new ListTagsCommand({ Resource }))).Tags
    expect(await tags()).toEqual({ team: 'shop', stage: 'dev' })
    await lambda.send(new TagResourceCommand({ Resource, Tags: { stage: 'test', 'a b': 'c&d' } }))
    expect(await tags()).toEqual({ team: 'shop', stage: 'test', 'a b': 'c&d' })
    const untagged = await lambda.send(
      new UntagResourceCommand({ Resource, TagKeys: ['team', 'a b', 'none'] }),
    )
    expect(untagged.$metadata.httpStatusCode).toBe(204)
    expect(await tags()).toEqual({ stage: 'test' })
    const response = await fetch(`${url}/2017-03-31/tags/${encodeURIComponent(Resource ?? '')}`)
    expect(await response.text()).toBe('{"Tags":{"stage":"test"}}')
  })

  test('of what is not there, and of what is no ARN', async () => {
    const { lambda } = await createLambda()
    const unknown = mappingArn('00000000-0000-4000-8000-000000000000')
    for (const command of [
      new ListTagsCommand({ Resource: unknown }),
      new TagResourceCommand({ Resource: unknown, Tags: { a: 'b' } }),
      new UntagResourceCommand({ Resource: unknown, TagKeys: ['a'] }),
    ])
      expect(await failing(lambda.send(command as ListTagsCommand))).toEqual([
        404,
        'ResourceNotFoundException',
        `Event source mapping not found: ${unknown}`,
      ])
    const malformed = mappingArn('not-a-uuid')
    expect(await failing(lambda.send(new ListTagsCommand({ Resource: malformed })))).toEqual([
      400,
      'ValidationException',
      `1 validation error detected: Value '${malformed}' at 'resource' failed to satisfy constraint: Member must satisfy regular expression pattern: ${RESOURCE_PATTERN}`,
    ])
    const [status, , message] = await failing(
      lambda.send(new ListTagsCommand({ Resource: mappingArn('x').replace(/event-source.*/, 'layer:x') })),
    )
    expect([status, message]).toEqual([
      501,
      'Tags are supported on functions and event source mappings, not on a layer.',
    ])
  })
})

const RESOURCE_PATTERN = String.raw`arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`
