import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { DynamoDBStreams, GetRecordsCommandOutput } from '@aws-sdk/client-dynamodb-streams'
import { describe, expect, test } from 'vitest'
import { createDynamoDbStreamsService, type Item } from '../../src/services/dynamodbStreams/index.ts'
import {
  added,
  createDynamoDbStreamsWorld,
  identity,
  orders,
  startMs,
  streamArn,
  tableArn,
} from './dynamodbStreamsWorld.ts'

const HOUR_MS = 3_600_000

async function shardsOf(client: DynamoDBStreams, StreamArn = streamArn) {
  const { StreamDescription } = await client.describeStream({ StreamArn })
  return StreamDescription?.Shards ?? []
}

/** The first page of a shard, by default from its beginning. */
async function pageOf(
  client: DynamoDBStreams,
  ShardId: string | undefined,
  more: object = {},
): Promise<GetRecordsCommandOutput> {
  const { ShardIterator } = await client.getShardIterator({
    StreamArn: streamArn,
    ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
    ...more,
  })
  return client.getRecords({ ShardIterator })
}

const idsOf = ({ Records = [] }: GetRecordsCommandOutput): (string | undefined)[] =>
  Records.map(({ dynamodb }) => dynamodb?.Keys?.['id']?.S)

test('a stream is described with its table, and a change of an item comes as AWS has it', async () => {
  const { client, streams, puts } = await createDynamoDbStreamsWorld()
  expect(await streams.open(orders)).toBe(streamArn)
  const { Streams } = await client.listStreams({ TableName: 'orders' })
  expect(Streams).toEqual([
    { StreamArn: streamArn, TableName: 'orders', StreamLabel: '2026-01-02T03:04:05.678' },
  ])
  const { StreamDescription } = await client.describeStream({ StreamArn: streamArn })
  expect(StreamDescription).toEqual({
    StreamArn: streamArn,
    StreamLabel: '2026-01-02T03:04:05.678',
    StreamStatus: 'ENABLED',
    StreamViewType: 'NEW_AND_OLD_IMAGES',
    CreationRequestDateTime: new Date(startMs),
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    Shards: [
      {
        ShardId: expect.stringMatching(/^shardId-0000000\d{13}-[0-9a-f]{8}$/),
        SequenceNumberRange: { StartingSequenceNumber: expect.stringMatching(/^\d{21,40}$/) },
      },
    ],
  })
  const newImage = { id2: { S: 'id2_value' }, id: { S: 'id_value' } }
  const [placed] = await streams.put(streamArn, [{ newImage }], 'invocation-1')
  const [shard] = await shardsOf(client)
  const page = await pageOf(client, shard?.ShardId)
  expect(page.Records).toEqual([
    {
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: new Date('2026-01-02T03:04:05.000Z'),
        Keys: { id: { S: 'id_value' } },
        NewImage: newImage,
        SequenceNumber: placed?.sequenceNumber,
        SizeBytes: 32,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    },
  ])
  expect(page.NextShardIterator?.length).toBeLessThanOrEqual(2_048)
  expect(puts).toEqual([
    {
      streamArn,
      table: 'orders',
      shardId: shard?.ShardId,
      count: 1,
      sequenceNumbers: [placed?.sequenceNumber],
      cause: 'invocation-1',
    },
  ])
})

const before: Item = { id: { S: 'a' }, n: { N: '1' } }
const after: Item = { id: { S: 'a' }, n: { N: '42' } }
const sameSets: [Item, Item] = [
  { id: { S: 'a' }, tags: { SS: ['x', 'y'] }, m: { M: { p: { BOOL: true }, q: { NULL: true } } } },
  { m: { M: { q: { NULL: true }, p: { BOOL: true } } }, tags: { SS: ['y', 'x'] }, id: { S: 'a' } },
]

