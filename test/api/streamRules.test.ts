import {
  KinesisClient,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
} from '@aws-sdk/client-kinesis'
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  GetEventSourceMappingCommand,
  LambdaClient,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda'
import type { App } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks'
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:worker'
const FIRST_SHARD = 'shardId-000000000000'
const MIDDLE = (2n ** 127n).toString()

/** A stream, and one function with the members of its `stream` event; without them nothing reads. */
const project = (settings: string, handler: string): Record<string, string> => ({
  'lambda.yml': `
service: shop
functions:
  worker:
    handler: worker.handler
    ${settings === '' ? '' : `events: [{ stream: { stream: clicks, startingPosition: TRIM_HORIZON, ${settings} } }]`}
  other: { handler: worker.handler }
resources:
  streams: { clicks: { shards: 1 } }
  queues: { failures: {} }
  topics: { failures: {} }
  buckets: { failures: {} }
`,
  'worker.js': `
const textOf = ({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString()
exports.handler = async (event) => {
  const { Records } = event
  ${handler}
}`,
})

const FAILS = `throw new Error('no')`
const TO_QUEUE = 'destinations: { onFailure: sqs:failures }'

const options = (app: App) => ({
  endpoint: app.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
})

function clientsOf(app: App): { kinesis: KinesisClient; lambda: LambdaClient } {
  const clients = { kinesis: new KinesisClient(options(app)), lambda: new LambdaClient(options(app)) }
  onTestFinished(() => {
    clients.kinesis.destroy()
    clients.lambda.destroy()
  })
  return clients
}

/** Puts texts, all with one key unless each has its own behind a colon: `2:b`. */
async function put(client: KinesisClient, ...texts: readonly string[]): Promise<string[]> {
  const { Records = [] } = await client.send(
    new PutRecordsCommand({
      StreamName: 'clicks',
      Records: texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: keyOf(text) })),
    }),
  )
  return Records.map(({ SequenceNumber }) => SequenceNumber ?? '')
}

const keyOf = (text: string): string => /^\d+:(.+)$/.exec(text)?.[1] ?? 'one'

async function mapTo(
  lambda: LambdaClient,
  settings: Partial<CreateEventSourceMappingCommandInput> = {},
): Promise<string> {
  const { UUID = '' } = await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'worker',
      EventSourceArn: STREAM,
      StartingPosition: 'TRIM_HORIZON',
      ...settings,
    }),
  )
  return UUID
}

interface StreamEvent {
  readonly Records: readonly { readonly kinesis: { readonly data: string } }[]
}

const dataOf = (event: unknown): string[] =>
  (event as StreamEvent).Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString())

/** The data of each batch that a function was given, in order. */
const batchesOf = (app: App, name = 'worker'): string[][] =>
  app
    .function(name)
    .messages()
    .map(({ event }) => dataOf(event))

const failureTexts = (app: App): string[] =>
  app
    .queue('failures')
    .messages()
    .map(({ body }) => body)

interface Failure {
  readonly requestContext: { readonly condition: string; readonly approximateInvokeCount: number }
  readonly responseContext?: object
  readonly KinesisBatchInfo: { readonly startSequenceNumber: string; readonly batchSize: number }
}

const failuresOf = (app: App): Failure[] => failureTexts(app).map((text) => JSON.parse(text) as Failure)

