import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { SeenRecord, StreamSummary } from 'lambent'
import { expect, test } from 'vitest'
import { createProject } from '../tools/project.ts'
import { fakeServer, lambent, spawnLambent } from './lambent.ts'

const stream: StreamSummary = {
  name: 'clicks',
  arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks',
  kind: 'kinesis',
  retentionHours: 24,
  shards: [
    {
      id: 'shardId-000000000000',
      isClosed: true,
      parents: [],
      records: 12,
      lastSequenceNumber: '4959',
      newestMs: 0,
    },
    {
      id: 'shardId-000000000001',
      isClosed: false,
      parents: ['shardId-000000000000'],
      records: 0,
      lastSequenceNumber: null,
      newestMs: null,
    },
  ],
  consumers: [],
  mappings: [
    {
      uuid: '7f3a1c2e-1111-4222-8333-444455556666',
      functionName: 'worker',
      qualifier: 'live',
      state: 'Enabled',
      lastProcessingResult: 'PROBLEM: Function call failed',
      lastProblem: null,
      positions: [
        {
          shardId: 'shardId-000000000000',
          state: 'blocked',
          sequenceNumber: '4950',
          iteratorAgeMs: 125_000,
          buffered: 3,
          dueMs: 200_000,
        },
        {
          shardId: 'shardId-000000000001',
          state: 'waiting',
          sequenceNumber: null,
          iteratorAgeMs: 0,
          buffered: 0,
          dueMs: null,
        },
      ],
    },
  ],
}

test('streams is a table of streams, and with a name one of its shards', async () => {
  const gone = {
    ...stream,
    name: 'gone',
    shards: [],
    retentionHours: null,
    mappings: [],
    problem: 'there is no such stream',
  }
  const { port, asked } = await fakeServer(({ url }, response) =>
    response.end(JSON.stringify(url === '/_lambent/streams/clicks' ? stream : { streams: [stream, gone] })),
  )
  expect(await lambent(['streams', '--port', port])).toEqual({
    exitCode: 0,
    stdout: [
      'stream  shards        records  newest                   kept  read by',
      'clicks  1 + 1 closed  12       1970-01-01 00:00:00.000  1 d   worker:live Enabled, 2 min 5 s behind: PROBLEM: Function call failed',
      'gone    ?             ?                                       there is no such stream',
      '',
    ].join('\n'),
    stderr: '',
  })
  expect((await lambent(['streams', 'clicks', '--port', port])).stdout).toBe(
    [
      'shard                 state   records  newest                   came from             read by',
      'shardId-000000000000  closed  12       1970-01-01 00:00:00.000                        worker:live blocked, 2 min 5 s behind',
      'shardId-000000000001  open    0                                 shardId-000000000000  worker:live waits for its parents',
      '',
    ].join('\n'),
  )
  const { stdout } = await lambent(['streams', '--json', '--port', port])
  expect(JSON.parse(stdout.split('\n', 1)[0] ?? '')).toEqual(stream)
  expect(asked.map(({ url }) => url)).toEqual([
    '/_lambent/streams',
    '/_lambent/streams/clicks',
    '/_lambent/streams',
  ])
})

test('put sends the bytes of a file as they are', async () => {
  const { directory } = createProject({})
  const file = path.join(directory, 'picture')
  writeFileSync(file, Buffer.from([0xff, 0xd8]))
  const { port, asked } = await fakeServer((_asked, response) =>
    response.end(JSON.stringify({ ShardId: 'shardId-000000000000', SequenceNumber: '49' })),
  )
  expect(await lambent(['stream', 'put', 'clicks', `@${file}`, '--key', 'user-1', '--port', port])).toEqual({
    exitCode: 0,
    stdout: 'shardId-000000000000 49\n',
    stderr: '',
  })
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
    StreamName: 'clicks',
    Data: '/9g=',
    PartitionKey: 'user-1',
  })
})

test("a put that is refused says why in Kinesis's words", async () => {
  const { port } = await fakeServer((_asked, response) => {
    response.statusCode = 400
    response.end(JSON.stringify({ __type: 'ResourceNotFoundException', message: 'Stream x not found.' }))
  })
  const { exitCode, stderr } = await lambent(['stream', 'put', 'x', 'data', '--port', port])
  expect([exitCode, stderr]).toEqual([1, 'error: Stream x not found.\n'])
})

test('tail shows a record in a line, and what is no text by its size', async () => {
  const record: SeenRecord = {
    shardId: 'shardId-000000000012',
    sequenceNumber: '49',
    partitionKey: 'user-1',
    arrivedMs: 0,
    data: Buffer.from('{\n "id": 1 }').toString('base64'),
  }
  const { port, asked } = await fakeServer((_asked, response) => {
    response.setHeader('content-type', 'text/event-stream')
    for (const one of [record, { ...record, data: '/9g=' }])
      response.write(`data: ${JSON.stringify(one)}\n\n`)
    response.end()
  })
  expect(await lambent(['stream', 'tail', 'clicks', '--all', '--port', port])).toMatchObject({
    exitCode: 0,
    stdout: [
      '00:00:00.000  12  user-1  { "id": 1 }',
      '00:00:00.000  12  user-1  2 bytes that are not text; --json shows them',
      '',
    ].join('\n'),
  })
  expect(asked[0]?.url).toBe('/_lambent/streams/clicks/records?from=oldest')
  const { stdout } = await lambent(['stream', 'tail', 'clicks', '--json', '--port', port])
  expect(JSON.parse(stdout.split('\n', 1)[0] ?? '')).toEqual(record)
})

const PROJECT = {
  'lambda.yml': `
service: shop
functions:
  worker: { handler: handlers.worker, events: [{ stream: { stream: clicks, startingPosition: TRIM_HORIZON } }] }
resources:
  streams: { clicks: { shards: 2 } }
`,
  'handlers.js': 'exports.worker = async () => {}',
}

test('records are put, seen going by, and counted where they lie', async () => {
  const { config } = createProject(PROJECT)
  const running = spawnLambent(['start', '--json', '--port', '0', '--config', config])
  const { url } = JSON.parse(await running.line(/"kind":"ready"/)) as { url: string }
  const { port } = new URL(url)
  const early = await lambent(['stream', 'put', 'clicks', 'early', '--key', 'a', '--port', port])
  const [shardId = '', sequenceNumber] = early.stdout.trim().split(' ')
  const tail = spawnLambent(['stream', 'tail', 'clicks', '--all', '--json', '--port', port])
  await tail.line(/"partitionKey":"a"/)
  await lambent(['stream', 'put', 'clicks', '-', '--key', 'b', '--port', port], { input: 'late' })
  const late = JSON.parse(await tail.line(/"partitionKey":"b"/)) as SeenRecord
  expect(Buffer.from(late.data, 'base64').toString()).toBe('late')
  expect((await lambent(['stream', 'tail', 'nowhere', '--port', port])).stderr).toBe(
    'error: there is no stream nowhere; there are: clicks\n',
  )
  const { stdout } = await lambent(['streams', '--json', '--port', port])
  const found = JSON.parse(stdout) as StreamSummary
  const records = found.shards.reduce((sum, one) => sum + one.records, 0)
  expect([found.name, found.shards.length, records]).toEqual(['clicks', 2, 2])
  expect(found.shards.find(({ id }) => id === shardId)).toMatchObject({ isClosed: false, parents: [] })
  expect(found.mappings).toMatchObject([{ functionName: 'worker', state: 'Enabled', lastProblem: null }])
  expect(sequenceNumber).toMatch(/^\d{56}$/)
})