test.each([
  ['KEYS_ONLY', before, after, { eventName: 'MODIFY', images: [], size: 3 }],
  ['NEW_IMAGE', before, after, { eventName: 'MODIFY', images: ['NewImage'], size: 9 }],
  ['OLD_IMAGE', before, after, { eventName: 'MODIFY', images: ['OldImage'], size: 9 }],
  ['NEW_AND_OLD_IMAGES', before, after, { eventName: 'MODIFY', images: ['NewImage', 'OldImage'], size: 15 }],
  ['NEW_AND_OLD_IMAGES', undefined, after, { eventName: 'INSERT', images: ['NewImage'], size: 9 }],
  ['NEW_AND_OLD_IMAGES', before, undefined, { eventName: 'REMOVE', images: ['OldImage'], size: 9 }],
  ['NEW_IMAGE', before, undefined, { eventName: 'REMOVE', images: [], size: 3 }],
  ['KEYS_ONLY', before, before, undefined],
  ['NEW_IMAGE', ...sameSets, undefined],
] as const)('%s shows of a change from %j to %j: %j', async (viewType, oldImage, newImage, expected) => {
  const { client, streams } = await createDynamoDbStreamsWorld()
  await streams.open({ ...orders, viewType })
  await streams.put(streamArn, [{ oldImage, newImage }])
  const [shard] = await shardsOf(client)
  const { Records = [] } = await pageOf(client, shard?.ShardId)
  const seen = Records.map(({ eventName, dynamodb = {} }) => ({
    eventName,
    images: Object.keys(dynamodb).filter((name) => name.endsWith('Image')),
    size: dynamodb.SizeBytes,
  }))
  expect(seen).toEqual(expected ? [expected] : [])
})

