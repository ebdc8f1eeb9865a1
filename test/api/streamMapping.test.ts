import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DeregisterStreamConsumerCommand,
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis'
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import type { App, StreamSummary } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { aggregate } from '../tools/aggregate.ts'
import { createProject, startProject } from '../tools/project.ts'
import { start } from 'lambent'

const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks'

const project = (stream: string, handler: string, shards = 1): Record<string, string> => ({
  'lambda.yml': `
service: shop
functions:
  worker:
    handler: worker.handler
    ${stream === '' ? '' : `events: [{ stream: ${stream} }]`}
resources:
  streams: { clicks: { shards: ${shards} } }
  queues: { failures: {} }
  topics: { failures: {} }
  buckets: { failures: {} }
`,
  'worker.js': handler,
})

/** Fails for records whose data is in `failing`, in the way that partial responses have. */
const reporting = (failing: string): string => `
exports.handler = async ({ Records }) => ({
  batchItemFailures: Records
    .filter(({ kinesis }) => ${failing}.includes(Buffer.from(kinesis.data, 'base64').toString()))
    .map(({ kinesis }) => ({ itemIdentifier: kinesis.sequenceNumber })),
})`

const SUCCEEDS = 'exports.handler = async () => {}'
const FAILS = `exports.handler = async () => { throw new Error('no') }`

const options = (app: App) => ({
  endpoint: app.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
})

function kinesisOf(app: App): KinesisClient {
  const client = new KinesisClient(options(app))
  onTestFinished(() => client.destroy())
  return client
}

function lambdaOf(app: App): LambdaClient {
  const client = new LambdaClient(options(app))
  onTestFinished(() => client.destroy())
  return client
}

/** Puts texts, all with one key unless each has its own behind a colon: `2:b`. */
async function put(app: App, ...texts: readonly string[]): Promise<string[]> {
  const { Records = [] } = await kinesisOf(app).send(
    new PutRecordsCommand({
      StreamName: 'clicks',
      Records: texts.map((text) => ({
        Data: Buffer.from(text),
        PartitionKey: text.includes(':') ? text.slice(text.indexOf(':') + 1) : 'one',
      })),
    }),
  )
  return Records.map(({ SequenceNumber }) => SequenceNumber ?? '')
}

interface StreamEvent {
  readonly Records: readonly {
    readonly eventID: string
    readonly kinesis: { readonly data: string; readonly sequenceNumber: string }
  }[]
}

const dataOf = (event: unknown): string[] =>
  (event as StreamEvent).Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString())

/** The data of each batch that the function was given, in order. */
const batchesOf = (app: App): string[][] =>
  app
    .function('worker')
    .messages()
    .map(({ event }) => dataOf(event))

const failureOf = (app: App): Record<string, unknown>[] =>
  app
    .queue('failures')
    .messages()
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>)

test('a record leads to an invocation with the event that AWS sends', async () => {
  const app = await startProject(project('{ stream: clicks, startingPosition: TRIM_HORIZON }', SUCCEEDS))
  const { SequenceNumber } = await kinesisOf(app).send(
    new PutRecordCommand({ StreamName: 'clicks', Data: Buffer.from('{"k":1}'), PartitionKey: 'user-1' }),
  )
  await app.settle()
  const [first] = app.function('worker').messages()
  expect(JSON.stringify(first?.event)).toBe(
    JSON.stringify({
      Records: [
        {
          kinesis: {
            kinesisSchemaVersion: '1.0',
            partitionKey: 'user-1',
            sequenceNumber: SequenceNumber,
            data: 'eyJrIjoxfQ==',
            approximateArrivalTimestamp: app.clock.now() / 1_000,
          },
          eventSource: 'aws:kinesis',
          eventVersion: '1.0',
          eventID: `shardId-000000000000:${SequenceNumber}`,
          eventName: 'aws:kinesis:record',
          invokeIdentityArn: 'arn:aws:iam::000000000000:role/lambda-role',
          awsRegion: 'us-east-1',
          eventSourceARN: STREAM,
        },
      ],
    }),
  )
})