test('several producers write while shards are split, merged and scaled: nothing is lost or done twice, and each key stays in order', async () => {
  const app = await startProject(project('batchSize: 4, parallelizationFactor: 3', ''))
  const keys = ['a', 'b', 'c', 'd', 'e', 'f']
  const { kinesis } = clientsOf(app)
  let next = 0
  const load = async (): Promise<void> => {
    const numbers = Array.from({ length: 5 }, () => next++)
    await Promise.all(
      keys.map((key) =>
        put(kinesis, ...numbers.map((number) => `${String(number).padStart(3, '0')}:${key}`)),
      ),
    )
  }
  const shard = (number: number): string => `shardId-${String(number).padStart(12, '0')}`
  const merge = (one: number, two: number) =>
    kinesis.send(
      new MergeShardsCommand({
        StreamName: 'clicks',
        ShardToMerge: shard(one),
        AdjacentShardToMerge: shard(two),
      }),
    )
  const split = (one: number, at = MIDDLE) =>
    kinesis.send(
      new SplitShardCommand({ StreamName: 'clicks', ShardToSplit: shard(one), NewStartingHashKey: at }),
    )
  const scale = (count: number) =>
    kinesis.send(
      new UpdateShardCountCommand({
        StreamName: 'clicks',
        TargetShardCount: count,
        ScalingType: 'UNIFORM_SCALING',
      }),
    )
  await load()
  await Promise.all([load(), split(0)])
  await Promise.all([load(), split(2, (2n ** 127n + 2n ** 126n).toString())])
  await Promise.all([load(), merge(3, 4)])
  await load()
  await Promise.all([load(), merge(1, 5)])
  await load()
  for (const count of [2, 4, 3]) await Promise.all([load(), scale(count)])
  await load()
  await app.settle()
  const seen = app
    .function('worker')
    .messages()
    .flatMap(({ event }) => dataOf(event))
  const all = Array.from({ length: next }, (_, number) => String(number).padStart(3, '0'))
  for (const key of keys)
    expect(seen.filter((text) => keyOf(text) === key)).toEqual(all.map((number) => `${number}:${key}`))
  expect(seen).toHaveLength(next * keys.length)
})

test('the message to a queue has the members that AWS was seen to send, in their order', async () => {
  const app = await startProject(project(`maximumRetryAttempts: 1, ${TO_QUEUE}`, FAILS))
  const { kinesis } = clientsOf(app)
  const arrived = new Date(app.clock.now()).toISOString()
  const numbers = await put(kinesis, 'a', 'b')
  await app.clock.advance('1m')
  await app.settle()
  const [text = ''] = failureTexts(app)
  const { requestId } = app.function('worker').messages().at(-1) ?? {}
  const { timestamp } = JSON.parse(text) as { timestamp: string }
  expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(text).toBe(
    JSON.stringify({
      requestContext: {
        requestId,
        functionArn: FUNCTION,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp,
      KinesisBatchInfo: {
        shardId: FIRST_SHARD,
        startSequenceNumber: numbers[0],
        endSequenceNumber: numbers[1],
        approximateArrivalOfFirstRecord: arrived,
        approximateArrivalOfLastRecord: arrived,
        batchSize: 2,
        streamArn: STREAM,
      },
    }),
  )
})

test('topic and bucket are told the same as a queue; the bucket gets the event as text behind it', async () => {
  const failingTo = async (target: string): Promise<App> => {
    const settings = `maximumRetryAttempts: 0, destinations: { onFailure: '${target}' }`
    const app = await startProject(project(settings, FAILS))
    await put(clientsOf(app).kinesis, 'a')
    await app.settle()
    return app
  }
  const [telling, keeping] = [await failingTo('sns:failures'), await failingTo('s3:failures')]
  const message = JSON.parse(telling.topic('failures').messages()[0]?.message ?? '') as object
  const object = JSON.parse(keeping.bucket('failures').messages()[0]?.body ?? '') as Record<string, unknown>
  const members = ['requestContext', 'responseContext', 'version', 'timestamp', 'KinesisBatchInfo']
  expect(Object.keys(message)).toEqual(members)
  expect(Object.keys(object)).toEqual([...members, 'payload'])
  expect(object['payload']).toBe(JSON.stringify(keeping.function('worker').messages()[0]?.event))
})

test('a record that is too old is told of without an answer of the function, and alone: the others are delivered', async () => {
  const app = await startProject(project('', ''))
  const { kinesis, lambda } = clientsOf(app)
  const [old] = await put(kinesis, 'old')
  await app.clock.advance('61s')
  await put(kinesis, '0', '1', '2', '3', '4')
  await mapTo(lambda, {
    MaximumRecordAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:failures' } },
  })
  await app.settle()
  expect(batchesOf(app)).toEqual([['0', '1', '2', '3', '4']])
  const [failure] = failuresOf(app)
  expect(Object.keys(failure ?? {})).toEqual(['requestContext', 'version', 'timestamp', 'KinesisBatchInfo'])
  expect(failure).toMatchObject({
    requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 1 },
    KinesisBatchInfo: { startSequenceNumber: old, endSequenceNumber: old, batchSize: 1 },
  })
})

