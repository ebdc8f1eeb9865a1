import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams'
import type { App } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const project = (handler: string): Record<string, string> => ({
  'lambda.yml': `
functions: { totals: { handler: totals.handler } }
resources:
  queues: { failures: {} }
`,
  'totals.js': `exports.handler = async ({ Records }) => { ${handler} }`,
})

const TO_QUEUE = { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:failures' } }

const cart = (id: string, total: number) => ({ id: { S: id }, total: { N: String(total) } })

/** The table `carts` with one item, and a mapping that reads its stream. */
async function startTable(
  handler: string,
  settings: Partial<CreateEventSourceMappingCommandInput> = {},
): Promise<{ readonly app: App; readonly streamArn: string; readonly first: string }> {
  const app = await startProject(project(handler))
  const options = {
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  }
  const [lambda, streams] = [new LambdaClient(options), new DynamoDBStreamsClient(options)]
  onTestFinished(() => {
    lambda.destroy()
    streams.destroy()
  })
  const placed = await app.putItemChange('carts', { newImage: cart('a', 0) })
  const { Streams = [] } = await streams.send(new ListStreamsCommand({ TableName: 'carts' }))
  const streamArn = Streams[0]?.StreamArn ?? ''
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'totals',
      EventSourceArn: streamArn,
      StartingPosition: 'TRIM_HORIZON',
      ...settings,
    }),
  )
  return { app, streamArn, first: placed?.sequenceNumber ?? '' }
}

interface Change {
  readonly eventName: string
  readonly dynamodb: {
    readonly Keys: { readonly id: { readonly S: string } }
    readonly NewImage?: { readonly total: { readonly N: string } }
  }
}

const batchesOf = (app: App): string[][] =>
  app
    .function('totals')
    .messages()
    .map(({ event }) =>
      (event as { readonly Records: readonly Change[] }).Records.map(
        ({ dynamodb: { Keys, NewImage } }) => `${Keys.id.S}${NewImage?.total.N ?? ''}`,
      ),
    )

test('the message to a queue names the stream of the table, with times of whole seconds', async () => {
  const { app, streamArn, first } = await startTable(`throw new Error('no')`, {
    MaximumRetryAttempts: 1,
    DestinationConfig: TO_QUEUE,
  })
  const arrived = `${new Date(app.clock.now()).toISOString().slice(0, 19)}Z`
  await app.clock.advance('1m')
  await app.settle()
  const [{ body } = { body: '' }] = app.queue('failures').messages()
  const { DDBStreamBatchInfo, ...others } = JSON.parse(body) as {
    readonly timestamp: string
    readonly DDBStreamBatchInfo: { readonly shardId: string }
  }
  expect(JSON.stringify(DDBStreamBatchInfo)).toBe(
    JSON.stringify({
      shardId: DDBStreamBatchInfo.shardId,
      startSequenceNumber: first,
      endSequenceNumber: first,
      approximateArrivalOfFirstRecord: arrived,
      approximateArrivalOfLastRecord: arrived,
      batchSize: 1,
      streamArn,
    }),
  )
  expect(DDBStreamBatchInfo.shardId).toMatch(/^shardId-\d{20}-[\da-f]{8}$/)
  expect(others).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: expect.stringMatching(/\.\d{3}Z$/) as unknown,
  })
})

test('progress restarts the retries of a table too: five invocations of the change that fails, four of them counted', async () => {
  const handler = `return { batchItemFailures: Records
    .filter(({ dynamodb }) => dynamodb.NewImage.total.N === '5')
    .map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) }`
  const { app } = await startTable(handler, {
    BatchSize: 3,
    MaximumBatchingWindowInSeconds: 1,
    MaximumRetryAttempts: 3,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: TO_QUEUE,
  })
  for (const total of [1, 2, 3, 4, 5]) await app.putItemChange('carts', { newImage: cart('b', total) })
  await app.clock.advance('10m')
  await app.settle()
  expect(batchesOf(app).filter((batch) => batch.includes('b5'))).toHaveLength(5)
  expect(
    app
      .queue('failures')
      .messages()
      .map(({ body }) => JSON.parse(body) as unknown),
  ).toMatchObject([
    {
      requestContext: { approximateInvokeCount: 4 },
      responseContext: { functionError: null },
      DDBStreamBatchInfo: { batchSize: 1 },
    },
  ])
})

test('lanes work side by side, and changes of one item stay in their order', async () => {
  const handler = `await new Promise((resolve) => setTimeout(resolve, Records[0].dynamodb.Keys.id.S === 'a' ? 20 : 0))`
  const { app } = await startTable(handler, { ParallelizationFactor: 4, BatchSize: 2 })
  const totals = [1, 2, 3, 4, 5]
  for (const total of totals)
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((id) =>
        app.putItemChange('carts', { oldImage: cart(id, total - 1), newImage: cart(id, total) }),
      ),
    )
  await app.settle()
  const seen = batchesOf(app).flat()
  expect(seen.filter((one) => one.startsWith('a'))).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a5'])
  for (const id of ['b', 'c', 'd'])
    expect(seen.filter((one) => one.startsWith(id))).toEqual(totals.map((total) => `${id}${total}`))
})

test('changes that no filter lets through are passed over, by the name of the event and by typed values', async () => {
  const pattern = { eventName: ['INSERT'], dynamodb: { NewImage: { total: { N: ['7'] } } } }
  const { app } = await startTable('', {
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] },
  })
  await app.putItemChange('carts', { newImage: cart('b', 7) })
  await app.putItemChange('carts', { oldImage: cart('b', 7), newImage: cart('b', 8) })
  await app.putItemChange('carts', { oldImage: cart('a', 0), newImage: cart('a', 7) })
  await app.settle()
  expect(batchesOf(app)).toEqual([['b7']])
})