test('what time to live deletes says who did it', async () => {
  const { client, streams } = await createDynamoDbStreamsWorld()
  await streams.open(orders)
  const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' }
  await streams.put(streamArn, [{ oldImage: before, userIdentity }])
  const [shard] = await shardsOf(client)
  const { Records } = await pageOf(client, shard?.ShardId)
  expect(Records?.[0]?.userIdentity).toEqual({ Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' })
})

test('the four kinds of iterators begin where they say', async () => {
  const { client, streams } = await createDynamoDbStreamsWorld()
  await streams.open(orders)
  const placed = await streams.put(streamArn, ['a', 'b', 'c'].map(added))
  const [shard] = await shardsOf(client)
  const SequenceNumber = placed[1]?.sequenceNumber
  const from = async (ShardIteratorType: string, more: object = {}) =>
    idsOf(await pageOf(client, shard?.ShardId, { ShardIteratorType, ...more }))
  expect(await from('TRIM_HORIZON')).toEqual(['a', 'b', 'c'])
  expect(await from('LATEST')).toEqual([])
  expect(await from('AT_SEQUENCE_NUMBER', { SequenceNumber })).toEqual(['b', 'c'])
  expect(await from('AFTER_SEQUENCE_NUMBER', { SequenceNumber })).toEqual(['c'])
})

test('a read takes up to a thousand records, or as many as asked for, and up to a MiB', async () => {
  const { client, streams } = await createDynamoDbStreamsWorld()
  await streams.open(orders)
  await streams.put(
    streamArn,
    Array.from({ length: 1_001 }, (_, index) => added(`small-${index}`)),
  )
  const text = 'x'.repeat(390_000)
  for (const id of ['1', '2', '3'])
    await streams.put(streamArn, [{ newImage: { id: { S: id }, text: { S: text } } }])
  const [shard] = await shardsOf(client)
  const { ShardIterator } = await client.getShardIterator({
    StreamArn: streamArn,
    ShardId: shard?.ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  })
  const counts: number[] = []
  for (let iterator = ShardIterator, Limit = 1; counts.at(-1) !== 0; Limit = 1_000) {
    const page = await client.getRecords({ ShardIterator: iterator, Limit })
    counts.push(page.Records?.length ?? 0)
    iterator = page.NextShardIterator
  }
  expect(counts).toEqual([1, 1_000, 2, 1, 0])
})

describe('time', () => {
  test('an iterator is good for fifteen minutes of the clock', async () => {
    const { client, streams, clock } = await createDynamoDbStreamsWorld()
    await streams.open(orders)
    const [shard] = await shardsOf(client)
    const { NextShardIterator: ShardIterator } = await pageOf(client, shard?.ShardId)
    await clock.advance(900_000)
    await client.getRecords({ ShardIterator })
    await clock.advance(1)
    await expect(client.getRecords({ ShardIterator })).rejects.toMatchObject({
      name: 'ExpiredIteratorException',
    })
  })

  test('after four hours of the clock the next record goes into a child of the shard', async () => {
    const { client, streams, clock } = await createDynamoDbStreamsWorld()
    await streams.open(orders)
    await streams.put(streamArn, [added('a')])
    await clock.advance(4 * HOUR_MS - 1)
    await streams.put(streamArn, [added('b')])
    expect(await shardsOf(client)).toHaveLength(1)
    await clock.advance(1)
    expect(await shardsOf(client)).toHaveLength(1)
    const [last] = await streams.put(streamArn, [added('c')])
    const [parent, child] = await shardsOf(client)
    expect(child).toMatchObject({ ShardId: last?.shardId, ParentShardId: parent?.ShardId })
    expect(child?.SequenceNumberRange?.EndingSequenceNumber).toBeUndefined()
    const end = parent?.SequenceNumberRange?.EndingSequenceNumber ?? ''
    expect(BigInt(last?.sequenceNumber ?? 0)).toBeGreaterThan(BigInt(end))
    const first = await pageOf(client, parent?.ShardId)
    expect(idsOf(first)).toEqual(['a', 'b'])
    expect(first.Records?.at(-1)?.dynamodb?.SequenceNumber).toBe(end)
    expect(first.NextShardIterator).toBeUndefined()
    expect(idsOf(await pageOf(client, child?.ShardId))).toEqual(['c'])
    const { StreamDescription } = await client.describeStream({
      StreamArn: streamArn,
      ShardFilter: { Type: 'CHILD_SHARDS', ShardId: parent?.ShardId },
    })
    expect(StreamDescription?.Shards).toEqual([child])
  })

  test('a record is there for twenty-four hours of the clock, and its shard goes with its last one', async () => {
    const { client, streams, clock, store } = await createDynamoDbStreamsWorld()
    await streams.open(orders)
    const [placed] = await streams.put(streamArn, [added('a')])
    await clock.advance(HOUR_MS)
    await streams.put(streamArn, [added('b')])
    const [parent] = await shardsOf(client)
    const read = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: placed?.sequenceNumber }
    await clock.advance(23 * HOUR_MS)
    expect(idsOf(await pageOf(client, parent?.ShardId, read))).toEqual(['a', 'b'])
    await clock.advance(1)
    expect(idsOf(await pageOf(client, parent?.ShardId))).toEqual(['b'])
    await expect(pageOf(client, parent?.ShardId, read)).rejects.toMatchObject({
      name: 'TrimmedDataAccessException',
    })
    await clock.advance(60_000)
    expect(store.read(`dynamodbStreams/${streamArn}`, parent?.ShardId ?? '', 0, 10)).toHaveLength(1)
    await streams.put(streamArn, [added('c')])
    expect(await shardsOf(client)).toHaveLength(2)
    await clock.advance(24 * HOUR_MS + 1)
    const [only, ...others] = await shardsOf(client)
    expect(only?.ParentShardId).toBe(parent?.ShardId)
    expect(others).toEqual([])
  })

  test('a disabled stream has its records for twenty-four hours, and then is gone', async () => {
    const { client, streams, clock, store } = await createDynamoDbStreamsWorld()
    await streams.open(orders)
    await streams.put(streamArn, [added('a')])
    await streams.close(streamArn)
    await clock.advance(1)
    const second = await streams.open(orders)
    expect(second).not.toBe(streamArn)
    expect(streams.newestOf(tableArn)).toBe(second)
    const { StreamDescription } = await client.describeStream({ StreamArn: streamArn })
    expect(StreamDescription?.StreamStatus).toBe('DISABLED')
    const [shard] = StreamDescription?.Shards ?? []
    expect(shard?.SequenceNumberRange?.EndingSequenceNumber).toMatch(/^\d{31}$/)
    const page = await pageOf(client, shard?.ShardId)
    expect([idsOf(page), page.NextShardIterator]).toEqual([['a'], undefined])
    await clock.advance(24 * HOUR_MS)
    expect(streams.exists(streamArn)).toBe(false)
    await expect(client.describeStream({ StreamArn: streamArn })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Requested resource not found: Stream: ${streamArn} not found`,
    })
    await client.listStreams({})
    await clock.advance(0)
    expect(store.list('dynamodbStreams/streams').map(([arn]) => arn)).toEqual([second])
  })
})

test('streams and shards are listed page by page', async () => {
  const { client, streams, clock } = await createDynamoDbStreamsWorld()
  const arns: string[] = []
  for (const name of ['aaa', 'bbb', 'ccc'])
    arns.push(await streams.open({ ...orders, tableName: name, tableArn: tableArn.replace('orders', name) }))
  const first = await client.listStreams({ Limit: 2 })
  expect(first.Streams?.map(({ TableName }) => TableName)).toEqual(['aaa', 'bbb'])
  expect(first.LastEvaluatedStreamArn).toBe(arns[1])
  const second = await client.listStreams({ ExclusiveStartStreamArn: arns[1] })
  expect(second.Streams?.map(({ TableName }) => TableName)).toEqual(['ccc'])
  expect(second.LastEvaluatedStreamArn).toBeUndefined()
  await clock.advance(4 * HOUR_MS)
  await streams.put(arns[0] ?? '', [added('a')])
  const { StreamDescription: page } = await client.describeStream({ StreamArn: arns[0], Limit: 1 })
  expect(page?.LastEvaluatedShardId).toBe(page?.Shards?.[0]?.ShardId)
  const { StreamDescription: rest } = await client.describeStream({
    StreamArn: arns[0],
    ExclusiveStartShardId: page?.LastEvaluatedShardId,
  })
  expect(rest?.Shards?.map(({ ParentShardId }) => ParentShardId)).toEqual([page?.LastEvaluatedShardId])
  expect(rest?.LastEvaluatedShardId).toBeUndefined()
})

describe('refusals', () => {
  const nowhere = `${tableArn}/stream/2026-01-01T00:00:00.000`
  const noStream = [
    'ResourceNotFoundException',
    `Requested resource not found: Stream: ${nowhere} not found`,
  ] as const
  const noShard = 'shardId-00000001573689847184-864758bb'
  const invalid = (value: string, path: string, constraint: string) =>
    [
      'ValidationException',
      `1 validation error detected: Value ${value} at '${path}' failed to satisfy constraint: Member must ${constraint}`,
    ] as const
  const rows: [string, object, readonly [string, string]][] = [
    ['DescribeStream', { StreamArn: nowhere }, noStream],
    ['DescribeStream', {}, invalid('null', 'streamArn', 'not be null')],
    [
      'DescribeStream',
      { StreamArn: 'short' },
      invalid("'short'", 'streamArn', 'have length greater than or equal to 37'),
    ],
    [
      'DescribeStream',
      { StreamArn: nowhere, Limit: 0 },
      invalid("'0'", 'limit', 'have value greater than or equal to 1'),
    ],
    [
      'DescribeStream',
      { StreamArn: nowhere, ShardFilter: { Type: 'OTHER', ShardId: noShard } },
      invalid("'OTHER'", 'shardFilter.type', 'satisfy enum value set: [CHILD_SHARDS]'),
    ],
    ['GetShardIterator', { StreamArn: nowhere, ShardId: noShard, ShardIteratorType: 'LATEST' }, noStream],
    [
      'GetShardIterator',
      { StreamArn: nowhere, ShardId: 'short', ShardIteratorType: 'LATEST' },
      invalid("'short'", 'shardId', 'have length greater than or equal to 28'),
    ],
    [
      'GetShardIterator',
      { StreamArn: nowhere, ShardId: noShard, ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '1' },
      invalid("'1'", 'sequenceNumber', 'have length greater than or equal to 21'),
    ],
    ['GetRecords', {}, invalid('null', 'shardIterator', 'not be null')],
    ['GetRecords', { ShardIterator: 'nonsense' }, ['ValidationException', 'Invalid ShardIterator']],
    [
      'GetRecords',
      { ShardIterator: 'nonsense', Limit: 1_001 },
      invalid("'1001'", 'limit', 'have value less than or equal to 1000'),
    ],
    [
      'ListStreams',
      { TableName: 'a' },
      invalid("'a'", 'tableName', 'have length greater than or equal to 3'),
    ],
  ]
  test.each(rows)('%s of %j: %j', async (operation, input, [name, message]) => {
    const { url } = await createDynamoDbStreamsWorld()
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      },
      body: JSON.stringify(input),
    })
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0')
    expect(await response.json()).toEqual({
      __type: `com.amazonaws.dynamodb.v20120810#${name}`,
      message,
    })
  })
})