test('what a function answers decides whether its records are done, as recorded', async () => {
  const done = ['""', 'null', '[]', '{}', '{"batchItemFailures":[]}', '{"batchItemFailures":null}']
  const failed = [
    '{"batchItemFailures":[{"itemIdentifier":""}]}',
    '{"batchItemFailures":[{"itemIdentifier":null}]}',
    '{"batchItemFailures":[{"itemIdentifier":123}]}',
    '{"batchItemFailures":[{"itemIdentifier":"49590338271490256608559692538361571095921575989136588898"}]}',
    '{"batchItemFailures":[{"foo":"bar"}]}',
    '{"batchItemFailures":[{"foo":null}]}',
    '{"batchItemFailures":[{}]}',
  ]
  const settings = `batchSize: 1, maximumRetryAttempts: 0, functionResponseType: ReportBatchItemFailures, ${TO_QUEUE}`
  const app = await startProject(project(settings, 'return JSON.parse(textOf(Records[0]))'))
  const { kinesis } = clientsOf(app)
  await put(kinesis, ...done)
  const numbers = await put(kinesis, ...failed)
  await app.settle()
  expect(failuresOf(app).map(({ KinesisBatchInfo }) => KinesisBatchInfo.startSequenceNumber)).toEqual(numbers)
  expect(failuresOf(app).map(({ responseContext }) => responseContext)).toEqual(
    failed.map(() => ({ statusCode: 200, executedVersion: '$LATEST', functionError: null })),
  )
})

test('with bisecting and partial answers only what begins with the reported record comes again', async () => {
  const settings = `maximumRetryAttempts: 1, bisectBatchOnFunctionError: true, functionResponseType: ReportBatchItemFailures, ${TO_QUEUE}`
  const app = await startProject(
    project(
      settings,
      `return { batchItemFailures: Records.filter((one) => textOf(one) === '3').map((one) => ({ itemIdentifier: one.kinesis.sequenceNumber })) }`,
    ),
  )
  const numbers = await put(clientsOf(app).kinesis, '0', '1', '2', '3', '4', '5')
  await app.clock.advance('10m')
  await app.settle()
  const [first, second, ...more] = batchesOf(app)
  expect(first).toEqual(['0', '1', '2', '3', '4', '5'])
  expect(second?.[0]).toBe('3')
  expect(more.flat()).not.toContain('2')
  expect(failuresOf(app)).toMatchObject([
    { KinesisBatchInfo: { startSequenceNumber: numbers[3], batchSize: 1 } },
  ])
  expect(batchesOf(app).at(-1)).toContain('5')
})

