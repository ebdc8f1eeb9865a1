import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import {
  type CreateEventSourceMappingCommandInput,
  ListTagsCommand,
  PublishVersionCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda'
import { describe, expect, test } from 'vitest'
import type { EventSourceMapping, MappingHost } from '../../src/services/lambda/index.ts'
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

const stream = `arn:aws:kinesis:${region}:${accountId}:stream/clicks`
const consumer = `${stream}/consumer/reports:1763980000`
const table = `arn:aws:dynamodb:${region}:${accountId}:table/orders/stream/2026-01-01T00:00:00.000`
const bucket = 'arn:aws:s3:::failures'
const topicArn = `arn:aws:sns:${region}:${accountId}:failures`

type Input = Partial<CreateEventSourceMappingCommandInput>

/** A host in whose world there are the stream, its consumer and the table; it writes down what it is told. */
async function createStreams(host: Partial<MappingHost> = {}) {
  const told: string[] = []
  const world = await createLambda({
    mappingHost: {
      stream: (arn) =>
        Promise.resolve([stream, consumer, table].includes(arn) ? { streamName: 'clicks' } : undefined),
      begin: async ({ settings }: EventSourceMapping) => {
        told.push(`begin ${settings.kind === 'stream' ? settings.startingPosition : settings.kind}`)
      },
      follow: async () => {
        told.push('follow')
      },
      forget: async () => {
        told.push('forget')
      },
      ...host,
    },
  })
  const createStream = (input: Input = {}) =>
    world.create({ EventSourceArn: stream, StartingPosition: 'TRIM_HORIZON', ...input })
  const put = async (uuid: string | undefined, input: object): Promise<unknown> => {
    const response = await fetch(`${world.url}${PATH}/${uuid}`, {
      method: 'PUT',
      body: JSON.stringify(input),
    })
    return [response.status, ((await response.json()) as { message: string }).message]
  }
  return { ...world, createStream, put, told }
}

describe('shapes', () => {
  test.each([
    ['a stream', stream],
    ['a consumer', consumer],
    ['a table', table],
  ])('a mapping of %s shows what AWS shows, in its order, and nothing else', async (_, EventSourceArn) => {
    const { url } = await createStreams()
    const response = await fetch(url + PATH, {
      method: 'POST',
      body: JSON.stringify({ FunctionName: 'orders', EventSourceArn, StartingPosition: 'TRIM_HORIZON' }),
    })
    const text = await response.text()
    const { UUID: uuid } = JSON.parse(text) as { UUID: string }
    expect(uuid).toMatch(UUID)
    const shown = {
      UUID: uuid,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      EventSourceArn,
      FunctionArn: functionArn('orders'),
      LastModified: startMs / 1_000,
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'User action',
      DestinationConfig: { OnFailure: {} },
      MaximumRecordAgeInSeconds: -1,
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: -1,
      TumblingWindowInSeconds: 0,
      FunctionResponseTypes: [],
      EventSourceMappingArn: mappingArn(uuid),
    }
    expect([response.status, text]).toEqual([202, JSON.stringify(shown)])
    const got = await fetch(`${url}${PATH}/${uuid}`)
    expect(await got.text()).toBe(JSON.stringify({ ...shown, State: 'Enabled' }))
    const deleted = await fetch(`${url}${PATH}/${uuid}`, { method: 'DELETE' })
    expect([deleted.status, await deleted.text()]).toEqual([
      202,
      JSON.stringify({ ...shown, State: 'Deleting' }),
    ])
  })

  const Filters = [{ Pattern: '{"data":{"kind":["new"]}}' }]
  const everything = {
    BatchSize: 10_000,
    MaximumBatchingWindowInSeconds: 300,
    ParallelizationFactor: 10,
    FilterCriteria: { Filters },
    DestinationConfig: { OnFailure: { Destination: queueArn('jobs') } },
    MaximumRecordAgeInSeconds: 60,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 0,
    TumblingWindowInSeconds: 900,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    KMSKeyArn: `arn:aws:kms:${region}:${accountId}:key/1`,
    MetricsConfig: { Metrics: ['EventCount'] },
  } satisfies Input

  test('every parameter comes back as it was set, and can be changed and taken away again', async () => {
    const { createStream, get, update } = await createStreams()
    const StartingPositionTimestamp = new Date(startMs - 1_500)
    const created = await createStream({
      ...everything,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp,
      Enabled: false,
    })
    const full = {
      ...everything,
      UUID: created.UUID,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp,
      EventSourceArn: stream,
      FunctionArn: functionArn('orders'),
      LastModified: new Date(startMs),
      LastProcessingResult: 'No records processed',
      State: 'Disabled',
      StateTransitionReason: 'User action',
      EventSourceMappingArn: mappingArn(created.UUID ?? ''),
    }
    expect(created).toEqual(full)
    expect(await get(created.UUID)).toEqual(full)

    const usual = {
      BatchSize: 1,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      MaximumRecordAgeInSeconds: -1,
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: -1,
      TumblingWindowInSeconds: 0,
      FunctionResponseTypes: [],
    } satisfies Partial<UpdateEventSourceMappingCommandInput>
    const updated = await update({
      UUID: created.UUID,
      ...usual,
      FilterCriteria: {},
      DestinationConfig: { OnFailure: { Destination: '' } },
      KMSKeyArn: '',
      MetricsConfig: {},
    })
    const { FilterCriteria: _f, KMSKeyArn: _k, MetricsConfig: _m, ...bare } = full
    expect(updated).toEqual({ ...bare, ...usual, DestinationConfig: { OnFailure: {} }, State: 'Updating' })
  })

  test('an update that mentions nothing changes nothing but the time', async () => {
    const { createStream, update, clock } = await createStreams()
    const created = await createStream(everything)
    await clock.advance(2_000)
    expect(await update({ UUID: created.UUID })).toEqual({
      ...created,
      State: 'Updating',
      LastModified: new Date(startMs + 2_000),
    })
  })

  test.each([queueArn('jobs'), topicArn, bucket])('%s can be told of failures', async (Destination) => {
    const { createStream } = await createStreams()
    const { DestinationConfig } = await createStream({ DestinationConfig: { OnFailure: { Destination } } })
    expect(DestinationConfig).toEqual({ OnFailure: { Destination } })
  })

  test('how the latest batch ended is told, and what keeps the stream from being read', async () => {
    const state: { result?: string; problem?: string } = { result: 'PROBLEM: Function call failed' }
    const { createStream, get, list } = await createStreams({
      lastProcessingResult: () => state.result,
      problem: () => state.problem,
    })
    const { UUID: uuid } = await createStream()
    expect((await get(uuid)).LastProcessingResult).toBe('PROBLEM: Function call failed')
    state.result = 'OK'
    expect((await list()).EventSourceMappings?.[0]?.LastProcessingResult).toBe('OK')
    state.problem = 'the stream cannot be read'
    expect((await get(uuid)).LastProcessingResult).toBe('PROBLEM: the stream cannot be read')
  })

  test('tags are given at creation', async () => {
    const { createStream, lambda } = await createStreams()
    const { EventSourceMappingArn: Resource } = await createStream({ Tags: { team: 'shop' } })
    expect((await lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ team: 'shop' })
  })
})

describe('states', () => {
  test('go as those of queues, and the place is taken before the answer and forgotten after the end', async () => {
    const { createStream, update, remove, get, told } = await createStreams()
    const created = await createStream({ StartingPosition: 'LATEST' })
    expect([created.State, ...told]).toEqual(['Creating', 'begin LATEST', 'follow'])
    expect((await update({ UUID: created.UUID, Enabled: false })).State).toBe('Disabling')
    expect((await get(created.UUID)).State).toBe('Disabled')
    expect((await update({ UUID: created.UUID, BatchSize: 1 })).State).toBe('Updating')
    expect((await get(created.UUID)).State).toBe('Disabled')
    expect((await update({ UUID: created.UUID, Enabled: true })).State).toBe('Enabling')
    expect(told).not.toContain('forget')
    expect((await remove(created.UUID)).State).toBe('Deleting')
    expect(told.slice(-2)).toEqual(['follow', 'forget'])
  })

  test('a disabled mapping has taken its place as well', async () => {
    const { createStream, told } = await createStreams()
    expect((await createStream({ Enabled: false, StartingPosition: 'LATEST' })).State).toBe('Disabled')
    expect(told[0]).toBe('begin LATEST')
  })

  test('a mapping whose place cannot be taken is not made', async () => {
    const { createStream, list } = await createStreams({
      begin: () => Promise.reject(new Error('full disk')),
    })
    const [status] = await failing(createStream())
    expect(status).toBe(500)
    expect((await list()).EventSourceMappings).toEqual([])
  })
})

describe('refusals', () => {
  const POSITION_MISSING =
    "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null."
  const AGE = 'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)'
  const unsupported = (name: string): string =>
    `Unsupported ${name} parameter for given event source mapping type.`
  const onFailure = (Destination: string): Input => ({ DestinationConfig: { OnFailure: { Destination } } })
  const notADestination = (arn: string): string =>
    `The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=${arn})) is invalid.`
  const filter = (Pattern: string): Input => ({ FilterCriteria: { Filters: [{ Pattern }] } })
  const access = [{ Type: 'BASIC_AUTH', URI: secret }] as const
  const missing = stream.replace('clicks', 'nothing')
  const past = new Date(startMs - 1)

  test.each<[string, Input, string]>([
    ['no position', { StartingPosition: undefined }, POSITION_MISSING],
    ['no position in a table', { EventSourceArn: table, StartingPosition: undefined }, POSITION_MISSING],
    [
      'a time in a table',
      { EventSourceArn: table, StartingPosition: 'AT_TIMESTAMP' },
      `Unsupported starting position for arn type: ${table}`,
    ],
    [
      'a table with a time',
      { EventSourceArn: table, StartingPositionTimestamp: past },
      unsupported('StartingPositionTimestamp'),
    ],
    ['no such stream', { EventSourceArn: missing }, `Stream not found: ${missing}`],
    [
      'no such consumer',
      { EventSourceArn: `${stream}/consumer/other:1` },
      `Stream not found: ${stream}/consumer/other:1`,
    ],
    [
      'no such function, and no such stream',
      { FunctionName: 'nobody', EventSourceArn: missing },
      'Function does not exist',
    ],
    ['no such version', { FunctionName: 'orders:7' }, 'Function does not exist'],
    [
      'a destination for success, of no function',
      { DestinationConfig: { OnSuccess: { Destination: queueArn('jobs') } }, FunctionName: 'nobody' },
      unsupported('DestinationConfig'),
    ],
    ['a FIFO queue for failures', onFailure(queueArn('line.fifo')), notADestination(queueArn('line.fifo'))],
    ['a FIFO topic for failures', onFailure(`${topicArn}.fifo`), notADestination(`${topicArn}.fifo`)],
    ['a function for failures', onFailure(functionArn('audit')), notADestination(functionArn('audit'))],
    ['a topic of Kafka for failures', onFailure('kafka://failed'), notADestination('kafka://failed')],
    ['records that are too young', { MaximumRecordAgeInSeconds: 59 }, AGE],
    ['records of no age', { MaximumRecordAgeInSeconds: 0 }, AGE],
    ['a limit of concurrency', { ScalingConfig: { MaximumConcurrency: 2 } }, unsupported('ScalingConfig')],
    ['pollers', { ProvisionedPollerConfig: { MinimumPollers: 2 } }, unsupported('ProvisionedPollerConfig')],
    ['topics', { Topics: ['orders'] }, unsupported('Topics')],
    ['queues', { Queues: ['orders'] }, unsupported('Queues')],
    ['credentials', { SourceAccessConfigurations: [...access] }, unsupported('SourceAccessConfigurations')],
    [
      'a consumer group',
      { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a' } },
      unsupported('AmazonManagedKafkaEventSourceConfig'),
    ],
    [
      'a collection',
      { DocumentDBEventSourceConfig: { DatabaseName: 'a' } },
      unsupported('DocumentDBEventSourceConfig'),
    ],
    ['a log level', { LoggingConfig: { SystemLogLevel: 'INFO' } }, unsupported('LoggingConfig')],
    ['a filter that is null', filter('null'), 'Invalid filter pattern definition.'],
    ['a filter of a lone value', filter('{"data":"x"}'), 'Invalid filter pattern definition.'],
    ['a filter of plain text', filter('{"data":["x"]}'), 'Invalid filter pattern definition.'],
    [
      'a choice with plain text',
      filter('{"$or":[{"data":["x"]},{"partitionKey":["a"]}]}'),
      'Invalid filter pattern definition.',
    ],
    [
      'a filter of plain text on a table',
      { ...filter('{"dynamodb":["x"]}'), EventSourceArn: table },
      'Invalid filter pattern definition.',
    ],
  ])('%s', async (_, input, message) => {
    const { createStream, list, told } = await createStreams()
    expect(await failing(createStream(input))).toEqual(invalid(message))
    expect([(await list()).EventSourceMappings, told]).toEqual([[], []])
  })

  test.each<[string, Input, RegExp]>([
    ['no time', { StartingPosition: 'AT_TIMESTAMP' }, /StartingPositionTimestamp is required/],
    [
      'a time that is still to come',
      { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(startMs + 1_000) },
      /cannot be in the future/,
    ],
    [
      'a time beside a position',
      { StartingPositionTimestamp: past },
      /only when StartingPosition is AT_TIMESTAMP/,
    ],
    [
      "Kafka's figures",
      { MetricsConfig: { Metrics: ['KafkaMetrics'] } },
      /KafkaMetrics is not supported for Kinesis/,
    ],
    [
      'figures of errors',
      { MetricsConfig: { Metrics: ['ErrorCount'] }, EventSourceArn: table },
      /ErrorCount is not supported for DynamoDB/,
    ],
  ])('%s, in words of our own', async (_, input, words) => {
    const { createStream } = await createStreams()
    const [status, code, message] = await failing(createStream(input))
    expect([status, code]).toEqual([400, 'InvalidParameterValueException'])
    expect(message).toMatch(words)
  })

  const least = (value: number, path: string, limit: number): string =>
    `Value '${value}' at '${path}' failed to satisfy constraint: Member must have value greater than or equal to ${limit}`
  const most = (value: number, path: string, limit: number): string =>
    `Value '${value}' at '${path}' failed to satisfy constraint: Member must have value less than or equal to ${limit}`

  test.each<[Input, string]>([
    [{ BatchSize: 0 }, least(0, 'batchSize', 1)],
    [{ BatchSize: 10_001 }, most(10_001, 'batchSize', 10_000)],
    [{ MaximumBatchingWindowInSeconds: -1 }, least(-1, 'maximumBatchingWindowInSeconds', 0)],
    [{ MaximumBatchingWindowInSeconds: 301 }, most(301, 'maximumBatchingWindowInSeconds', 300)],
    [{ ParallelizationFactor: 0 }, least(0, 'parallelizationFactor', 1)],
    [{ ParallelizationFactor: 11 }, most(11, 'parallelizationFactor', 10)],
    [{ MaximumRetryAttempts: -2 }, least(-2, 'maximumRetryAttempts', -1)],
    [{ MaximumRetryAttempts: 10_001 }, most(10_001, 'maximumRetryAttempts', 10_000)],
    [{ MaximumRecordAgeInSeconds: -2 }, least(-2, 'maximumRecordAgeInSeconds', -1)],
    [{ MaximumRecordAgeInSeconds: 604_801 }, most(604_801, 'maximumRecordAgeInSeconds', 604_800)],
    [{ TumblingWindowInSeconds: -1 }, least(-1, 'tumblingWindowInSeconds', 0)],
    [{ TumblingWindowInSeconds: 901 }, most(901, 'tumblingWindowInSeconds', 900)],
    [
      { StartingPosition: 'invalid' as 'LATEST' },
      "Value 'invalid' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
    ],
    [
      { DestinationConfig: { OnFailure: { Destination: 'jobs' } } },
      "Value 'jobs' at 'destinationConfig.onFailure.destination' failed to satisfy constraint: Member must satisfy regular expression pattern: $|kafka://",
    ],
    [
      { DestinationConfig: { OnFailure: { Destination: queueArn('q'.repeat(350)) } } },
      `Value '${queueArn('q'.repeat(350))}' at 'destinationConfig.onFailure.destination' failed to satisfy constraint: Member must have length less than or equal to 350`,
    ],
  ])('%j is no value', async (input, text) => {
    const { createStream } = await createStreams()
    const [status, code, message] = await failing(createStream(input))
    expect([status, code]).toEqual([400, 'ValidationException'])
    expect(message).toEqual(expect.stringContaining(`1 validation error detected: ${text}`))
  })

  test.each([
    { StartingPositionTimestamp: '2026-01-01' },
    { BisectBatchOnFunctionError: 'yes' },
    { DestinationConfig: { OnFailure: { Destination: 3 } } },
    { LoggingConfig: 'INFO' },
  ])('%j is unreadable', async (member) => {
    const { url } = await createStreams()
    const response = await fetch(url + PATH, {
      method: 'POST',
      body: JSON.stringify({
        FunctionName: 'orders',
        EventSourceArn: stream,
        StartingPosition: 'LATEST',
        ...member,
      }),
    })
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      400,
      'SerializationException',
    ])
  })

  test.each<[string, object, string]>([
    ['the source', { EventSourceArn: table }, 'EventSourceArn cannot be updated.'],
    ['the position', { StartingPosition: 'LATEST' }, 'StartingPosition cannot be updated.'],
    ['the time', { StartingPositionTimestamp: 1 }, 'StartingPositionTimestamp cannot be updated.'],
    ['what a queue has', { ScalingConfig: { MaximumConcurrency: 2 } }, unsupported('ScalingConfig')],
    [
      'what a broker has',
      { SourceAccessConfigurations: [...access] },
      unsupported('SourceAccessConfigurations'),
    ],
    ['a FIFO destination', onFailure(queueArn('line.fifo')), notADestination(queueArn('line.fifo'))],
    ['a filter', filter('{"data":["x"]}'), 'Invalid filter pattern definition.'],
    ['the function', { FunctionName: 'nobody' }, 'Function does not exist'],
    ['the age', { MaximumRecordAgeInSeconds: 1 }, AGE],
    ['the batches', { BatchSize: 0 }, `1 validation error detected: ${least(0, 'batchSize', 1)}`],
  ])('an update cannot set %s so', async (_, input, message) => {
    const { createStream, put, get } = await createStreams()
    const before = await createStream()
    const answer = await put(before.UUID, input)
    expect(answer).toEqual([400, expect.stringContaining(message)])
    expect(await get(before.UUID)).toEqual({ ...before, State: 'Enabled' })
  })

  test('one stream and one function make one mapping; another function, qualifier or consumer makes another', async () => {
    const { createStream, update, lambda } = await createStreams()
    await lambda.send(new PublishVersionCommand({ FunctionName: 'orders' }))
    const { UUID: uuid } = await createStream()
    const conflict = [
      409,
      'ResourceConflictException',
      `The event source arn (" ${stream} ") and function (" orders ") provided mapping already exists. Please update or delete the existing mapping with UUID ${uuid}`,
    ]
    expect(await failing(createStream({ StartingPosition: 'LATEST', Enabled: false }))).toEqual(conflict)
    const { UUID: other } = await createStream({ FunctionName: 'audit' })
    await createStream({ FunctionName: 'orders:1' })
    await createStream({ EventSourceArn: consumer })
    await createStream({ EventSourceArn: table })
    expect(await failing(update({ UUID: other, FunctionName: 'orders' }))).toEqual(conflict)
  })

  test('lists filter by stream, by consumer and by table', async () => {
    const { createStream, list } = await createStreams()
    for (const EventSourceArn of [stream, consumer, table]) {
      const { UUID: uuid } = await createStream({ EventSourceArn })
      const { EventSourceMappings } = await list({ EventSourceArn })
      expect(EventSourceMappings?.map((one) => one.UUID)).toEqual([uuid])
    }
  })
})