describe('in this process', () => {
  test('a reader at rest is no open work, and goes from a shard to its child', async () => {
    const { streams, activity, clock } = await createDynamoDbStreamsWorld()
    await streams.open(orders)
    const reader = streams.reader(tableArn)
    const [shard] = await reader.shards()
    let changes = 0
    const unsubscribe = reader.onShardsChanged(() => changes++)
    const signal = new AbortController().signal
    const shardId = shard?.id ?? ''
    const reading = reader.read(shardId, { from: await reader.latest(shardId), limit: 10, signal })
    await activity.idle()
    expect(activity.open()).toEqual([])
    await streams.put(streamArn, [added('a')], 'invocation-1')
    const page = await reading
    expect(page).toMatchObject({
      records: [{ itemKey: '{"id":{"S":"a"}}', arrivedMs: startMs, cause: 'invocation-1', streamArn }],
      isEnd: false,
      millisBehindLatest: 0,
    })
    const ending = reader.read(shardId, { from: page.next, limit: 10, signal })
    await clock.advance(4 * HOUR_MS)
    await streams.put(streamArn, [added('b')])
    expect(await ending).toMatchObject({ records: [], isEnd: true })
    expect(await reader.shards()).toMatchObject([{ isClosed: true }, { parents: [shardId], isClosed: false }])
    expect(changes).toBe(1)
    unsubscribe()
  })

  test('changes go with another transaction, into several streams at once, or not at all', async () => {
    const { client, streams, store } = await createDynamoDbStreamsWorld()
    await streams.open(orders)
    const carts = await streams.open({ ...orders, tableArn: tableArn.replace('orders', 'carts') })
    const changes = [
      { streamArn, changes: [added('a')] },
      { streamArn: carts, changes: [added('b')] },
    ]
    const refused = streams.putWith(changes, () => Promise.reject(new Error('no')))
    await expect(refused).rejects.toThrow('no')
    await streams.putWith(changes, (effects) =>
      store.apply([...effects, { kind: 'set', table: 'items', key: 'a', value: 1 }]),
    )
    for (const [arn, id] of [
      [streamArn, 'a'],
      [carts, 'b'],
    ] as const) {
      const [shard] = await shardsOf(client, arn)
      expect(idsOf(await pageOf(client, shard?.ShardId, { StreamArn: arn }))).toEqual([id])
    }
    expect(store.get('items', 'a')).toBe(1)
  })

  test('streams and their records outlive the service', async () => {
    const { streams, edges } = await createDynamoDbStreamsWorld()
    await streams.open(orders)
    await streams.put(streamArn, [added('a')])
    const next = createDynamoDbStreamsService(edges)
    expect(next.overview()).toMatchObject([
      { arn: streamArn, tableName: 'orders', status: 'ENABLED', shards: [{ records: 1 }] },
    ])
    const [placed] = await next.put(streamArn, [added('b')])
    expect(placed?.sequenceNumber).toMatch(/0002$/)
  })
})

