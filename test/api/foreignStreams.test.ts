import { createServer, type IncomingMessage, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openForeignDynamoDbStreams, openForeignKinesis } from '../../src/api/foreignStreams/index.ts'
import { type ShardPosition, type StreamReader } from '../../src/sources/index.ts'
import { createActivity, createClock } from '../../src/system/index.ts'
import {
  added,
  createDynamoDbStreamsWorld,
  orders,
  streamArn,
  tableArn,
} from '../services/dynamodbStreamsWorld.ts'
import { createKinesisWorld, startMs } from '../services/kinesisWorld.ts'

// Where no credentials are, the SDK would look for those of a virtual machine.
beforeAll(() => void vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true'))

const CLICKS = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks'
const HOUR_MS = 3_600_000

/** A clock of our own, beside that of the foreign service. */
function createHere() {
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs, idle: activity.idle })
  onTestFinished(() => clock.stop())
  return { activity, clock }
}

const place = (endpoints: Record<string, string>) => ({
  endpoints,
  region: 'us-east-1',
  file: import.meta.filename,
})

async function createKinesis(endpoint?: string) {
  const there = await createKinesisWorld()
  await there.streams.declare([{ name: 'clicks', shards: 1 }])
  const here = createHere()
  const foreign = openForeignKinesis(place({ kinesis: endpoint ?? there.url }), here)
  if (!foreign) throw new Error('it is hosted here')
  onTestFinished(() => foreign.stop())
  const put = (text: string) => there.streams.put('clicks', { partitionKey: 'k', data: Buffer.from(text) })
  return { there, ...here, foreign, reader: foreign.reader(CLICKS), put }
}

async function createTables(endpoint?: string) {
  const there = await createDynamoDbStreamsWorld()
  await there.streams.open(orders)
  const here = createHere()
  const foreign = openForeignDynamoDbStreams(place({ dynamodb: endpoint ?? there.url }), here)
  if (!foreign) throw new Error('it is hosted here')
  onTestFinished(() => foreign.stop())
  return { there, ...here, foreign, reader: foreign.reader(tableArn) }
}

const oldest: ShardPosition = { kind: 'oldest' }
const signal = new AbortController().signal

const firstShard = async (reader: StreamReader<unknown>): Promise<string> =>
  (await reader.shards())[0]?.id ?? ''

type Tamper = (action: string) => { status: number; type: string } | undefined