test('the poisoned record is found by bisecting, and alone is given up', async () => {
  const handler = `exports.handler = async ({ Records }) => {
    if (Records.some(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString() === '3')) throw new Error('poison')
  }`
  const event =
    '{ stream: clicks, startingPosition: TRIM_HORIZON, bisectBatchOnFunctionError: true, maximumRetryAttempts: 0, destinations: { onFailure: sqs:failures } }'
  const app = await startProject(project(event, handler))
  const [, , , poison] = await put(app, '0', '1', '2', '3', '4', '5', '6', '7')
  await app.clock.advance('10m')
  await app.settle()
  expect(failureOf(app)).toMatchObject([
    {
      requestContext: { condition: 'RetryAttemptsExhausted' },
      responseContext: { functionError: 'Unhandled' },
      KinesisBatchInfo: { startSequenceNumber: poison, endSequenceNumber: poison, batchSize: 1 },
    },
  ])
  const done = app
    .function('worker')
    .messages()
    .filter(({ outcome }) => outcome === 'success')
    .flatMap(({ event: given }) => dataOf(given))
  expect(done).toEqual(['0', '1', '2', '4', '5', '6', '7'])
})

test('progress restarts the budget of retries: five invocations of the record that fails, four of them counted', async () => {
  const event =
    '{ stream: clicks, startingPosition: TRIM_HORIZON, batchSize: 3, maximumRetryAttempts: 3, functionResponseType: ReportBatchItemFailures, destinations: { onFailure: sqs:failures } }'
  const app = await startProject(project(event, reporting(`['5']`)))
  await put(app, '0', '1', '2', '3', '4', '5')
  await app.clock.advance('10m')
  await app.settle()
  expect(batchesOf(app).filter((batch) => batch.includes('5'))).toHaveLength(5)
  expect(failureOf(app)).toMatchObject([
    {
      requestContext: { approximateInvokeCount: 4 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: null },
      KinesisBatchInfo: { batchSize: 1, streamArn: STREAM },
    },
  ])
})

const givingUpTo = (target: string): string =>
  `{ stream: clicks, startingPosition: TRIM_HORIZON, maximumRetryAttempts: 0, destinations: { onFailure: '${target}' } }`

test('a topic is told of records that were given up', async () => {
  const app = await startProject(project(givingUpTo('sns:failures'), FAILS))
  await put(app, 'a', 'b')
  await app.settle()
  const [message] = app.topic('failures').messages()
  expect(JSON.parse(message?.message ?? '')).toMatchObject({ KinesisBatchInfo: { batchSize: 2 } })
})

test('a bucket gets records that were given up with the whole event', async () => {
  const app = await startProject(project(givingUpTo('s3:failures'), FAILS))
  await put(app, 'a', 'b')
  await app.settle()
  const [object] = app.bucket('failures').messages()
  expect(object?.key).toMatch(
    /^aws\/lambda\/[\da-f-]{36}\/shardId-000000000000\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[\da-f-]{36}$/,
  )
  const { payload } = JSON.parse(object?.body ?? '') as { payload: string }
  expect(dataOf(JSON.parse(payload))).toEqual(['a', 'b'])
})

test('a tumbling window hands its state on, and ends with a last call', async () => {
  const handler = `exports.handler = async ({ Records, state, isFinalInvokeForWindow }) => {
    const sum = Records.reduce((sum, { kinesis }) => sum + Number(Buffer.from(kinesis.data, 'base64')), state.sum ?? 0)
    if (isFinalInvokeForWindow) console.log('sum ' + sum)
    return { state: { sum } }
  }`
  const event =
    '{ stream: clicks, startingPosition: TRIM_HORIZON, batchSize: 2, tumblingWindowInSeconds: 60 }'
  const app = await startProject(project(event, handler))
  const startMs = app.clock.now()
  await app.clock.advance(60_000 - (startMs % 60_000))
  for (const values of [['1', '2', '3'], ['10', '20'], ['100']]) {
    await put(app, ...values)
    await app.clock.advance('1m')
  }
  await app.clock.advance('5m')
  await app.settle()
  const sums = app.ledger
    .latest()
    .flatMap((entry) => (entry.kind === 'logLine' ? (/sum (\d+)/.exec(entry.text)?.[1] ?? []) : []))
  expect(sums).toEqual(['6', '30', '100'])
})

test('a shard that is split or merged is read to its end before what came from it', async () => {
  const event = '{ stream: clicks, startingPosition: TRIM_HORIZON, batchSize: 1 }'
  const app = await startProject(project(event, SUCCEEDS))
  const client = kinesisOf(app)
  await put(app, '0:a', '1:b')
  await client.send(
    new SplitShardCommand({
      StreamName: 'clicks',
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: (2n ** 127n).toString(),
    }),
  )
  await put(app, '2:a', '3:b', '4:c')
  await client.send(
    new MergeShardsCommand({
      StreamName: 'clicks',
      ShardToMerge: 'shardId-000000000001',
      AdjacentShardToMerge: 'shardId-000000000002',
    }),
  )
  await put(app, '5:a', '6:b', '7:c')
  await app.settle()
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: 'clicks' }))
  expect(Shards.map(({ ShardId }) => ShardId?.at(-1))).toEqual(['0', '1', '2', '3'])
  const seen = batchesOf(app).flat()
  expect(seen.toSorted()).toEqual(['0:a', '1:b', '2:a', '3:b', '4:c', '5:a', '6:b', '7:c'])
  for (const key of ['a', 'b', 'c']) {
    const own = seen.filter((text) => text.endsWith(key))
    expect(own).toEqual(own.toSorted())
  }
  const shardsSeen = app
    .function('worker')
    .messages()
    .map(({ event: given }) => Number((given as StreamEvent).Records[0]?.eventID.slice(19, 20)))
  expect(shardsSeen.slice(0, 2)).toEqual([0, 0])
  expect(shardsSeen.slice(-3)).toEqual([3, 3, 3])
})

