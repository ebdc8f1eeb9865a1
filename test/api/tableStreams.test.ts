import { readFileSync } from 'node:fs'
import type { App } from 'lambent'
import { beforeAll, expect, test, vi } from 'vitest'
import { startProject } from '../tools/project.ts'

// Where no credentials are, the SDK would look for those of a virtual machine.
beforeAll(() => void vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true'))

const functions = {
  'lambda.yml': 'functions: { totals: { handler: totals.handler } }',
  'totals.js': 'exports.handler = async () => {}',
}

/** A table's stream and a mapping that reads it, as code makes one: the file has no word for tables that are here. */
async function startTable(): Promise<App> {
  const app = await startProject(functions)
  await app.putItemChange('carts', { newImage: cart('c0', '1') })
  const [stream] = await streamsOf(app)
  const response = await fetch(`${app.url}/2015-03-31/event-source-mappings`, {
    method: 'POST',
    body: JSON.stringify({
      FunctionName: 'totals',
      EventSourceArn: stream?.StreamArn,
      StartingPosition: 'TRIM_HORIZON',
    }),
  })
  expect(response.status).toBe(202)
  expect(await nextRecords(app)).toMatchObject([{ dynamodb: { Keys: { id: { S: 'c0' } } } }])
  return app
}

async function streamsOf(app: App): Promise<readonly { readonly StreamArn: string }[]> {
  const response = await fetch(app.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDBStreams_20120810.ListStreams',
    },
    body: '{}',
  })
  return ((await response.json()) as { Streams: { StreamArn: string }[] }).Streams
}

const cart = (id: string, total: string) => ({ id: { S: id }, total: { N: total } })

const nextRecords = async (app: App): Promise<readonly Record<string, unknown>[]> =>
  ((await app.function('totals').next()).event as { Records: Record<string, unknown>[] }).Records

test('a change of an item of a table invokes the function that reads its stream', async () => {
  const app = await startTable()
  const placed = await app.putItemChange('carts', { newImage: cart('c1', '12') })
  const [record] = await nextRecords(app)
  expect(record).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(app.clock.now() / 1_000),
      Keys: { id: { S: 'c1' } },
      NewImage: cart('c1', '12'),
      SequenceNumber: placed?.sequenceNumber,
      SizeBytes: 15,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: expect.stringMatching(
      /^arn:aws:dynamodb:us-east-1:000000000000:table\/carts\/stream\/[-\d]{10}T[:.\d]{12}$/,
    ) as unknown,
  })
  const same = cart('c1', '12')
  expect(await app.putItemChange('carts', { oldImage: same, newImage: same })).toBeUndefined()
  await app.putItemChange('carts', { oldImage: same })
  expect((await nextRecords(app)).map(({ eventName }) => eventName)).toEqual(['REMOVE'])
  await app.settle()
})

test('a table is read on from a shard to its child; a reset leaves no stream', async () => {
  const app = await startTable()
  const first = await app.putItemChange('carts', { newImage: cart('a', '1') })
  await nextRecords(app)
  await app.clock.advance('4h')
  const second = await app.putItemChange('carts', { newImage: cart('b', '1') })
  expect(second?.shardId).not.toBe(first?.shardId)
  expect(await nextRecords(app)).toMatchObject([{ dynamodb: { Keys: { id: { S: 'b' } } } }])
  await app.reset()
  expect(await streamsOf(app)).toEqual([])
})

test('a table has the keys and the view type that are given with its first change', async () => {
  const app = await startProject(functions)
  const lines = { name: 'lines', keys: ['cart', 'line'], viewType: 'KEYS_ONLY' } as const
  await expect(app.putItemChange(lines, { newImage: cart('a', '1') })).rejects.toThrow(
    'no key attribute cart',
  )
  expect(await app.putItemChange(lines, { newImage: { cart: { S: 'a' }, line: { N: '1' } } })).toBeDefined()
})

test('the stream of a table elsewhere is read as if it were here', async () => {
  const there = await startProject({
    'lambda.yml': 'functions: { idle: { handler: idle.handler } }',
    'idle.js': 'exports.handler = async () => {}',
  })
  await there.putItemChange('carts', { newImage: cart('c1', '12') })
  const app = await startProject({
    ...functions,
    'lambda.yml': `
functions:
  totals: { handler: totals.handler, events: [{ stream: { table: carts, batchSize: 10 } }] }
endpoints: { dynamodb: '${there.url}' }
`,
  })
  expect(await nextRecords(app)).toMatchObject([
    { eventName: 'INSERT', dynamodb: { Keys: { id: { S: 'c1' } } } },
  ])
  await there.putItemChange('carts', { newImage: cart('c2', '12') })
  await app.clock.advance(250)
  expect(await nextRecords(app)).toMatchObject([{ dynamodb: { Keys: { id: { S: 'c2' } } } }])
})

test('a Kinesis elsewhere is read as if it were here', async () => {
  const there = await startProject({
    'lambda.yml':
      'functions: { idle: { handler: idle.handler } }\nresources: { streams: { clicks: { shards: 1 } } }',
    'idle.js': 'exports.handler = async () => {}',
  })
  const put = (text: string) =>
    fetch(there.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Kinesis_20131202.PutRecord' },
      body: JSON.stringify({ StreamName: 'clicks', PartitionKey: 'a', Data: btoa(text) }),
    })
  await put('one')
  const app = await startProject({
    ...functions,
    'lambda.yml': `
functions:
  totals: { handler: totals.handler, events: [{ stream: { stream: 'kinesis:clicks' } }] }
endpoints: { kinesis: '${there.url}' }
`,
  })
  expect(await nextRecords(app)).toMatchObject([{ kinesis: { partitionKey: 'a', data: btoa('one') } }])
  await put('two')
  await app.clock.advance(1_000)
  expect(await nextRecords(app)).toMatchObject([{ kinesis: { data: btoa('two') } }])
})

test('the page on streams elsewhere names both packages', () => {
  const page = readFileSync(new URL('../../docs/foreign-streams.md', import.meta.url), 'utf8')
  for (const name of ['@aws-sdk/client-kinesis', '@aws-sdk/client-dynamodb-streams'])
    expect(page).toContain(`npm install --save-dev ${name}`)
})