/** A server in front of another that answers with an error in its place when `tamper` says so. */
async function startProxy(target: () => string, tamper: Tamper): Promise<string> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await readAll(request)
      const action = String(request.headers['x-amz-target']).split('.')[1] ?? ''
      const refused = tamper(action)
      if (refused) {
        const headers = { 'content-type': 'application/x-amz-json-1.1' }
        response.writeHead(refused.status, headers).end(JSON.stringify({ __type: refused.type }))
        return
      }
      const { host: _, connection: __, ...headers } = request.headers
      const real = await new Promise<IncomingMessage>((resolve, reject) => {
        httpRequest(target(), { method: 'POST', agent: false, headers })
          .on('response', resolve)
          .on('error', reject)
          .end(body)
      })
      real.pipe(response.writeHead(real.statusCode ?? 500, real.headers))
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a foreign Kinesis', () => {
  test('is read with its keys, data and times, and asked again each second of the clock', async () => {
    const { reader, put, clock, activity } = await createKinesis()
    const { sequenceNumber } = await put('one')
    expect(await reader.shards()).toEqual([{ id: 'shardId-000000000000', parents: [], isClosed: false }])
    expect(reader.retentionMs()).toBe(24 * HOUR_MS)
    const shardId = await firstShard(reader)
    const page = await reader.read(shardId, { from: oldest, limit: 10, signal })
    expect(page).toEqual({
      records: [
        {
          sequenceNumber,
          partitionKey: 'k',
          data: expect.any(Uint8Array) as unknown,
          arrivedMs: startMs,
          cause: undefined,
        },
      ],
      next: { kind: 'after', sequenceNumber },
      isEnd: false,
      millisBehindLatest: 0,
    })
    expect(Buffer.from(page.records[0]?.data ?? []).toString()).toBe('one')
    let isRead = false
    const reading = reader.read(shardId, { from: page.next, limit: 10, signal }).then((next) => {
      isRead = true
      return next
    })
    await activity.idle()
    await put('two')
    await clock.advance(999)
    expect(isRead).toBe(false)
    expect(clock.timers()).toMatchObject([{ label: 'next look at clicks', recurring: true }])
    await clock.advance(1)
    expect((await reading).records).toHaveLength(1)
    expect(clock.timers()).toEqual([])
  })

  test('is read from its end, from a time, and behind a record; nothing is left out when an iterator expires', async () => {
    const { there, reader, put, foreign } = await createKinesis()
    const { sequenceNumber } = await put('one')
    const shardId = await firstShard(reader)
    const latest = await reader.latest(shardId)
    expect(latest).toMatchObject({ kind: 'iterator' })
    await there.clock.advance(60_000)
    await put('two')
    const look = async (from: ShardPosition) => {
      const { records } = await foreign
        .reader(CLICKS)
        .read(shardId, { from, limit: 10, waitUntilMs: 0, signal })
      return records.map(({ data }) => Buffer.from(data).toString())
    }
    expect(await look(latest)).toEqual(['two'])
    expect(await look({ kind: 'time', ms: startMs + 1 })).toEqual(['two'])
    expect(await look({ kind: 'after', sequenceNumber })).toEqual(['two'])
    // The iterator is too old by now: it is read from the time when it was taken.
    await there.clock.advance(600_000)
    expect(await look({ ...latest, takenMs: startMs + 1 } as ShardPosition)).toEqual(['two'])
    const page = await reader.read(shardId, { from: oldest, limit: 1, signal })
    await there.clock.advance(600_000)
    expect((await reader.read(shardId, { from: page.next, limit: 10, signal })).records).toHaveLength(1)
  })

  test('a shard that was split ends, and its children come behind it', async () => {
    const { there, reader, put, clock } = await createKinesis()
    await put('one')
    await reader.shards()
    let changes = 0
    const unsubscribe = reader.onShardsChanged(() => changes++)
    await there.kinesis.updateShardCount({
      StreamName: 'clicks',
      TargetShardCount: 2,
      ScalingType: 'UNIFORM_SCALING',
    })
    const shardId = 'shardId-000000000000'
    const page = await reader.read(shardId, { from: oldest, limit: 10, signal })
    expect([page.records.length, page.isEnd]).toEqual([1, true])
    await clock.advance(60_000)
    await reader.read(shardId, { from: oldest, limit: 10, signal })
    await vi.waitFor(() => expect(changes).toBe(1))
    expect((await reader.shards()).map(({ id, parents, isClosed }) => [id, parents, isClosed])).toEqual([
      [shardId, [], true],
      ['shardId-000000000001', [shardId], false],
      ['shardId-000000000002', [shardId], false],
    ])
    unsubscribe()
  })

  test('that throttles is asked again after pauses that grow', async () => {
    let refusals = 0
    let target = ''
    const proxy = await startProxy(
      () => target,
      (action) => {
        if (action !== 'GetRecords' || refusals >= 4) return undefined
        refusals++
        return { status: 400, type: 'ProvisionedThroughputExceededException' }
      },
    )
    const { there, reader, put, clock, activity } = await createKinesis(proxy)
    target = there.url
    await put('one')
    const reading = reader.read(await firstShard(reader), { from: oldest, limit: 10, signal })
    await activity.idle()
    await clock.advance(1_000)
    await clock.advance(2_000)
    expect((await reading).records).toHaveLength(1)
    expect(refusals).toBe(4)
  })

  test('that was deleted and made anew is read from its oldest record', async () => {
    const { there, reader, put } = await createKinesis()
    await put('one')
    const shardId = await firstShard(reader)
    const { next: from } = await reader.read(shardId, { from: oldest, limit: 10, signal })
    await there.kinesis.deleteStream({ StreamName: 'clicks' })
    await there.streams.declare([{ name: 'clicks', shards: 1 }])
    await put('two')
    // The iterator is the deleted stream's.
    const reading = reader.read(shardId, { from, limit: 10, signal })
    await expect(reading).rejects.toThrow('there is no stream clicks')
    const { records } = await reader.read(shardId, { from, limit: 10, signal })
    expect(records.map(({ data }) => Buffer.from(data).toString())).toEqual(['two'])
  })

  test('that is not there is told in a sentence', async () => {
    const { foreign } = await createKinesis()
    const none = CLICKS.replace('clicks', 'none')
    expect(await foreign.exists(none)).toBe(false)
    expect(await foreign.exists(`${CLICKS}/consumer/reports:1`)).toBe(true)
    await expect(foreign.reader(none).shards()).rejects.toThrow(`there is no stream none at ${foreign.url}`)
    const nobody = openForeignKinesis(place({ kinesis: 'http://127.0.0.1:9' }), createHere())
    await expect(nobody?.exists(CLICKS)).rejects.toThrow('http://127.0.0.1:9 cannot be reached')
  })

  test('is left as soon as nobody reads it any more', async () => {
    const { reader, clock, activity } = await createKinesis()
    const stopping = new AbortController()
    const shardId = await firstShard(reader)
    const reading = reader.read(shardId, { from: oldest, limit: 10, signal: stopping.signal })
    await activity.idle()
    expect(clock.timers()).toHaveLength(1)
    stopping.abort(new Error('over'))
    await expect(reading).rejects.toThrow('over')
    expect(clock.timers()).toEqual([])
  })
})