test('LATEST is taken before Create answers: what is put right after is read', async () => {
  const app = await startProject(project('', SUCCEEDS))
  await put(app, 'before')
  const { UUID, State } = await lambdaOf(app).send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'worker',
      EventSourceArn: STREAM,
      StartingPosition: 'LATEST',
    }),
  )
  expect(State).toBe('Creating')
  await put(app, 'after')
  await app.settle()
  expect(batchesOf(app)).toEqual([['after']])
  expect(await lambdaOf(app).send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
    State: 'Enabled',
    LastProcessingResult: 'OK',
    StateTransitionReason: 'User action',
  })
})

test('a mapping that is disabled goes on where it was, one that is made anew begins again', async () => {
  const app = await startProject(project('', SUCCEEDS))
  const lambda = lambdaOf(app)
  const create = () =>
    lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'worker',
        EventSourceArn: STREAM,
        StartingPosition: 'TRIM_HORIZON',
      }),
    )
  const { UUID } = await create()
  await put(app, 'a')
  await app.settle()
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
  await app.settle()
  await put(app, 'b')
  await app.settle()
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }))
  await app.settle()
  expect(batchesOf(app)).toEqual([['a'], ['b']])
  await lambda.send(new DeleteEventSourceMappingCommand({ UUID }))
  await app.settle()
  await create()
  await app.settle()
  expect(batchesOf(app)).toEqual([['a'], ['b'], ['a', 'b']])
})

test('a stream that was made anew while its mapping was disabled is read from its beginning, closed shards included', async () => {
  const app = await startProject(project('', SUCCEEDS))
  const [lambda, client] = [lambdaOf(app), kinesisOf(app)]
  const { UUID } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'worker',
      EventSourceArn: STREAM,
      StartingPosition: 'LATEST',
    }),
  )
  const split = () =>
    client.send(
      new SplitShardCommand({
        StreamName: 'clicks',
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: (2n ** 127n).toString(),
      }),
    )
  await put(app, 'a')
  await split()
  await app.settle()
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
  await app.settle()
  await client.send(new DeleteStreamCommand({ StreamName: 'clicks' }))
  await client.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount: 1 }))
  await put(app, 'b')
  await split()
  await put(app, 'c')
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }))
  await app.settle()
  expect(batchesOf(app)).toEqual([['a'], ['b'], ['c']])
})

test('after a restart a mapping goes on where it was', async () => {
  const { config } = createProject(project('{ stream: clicks, startingPosition: TRIM_HORIZON }', SUCCEEDS))
  const first = await start({ config, clock: 'frozen' })
  await put(first, 'a', 'b')
  await first.settle()
  await first.stop()
  const second = await start({ config, clock: 'frozen' })
  onTestFinished(() => second.stop())
  await put(second, 'c')
  await second.settle()
  expect(batchesOf(second)).toEqual([['c']])
})

test('settle names what a failing batch waits for', async () => {
  const app = await startProject(project('{ stream: clicks, startingPosition: TRIM_HORIZON }', FAILS))
  await put(app, 'a')
  await expect(app.settle()).rejects.toThrow(/clicks/)
})

test('a wrong handler is mended by saving it: the blocked shard goes on', async () => {
  const app = await startProject(project('{ stream: clicks, startingPosition: TRIM_HORIZON }', FAILS))
  await put(app, 'a')
  await app.settle().catch(() => {})
  app.project.write('worker.js', SUCCEEDS)
  await app.reload(['worker'])
  await app.clock.advance('2m')
  await app.settle()
  expect(app.function('worker').messages().at(-1)).toMatchObject({ outcome: 'success' })
})

test('a reset empties streams and begins mappings anew', async () => {
  const app = await startProject(project('{ stream: clicks, startingPosition: TRIM_HORIZON }', SUCCEEDS))
  await put(app, 'a')
  await app.settle()
  await app.reset()
  await put(app, 'b')
  await app.settle()
  expect(batchesOf(app)).toEqual([['b']])
})