test('three windows one after the other: each begins without state and ends with a last call, one of them early for its size', async () => {
  const handler = `
  const { state, isFinalInvokeForWindow } = event
  if (Records.some((one) => textOf(one) === 'big')) return { state: { text: 'x'.repeat(1024 * 1024) } }
  return { state: { seen: [...(state.seen ?? []), ...Records.map(textOf)] } }`
  const app = await startProject(project('batchSize: 2, tumblingWindowInSeconds: 60', handler))
  const { kinesis } = clientsOf(app)
  await app.clock.advance(60_000 - (app.clock.now() % 60_000))
  const beginMs = app.clock.now()
  for (const texts of [['1', '2', '3'], ['big', '4', '5'], ['6']]) {
    await put(kinesis, ...texts)
    await app.clock.advance('1m')
  }
  await app.clock.advance('3m')
  await app.settle()
  const minute = (number: number): string =>
    new Date(beginMs + number * 60_000).toISOString().replace('.000', '')
  const call = (
    number: number,
    texts: readonly string[],
    seen: readonly string[] | 'big' | null,
    ends = '',
  ) => ({
    texts,
    window: { start: minute(number), end: minute(number + 1) },
    state: seen === 'big' ? 'big' : seen === null ? {} : { seen },
    isFinalInvokeForWindow: ends !== '',
    isWindowTerminatedEarly: ends === 'early',
  })
  const calls = app
    .function('worker')
    .messages()
    .map(({ event }) => {
      const {
        Records: _,
        shardId,
        eventSourceARN,
        state,
        ...others
      } = event as StreamEvent & {
        readonly shardId: string
        readonly eventSourceARN: string
        readonly state: { readonly text?: string }
      }
      expect([shardId, eventSourceARN]).toEqual([FIRST_SHARD, STREAM])
      expect(Object.keys(event as object)).toEqual([
        'Records',
        'window',
        'state',
        'shardId',
        'eventSourceARN',
        'isFinalInvokeForWindow',
        'isWindowTerminatedEarly',
      ])
      return { texts: dataOf(event), state: state.text === undefined ? state : 'big', ...others }
    })
  expect(calls).toEqual([
    call(0, ['1', '2'], null),
    call(0, ['3'], ['1', '2']),
    call(0, [], ['1', '2', '3'], 'inTime'),
    call(1, ['big', '4'], null),
    call(1, [], 'big', 'early'),
    call(1, ['5'], null),
    call(1, [], ['5'], 'inTime'),
    call(2, ['6'], null),
    call(2, [], ['6'], 'inTime'),
  ])
})

test('a function that may not run at all uses up no retries; it gets its records when it may', async () => {
  const app = await startProject(project(`maximumRetryAttempts: 0, ${TO_QUEUE}`, ''))
  const { kinesis, lambda } = clientsOf(app)
  const reserve = (places: number) =>
    lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: 'worker', ReservedConcurrentExecutions: places }),
    )
  await reserve(0)
  await put(kinesis, 'a')
  await app.clock.advance('10m')
  const outcomes = () =>
    app
      .function('worker')
      .messages()
      .map(({ outcome }) => outcome)
  expect(new Set(outcomes())).toEqual(new Set(['throttled']))
  await reserve(1)
  await app.clock.advance('2m')
  await app.settle()
  expect(outcomes().filter((outcome) => outcome !== 'throttled')).toEqual(['success'])
  expect(failuresOf(app)).toEqual([])
})

test('a mapping of an alias runs the version that it names, which the failure record tells, and not the alias', async () => {
  const app = await startProject(project('', FAILS))
  const { kinesis, lambda } = clientsOf(app)
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: 'worker' }))
  await lambda.send(
    new CreateAliasCommand({ FunctionName: 'worker', Name: 'live', FunctionVersion: Version }),
  )
  const UUID = await mapTo(lambda, {
    FunctionName: 'worker:live',
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:failures' } },
  })
  await put(kinesis, 'a')
  await app.settle()
  expect(await lambda.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
    FunctionArn: `${FUNCTION}:live`,
  })
  expect(failuresOf(app)).toMatchObject([
    { requestContext: { functionArn: FUNCTION }, responseContext: { executedVersion: Version } },
  ])
})

test('two functions read one stream, and one that fails does not hold up the other', async () => {
  const app = await startProject(
    project('', `if (process.env.AWS_LAMBDA_FUNCTION_NAME.endsWith('worker')) throw new Error('no')`),
  )
  const { kinesis, lambda } = clientsOf(app)
  await mapTo(lambda)
  await mapTo(lambda, { FunctionName: 'other' })
  await put(kinesis, 'a')
  await app.settle().catch(() => {})
  await put(kinesis, 'b')
  await app.settle().catch(() => {})
  expect(batchesOf(app, 'other')).toEqual([['a'], ['b']])
  expect(new Set(batchesOf(app).flat())).toEqual(new Set(['a']))
})