const script = `
import boto3
client = boto3.client('dynamodbstreams')
arn = client.list_streams()['Streams'][0]['StreamArn']
shard = client.describe_stream(StreamArn=arn)['StreamDescription']['Shards'][0]['ShardId']
at = client.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType='TRIM_HORIZON')
page = client.get_records(ShardIterator=at['ShardIterator'])
for record in page['Records']:
    print(record['eventName'], record['dynamodb']['NewImage'], record['dynamodb']['ApproximateCreationDateTime'].timestamp())
try:
    client.describe_stream(StreamArn=arn + 'x')
except client.exceptions.ResourceNotFoundException as error:
    print(error.response['Error']['Message'])
`

test.skipIf(spawnSync('python3', ['-c', 'import boto3']).status !== 0)('boto3 reads it', async () => {
  const { streams, url } = await createDynamoDbStreamsWorld()
  await streams.open(orders)
  await streams.put(streamArn, [{ newImage: { id: { S: 'a' }, data: { B: 'AQID' } } }])
  const { stdout } = await promisify(execFile)('python3', ['-c', script], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: url,
      AWS_DEFAULT_REGION: identity.region,
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
  })
  expect(stdout.split('\n')).toEqual([
    `INSERT {'id': {'S': 'a'}, 'data': {'B': b'\\x01\\x02\\x03'}} ${Math.floor(startMs / 1_000)}.0`,
    `Requested resource not found: Stream: ${streamArn}x not found`,
    '',
  ])
})