test('a spy shows the records of a stream, and gives those that are put one after the other', async () => {
  const app = await startProject(project('{ stream: clicks, startingPosition: TRIM_HORIZON }', SUCCEEDS))
  const spy = app.stream('clicks')
  await put(app, 'a', 'b')
  expect([(await spy.next()).data, (await spy.next()).data]).toEqual(['a', 'b'])
  await spy.none()
  expect(spy.messages()).toMatchObject([
    { data: 'a', partitionKey: 'one', shardId: 'shardId-000000000000', cause: undefined },
    { data: 'b' },
  ])
  expect(() => app.stream('nowhere')).toThrow('there is no stream nowhere; there are: clicks')
})

test('a record that a handler puts is linked to what it leads to', async () => {
  const { 'lambda.yml': spec = '', ...files } = project(
    '{ stream: clicks, startingPosition: TRIM_HORIZON }',
    SUCCEEDS,
  )
  const app = await startProject({
    ...files,
    'lambda.yml': spec.replace('functions:', 'functions:\n  producer: { handler: producer.handler }'),
    'producer.js': `
const { KinesisClient, PutRecordCommand } = require('${import.meta.resolve('@aws-sdk/client-kinesis').replace('file://', '')}')
exports.handler = async () => {
  const client = new KinesisClient({})
  await client.send(new PutRecordCommand({ StreamName: 'clicks', Data: Buffer.from('x'), PartitionKey: 'k' }))
  client.destroy()
}`,
  })
  const { requestId } = await app.invoke('producer')
  await app.settle()
  expect(app.stream('clicks').messages()).toMatchObject([{ data: 'x', cause: requestId }])
  expect(app.function('worker').messages()).toMatchObject([{ cause: requestId, door: 'kinesis' }])
})

test('a consumer gets aggregated records one by one, and those that failed come again with all behind them', async () => {
  const event =
    '{ stream: clicks, consumer: reports, startingPosition: TRIM_HORIZON, functionResponseType: ReportBatchItemFailures }'
  const handler = `let isFirst = true
exports.handler = async ({ Records }) => {
  if (!isFirst) return {}
  isFirst = false
  return { batchItemFailures: [{ itemIdentifier: Records[1].kinesis.sequenceNumber }] }
}`
  const app = await startProject(project(event, handler))
  const inner = ['b', 'c'].map((text) => ({ partitionKey: text, data: Buffer.from(text) }))
  await kinesisOf(app).send(
    new PutRecordsCommand({
      StreamName: 'clicks',
      Records: [Buffer.from('a'), aggregate(inner), Buffer.from('d')].map((Data) => ({
        Data,
        PartitionKey: 'one',
      })),
    }),
  )
  await app.clock.advance('5s')
  await app.settle()
  expect(batchesOf(app)).toEqual([
    ['a', 'b', 'c', 'd'],
    ['b', 'c', 'd'],
  ])
  const [{ Records: [first] } = { Records: [] }] = app
    .function('worker')
    .messages()
    .map(({ event: given }) => given as { Records: { eventSourceARN: string }[] })
  expect(first?.eventSourceARN).toMatch(
    /^arn:aws:kinesis:us-east-1:000000000000:stream\/clicks\/consumer\/reports:\d+$/,
  )
})

test('a consumer keeps its ARN and its place over a restart; once it is deregistered its mapping says so and reads nothing', async () => {
  const event = '{ stream: clicks, consumer: reports, startingPosition: TRIM_HORIZON }'
  const { config } = createProject(project(event, SUCCEEDS))
  const first = await start({ config, clock: 'frozen' })
  await put(first, 'a')
  await first.settle()
  await first.stop()
  const second = await start({ config, clock: 'frozen' })
  onTestFinished(() => second.stop())
  await put(second, 'b')
  await second.settle()
  expect(batchesOf(second)).toEqual([['b']])
  const { EventSourceMappings: [mapping] = [] } = await lambdaOf(second).send(
    new ListEventSourceMappingsCommand({}),
  )
  await kinesisOf(second).send(new DeregisterStreamConsumerCommand({ ConsumerARN: mapping?.EventSourceArn }))
  await put(second, 'c')
  await second.settle()
  expect(batchesOf(second)).toEqual([['b']])
  const answer = await fetch(`${second.url}/_lambent/streams/clicks`)
  const { mappings } = (await answer.json()) as StreamSummary
  expect(mappings.map(({ lastProblem }) => lastProblem)).toEqual([
    expect.stringContaining('Consumer reports of stream clicks'),
  ])
})