describe('foreign streams of tables', () => {
  test('are read as GetRecords has them, the newest of a table or one that is named', async () => {
    const { there, reader, foreign } = await createTables()
    const image = {
      id: { S: 'a' },
      data: { B: 'AQID' },
      more: { M: { list: { L: [{ N: '1' }, { NULL: true }] } } },
    }
    await there.streams.put(streamArn, [{ newImage: image }])
    const shardId = await firstShard(reader)
    const ours = await there.streams.reader(streamArn).read(shardId, { from: oldest, limit: 10, signal })
    const [expected] = ours.records
    const wanted = { ...expected, arrivedMs: Math.floor(startMs / 1_000) * 1_000 }
    for (const one of [reader, foreign.reader(streamArn)]) {
      const page = await one.read(shardId, { from: oldest, limit: 10, signal })
      expect(page.records).toEqual([wanted])
      expect(JSON.stringify(page.records[0]?.record)).toBe(JSON.stringify(expected?.record))
    }
    expect(reader.retentionMs()).toBe(24 * HOUR_MS)
  })

  test('are asked again four times a second of the clock, from their end', async () => {
    const { there, reader, clock, activity } = await createTables()
    await there.streams.put(streamArn, [added('a')])
    const shardId = await firstShard(reader)
    const from = await reader.latest(shardId)
    const reading = reader.read(shardId, { from, limit: 10, signal })
    await activity.idle()
    await there.streams.put(streamArn, [added('b')])
    await clock.advance(250)
    expect((await reading).records.map(({ itemKey }) => itemKey)).toEqual(['{"id":{"S":"b"}}'])
  })

  test('nothing is left out when an iterator of the end expires, nor when the oldest records go', async () => {
    const { there, reader, foreign } = await createTables()
    const placed = await there.streams.put(streamArn, ['a'].map(added))
    const shardId = await firstShard(reader)
    const latest = (await reader.latest(shardId)) as ShardPosition & { kind: 'iterator' }
    await there.clock.advance(HOUR_MS)
    await there.streams.put(streamArn, [added('b')])
    const look = async (from: ShardPosition) => {
      const { records } = await foreign
        .reader(streamArn)
        .read(shardId, { from, limit: 10, waitUntilMs: 0, signal })
      return records.map(({ itemKey }) => itemKey)
    }
    expect(await look({ ...latest, takenMs: startMs + 60_000 })).toEqual(['{"id":{"S":"b"}}'])
    await there.streams.put(streamArn, [added('c')])
    await there.clock.advance(24 * HOUR_MS)
    await there.streams.put(streamArn, [added('d')])
    const after = { kind: 'after', sequenceNumber: placed[0]?.sequenceNumber ?? '' } as const
    await there.clock.advance(1)
    expect(await look(after)).toEqual([])
  })

  test('are read to the end of a shard, with its child behind it', async () => {
    const { there, reader } = await createTables()
    await there.streams.put(streamArn, [added('a')])
    await there.clock.advance(4 * HOUR_MS)
    await there.streams.put(streamArn, [added('b')])
    const [parent, child] = await reader.shards()
    expect([parent?.isClosed, child?.parents, child?.isClosed]).toEqual([true, [parent?.id], false])
    const page = await reader.read(parent?.id ?? '', { from: oldest, limit: 10, signal })
    expect([page.records.length, page.isEnd]).toEqual([1, true])
    expect((await reader.read(child?.id ?? '', { from: oldest, limit: 10, signal })).records).toHaveLength(1)
  })

  test('that are not there are told in a sentence', async () => {
    const { foreign } = await createTables()
    const none = tableArn.replace('orders', 'none')
    expect(await foreign.exists(tableArn)).toBe(true)
    expect(await foreign.exists(none)).toBe(false)
    await expect(foreign.reader(none).shards()).rejects.toThrow(
      `there is no stream of table none at ${foreign.url}`,
    )
  })
})

test('nothing is opened where streams are hosted here', () => {
  const here = createHere()
  expect(openForeignKinesis(place({ sqs: 'aws' }), here)).toBeUndefined()
  expect(openForeignDynamoDbStreams(place({ dynamodb: 'embedded' }), here)).toBeUndefined()
})