test('a mapping says how its latest batch went, in the words of AWS', async () => {
  const app = await startProject(project('', `if (textOf(Records[0]) === 'bad') throw new Error('no')`))
  const { kinesis, lambda } = clientsOf(app)
  const UUID = await mapTo(lambda, { MaximumRetryAttempts: 0 })
  const result = async (): Promise<string | undefined> => {
    await app.settle()
    return (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).LastProcessingResult
  }
  const results = [await result()]
  for (const text of ['good', 'bad', 'good']) {
    await put(kinesis, text)
    results.push(await result())
  }
  expect(results).toEqual(['No records processed', 'OK', 'PROBLEM: Function call failed', 'OK'])
})

test('AT_TIMESTAMP begins with the records that arrived then', async () => {
  const app = await startProject(project('', ''))
  const { kinesis, lambda } = clientsOf(app)
  await put(kinesis, 'before')
  await app.clock.advance('5m')
  const since = new Date(app.clock.now())
  await put(kinesis, 'then')
  await app.clock.advance('5m')
  await put(kinesis, 'after')
  await mapTo(lambda, { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: since })
  await app.settle()
  expect(batchesOf(app)).toEqual([['then', 'after']])
})

test('a batching window gathers records until the clock says that it is over', async () => {
  const app = await startProject(project('', ''))
  const { kinesis, lambda } = clientsOf(app)
  await mapTo(lambda, { MaximumBatchingWindowInSeconds: 60 })
  await app.clock.advance('2m')
  for (const text of ['a', 'b', 'c']) {
    await put(kinesis, text)
    await app.clock.advance('19s')
  }
  expect(batchesOf(app)).toEqual([])
  await app.clock.advance('3s')
  await app.settle()
  expect(batchesOf(app)).toEqual([['a', 'b', 'c']])
})

test('a batch ends before its event would have more than 6 MB, however many records it may have', async () => {
  // What a function was given is not kept for ever when it is this large: the function itself says what it got.
  const log = `console.log('got ' + Records.map((one) => textOf(one)[0]).join('') + ' ' + JSON.stringify(event).length)`
  const app = await startProject(project('', log))
  const { kinesis, lambda } = clientsOf(app)
  await put(kinesis, ...Array.from({ length: 8 }, (_, index) => String(index).repeat(1_000_000)))
  await mapTo(lambda)
  await app.settle()
  const got = app.ledger
    .latest()
    .flatMap((entry) => (entry.kind === 'logLine' ? [/got (\d+) (\d+)/.exec(entry.text) ?? []] : []))
    .filter((match) => match.length > 0)
  expect(got.map(([, texts]) => texts)).toEqual(['0123', '4567'])
  for (const [, , bytes] of got) expect(Number(bytes)).toBeLessThanOrEqual(6 * 1_024 * 1_024)
})

test('a function that runs into its timeout, or whose process ends, has failed like one that throws', async () => {
  const { 'lambda.yml': spec = '', ...files } = project(
    `batchSize: 1, maximumRetryAttempts: 0, ${TO_QUEUE}`,
    `if (textOf(Records[0]) === 'exit') process.exit(0)
  if (textOf(Records[0]) === 'hang') await new Promise(() => setInterval(() => {}, 1_000))`,
  )
  const timed = spec.replace('handler: worker.handler\n', 'handler: worker.handler\n    timeout: 1\n')
  const app = await startProject({ ...files, 'lambda.yml': timed })
  const numbers = await put(clientsOf(app).kinesis, 'exit', 'hang', 'fine')
  await app.settle()
  expect(batchesOf(app)).toEqual([['exit'], ['hang'], ['fine']])
  expect(failuresOf(app)).toMatchObject(
    numbers.slice(0, 2).map((number) => ({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 1 },
      responseContext: { functionError: 'Unhandled' },
      KinesisBatchInfo: { startSequenceNumber: number, batchSize: 1 },
    })),
  )
})