/** A client that a machine may or may not have. Its calls leave this process, so nothing in it may block. */
const run = promisify(execFile)
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0

const boto3 = `
import boto3, botocore, datetime
client = boto3.client('lambda')
stream = '${stream}'
def code(call):
    try:
        call()
    except botocore.exceptions.ClientError as error:
        return error.response['Error']['Code'], error.response['Error']['Message']
def create(**more):
    return client.create_event_source_mapping(**{'FunctionName': 'orders', 'EventSourceArn': stream, **more})
time = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
made = create(StartingPosition='AT_TIMESTAMP', StartingPositionTimestamp=time, MaximumRetryAttempts=2)
print(made['State'], made['StateTransitionReason'], made['StartingPositionTimestamp'].timestamp() == time.timestamp())
print(made['MaximumRetryAttempts'], made['DestinationConfig'])
uuid = made['UUID']
print(client.update_event_source_mapping(UUID=uuid, ParallelizationFactor=3)['ParallelizationFactor'])
print(code(lambda: create()))
print(code(lambda: create(StartingPosition='LATEST'))[0])
print(code(lambda: create(StartingPosition='nowhere'))[0])
print(client.delete_event_source_mapping(UUID=uuid)['State'])
`

test.skipIf(!hasBoto3)('boto3 works unchanged', async () => {
  const { url } = await createStreams()
  const { stdout } = await run('python3', ['-c', boto3], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: url,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_MAX_ATTEMPTS: '1',
    },
  })
  expect(stdout.trim().split('\n')).toEqual([
    'Creating User action True',
    "2 {'OnFailure': {}}",
    '3',
    `('InvalidParameterValueException', "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.")`,
    'ResourceConflictException',
    'ValidationException',
    'Deleting',
  ])
})
