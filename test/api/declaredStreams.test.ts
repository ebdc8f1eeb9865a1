import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListStreamConsumersCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis'
import {
  CreateEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda'
import type { App } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks'

const spec = (events: string, resources = ''): string => `
functions:
  worker:
    handler: worker.handler
    events: ${events}
${resources}
`
const startWith = (events: string, resources?: string) =>
  startProject({ 'lambda.yml': spec(events, resources), 'worker.js': 'exports.handler = async () => {}' })

const optionsOf = (app: App) => ({
  endpoint: app.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
})

function kinesisOf(app: App): KinesisClient {
  const client = new KinesisClient(optionsOf(app))
  onTestFinished(() => client.destroy())
  return client
}

async function put(app: App, ...texts: readonly string[]): Promise<void> {
  const client = kinesisOf(app)
  for (const text of texts)
    await client.send(
      new PutRecordCommand({ StreamName: 'clicks', Data: Buffer.from(text), PartitionKey: 'one' }),
    )
}

function lambdaOf(app: App): LambdaClient {
  const client = new LambdaClient(optionsOf(app))
  onTestFinished(() => client.destroy())
  return client
}

async function mappingsOf(app: App) {
  const { EventSourceMappings = [] } = await lambdaOf(app).send(new ListEventSourceMappingsCommand({}))
  return EventSourceMappings
}

const recordsOf = (app: App) =>
  app
    .function('worker')
    .messages()
    .flatMap(
      ({ event }) => (event as { Records: { eventSourceARN: string; kinesis: { data: string } }[] }).Records,
    )

const textsOf = (app: App): string[] =>
  recordsOf(app).map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString())

const shardsOf = async (app: App): Promise<number | undefined> => {
  const { StreamDescriptionSummary } = await kinesisOf(app).send(
    new DescribeStreamSummaryCommand({ StreamName: 'clicks' }),
  )
  return StreamDescriptionSummary?.OpenShardCount
}

test('a stream that is only read is created with one shard, and a declared one as it says', async () => {
  const read = await startWith('[{ stream: clicks }]')
  expect(await shardsOf(read)).toBe(1)
  await put(read, 'a')
  await read.settle()
  expect(textsOf(read)).toEqual(['a'])

  const declared = await startWith('[]', 'resources: { streams: { clicks: { shards: 3, retention: 7d } } }')
  const { StreamDescriptionSummary } = await kinesisOf(declared).send(
    new DescribeStreamSummaryCommand({ StreamName: 'clicks' }),
  )
  expect(StreamDescriptionSummary).toMatchObject({
    OpenShardCount: 3,
    RetentionPeriodHours: 168,
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
  })
})

test('another number of shards in the file splits or merges them', async () => {
  const app = await startWith('[]', 'resources: { streams: { clicks: { shards: 1 } } }')
  app.project.write('lambda.yml', spec('[]', 'resources: { streams: { clicks: { shards: 4 } } }'))
  expect(await app.reloadSpec()).toEqual(['stream clicks changed'])
  expect(await shardsOf(app)).toBe(4)
})

test('filters of lambda.yml look into the data; what they drop is passed over', async () => {
  const app = await startWith(
    '[{ stream: { stream: clicks, filterPatterns: [{ data: { kind: [buy] } }, { partitionKey: [two] }] } }]',
  )
  await put(app, '{"kind":"buy"}', '{"kind":"look"}', 'text', '{ "kind": "buy" }')
  await app.settle()
  expect(textsOf(app)).toEqual(['{"kind":"buy"}', '{ "kind": "buy" }'])
})

test('with enhanced fan-out a consumer is registered, and is the source of the records', async () => {
  const app = await startWith('[{ stream: { stream: clicks, consumer: true } }]')
  const { Consumers = [] } = await kinesisOf(app).send(new ListStreamConsumersCommand({ StreamARN: STREAM }))
  expect(Consumers).toMatchObject([{ ConsumerName: 'worker-clicks', ConsumerStatus: 'ACTIVE' }])
  const arn = Consumers[0]?.ConsumerARN
  expect(arn).toMatch(/^arn:aws:kinesis:us-east-1:000000000000:stream\/clicks\/consumer\/worker-clicks:\d+$/)
  expect(await mappingsOf(app)).toMatchObject([{ EventSourceArn: arn, State: 'Enabled' }])
  await put(app, 'a')
  await app.settle()
  expect(recordsOf(app)).toMatchObject([{ eventSourceARN: arn }])
})

test('the same file again registers nobody again, and mappings go on', async () => {
  const app = await startWith('[{ stream: { stream: clicks, consumer: reports } }]')
  const [before] = await mappingsOf(app)
  await put(app, 'a')
  await app.settle()
  await app.clock.advance('1h')
  app.project.write('lambda.yml', spec('[{ stream: { stream: clicks, consumer: reports, batchSize: 5 } }]'))
  await app.reloadSpec()
  const [after] = await mappingsOf(app)
  expect(after).toMatchObject({ UUID: before?.UUID, EventSourceArn: before?.EventSourceArn, BatchSize: 5 })
  await put(app, 'b')
  await app.settle()
  expect(textsOf(app)).toEqual(['a', 'b'])
})

test('a mapping that the API makes finds the consumers that are registered, and no others', async () => {
  const app = await startWith('[]', 'resources: { streams: { clicks: { consumers: [reports] } } }')
  const { Consumers = [] } = await kinesisOf(app).send(new ListStreamConsumersCommand({ StreamARN: STREAM }))
  const create = (EventSourceArn: string | undefined) =>
    lambdaOf(app).send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'worker',
        EventSourceArn,
        StartingPosition: 'LATEST',
      }),
    )
  expect(await create(Consumers[0]?.ConsumerARN)).toMatchObject({ EventSourceArn: Consumers[0]?.ConsumerARN })
  const unknown = `${STREAM}/consumer/other:1763980000`
  await expect(create(unknown)).rejects.toThrow(`Stream not found: ${unknown}`)
})

test('every setting of the file is the setting of the mapping', async () => {
  const app = await startWith(`
      - stream:
          stream: clicks
          batchSize: 7
          batchWindow: 1m
          startingPosition: AT_TIMESTAMP
          startingPositionTimestamp: '2025-11-24T10:26:40.500Z'
          parallelizationFactor: 2
          maximumRetryAttempts: 3
          maximumRecordAgeInSeconds: 1h
          bisectBatchOnFunctionError: true
          tumblingWindowInSeconds: 30
          functionResponseType: ReportBatchItemFailures
          destinations: { onFailure: sns:failed }
          filterPatterns: [{ data: { kind: [buy] } }]
          metricsConfig: { metrics: [EventCount] }
          enabled: false`)
  expect(await mappingsOf(app)).toMatchObject([
    {
      EventSourceArn: STREAM,
      State: 'Disabled',
      BatchSize: 7,
      MaximumBatchingWindowInSeconds: 60,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: new Date('2025-11-24T10:26:40.500Z'),
      ParallelizationFactor: 2,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 3_600,
      BisectBatchOnFunctionError: true,
      TumblingWindowInSeconds: 30,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:us-east-1:000000000000:failed' } },
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"kind":["buy"]}}' }] },
      MetricsConfig: { Metrics: ['EventCount'] },
    },
  ])
})
