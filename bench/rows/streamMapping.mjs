import path from 'node:path'
import { openConnection } from '../harness/connection.mjs'
import { median, most } from '../harness/figures.mjs'
import { EVENT, invokePath, kinesisRequest, lambdaHeaders, RECORD } from '../harness/requests.mjs'
import { rateResult, timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'
import { createStarts } from '../harness/starts.mjs'

const ROUNDS = 3
const RECORDS = 50_000
const PER_PUT = 500
const BATCH_SIZE = 100
const SECONDS = 1
const STARTS = 50
const WARM_UP = 5
const REST_MS = 25

const SETTINGS = [
  { name: 'one lane', shards: 1, factor: 1 },
  { name: 'ten lanes', shards: 1, factor: 10 },
  { name: '64 shards', shards: 64, factor: 1 },
]

/**
 * Records that lie in a stream until its mapping is enabled: read, handed to a function in batches of a hundred, and
 * checkpointed. The floor is that of an invocation at as many connections as there are lanes, each worth a batch.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function streamMapping(session) {
  const [client, lambent, floor] = await Promise.all([
    session.client,
    session.startLambent(),
    session.startFloor('discard.mjs'),
  ])
  const connection = await openConnection(lambent.url)
  const ask = async (/** @type {import('../harness/connection.mjs').Request} */ request) =>
    JSON.parse((await connection.send(request)).toString() || '{}')
  const results = []
  for (const { name, shards, factor } of SETTINGS) {
    const StreamName = `through-${shards}-${factor}`
    await ask(kinesisRequest('CreateStream', { StreamName, ShardCount: shards }))
    const { UUID } = await ask({
      path: '/2015-03-31/event-source-mappings',
      headers: lambdaHeaders,
      body: JSON.stringify({
        FunctionName: 'discard',
        EventSourceArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`,
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: BATCH_SIZE,
        ParallelizationFactor: factor,
        Enabled: false,
      }),
    })
    const enable = (/** @type {boolean} */ Enabled) =>
      ask({
        method: 'PUT',
        path: `/2015-03-31/event-source-mappings/${UUID}`,
        headers: lambdaHeaders,
        body: JSON.stringify({ Enabled }),
      })
    const Records = Array.from({ length: PER_PUT }, (_, index) => ({
      Data: RECORD,
      PartitionKey: `${index}`,
    }))
    const put = kinesisRequest('PutRecords', { StreamName, Records })
    const drain = async () => {
      await client.call('send', { url: lambent.url, ...put, count: RECORDS / PER_PUT, connections: 10 })
      const startedMs = performance.now()
      await enable(true)
      await lambent.remote.call('settle', { timeoutMs: 60_000 })
      const perSecond = RECORDS / ((performance.now() - startedMs) / 1_000)
      await enable(false)
      await lambent.remote.call('settle')
      return { perSecond }
    }
    const load = () =>
      client.call('load', {
        url: floor.url,
        path: invokePath('discard'),
        headers: lambdaHeaders,
        body: EVENT,
        connections: Math.min(shards * factor, 10),
        seconds: SECONDS,
      })
    session.progress(`${name}, warm-up`)
    await load()
    await drain()
    const rounds = await alternate(ROUNDS, {
      floor: load,
      lambent: drain,
      progress: (text) => session.progress(`${name}, ${text}`),
    })
    results.push(
      rateResult({
        work: `records through a mapping, ${name}`,
        lambent: most(rounds.lambent.map(({ perSecond }) => perSecond)),
        floor: BATCH_SIZE * most(rounds.floor.map(({ perSecond }) => perSecond)),
      }),
    )
  }
  connection.close()
  return [...results, await atRest(session)]
}

/**
 * At rest: from the moment a client puts a record to the moment the handler that reads the stream begins.
 * @param {import('../harness/session.mjs').Session} session
 */
async function atRest(session) {
  const [lambent, floor, folder] = await Promise.all([
    session.startLambent(),
    session.startFloor('noteStart.mjs'),
    session.folder(),
  ])
  const toLambent = await openConnection(lambent.url)
  const toFloor = await openConnection(floor.url)
  session.progress(`${STARTS} records at rest`)
  const floorStarts = createStarts(path.join(folder, 'floor'), WARM_UP, REST_MS)
  const lambentStarts = createStarts(path.join(folder, 'lambent'), WARM_UP, REST_MS)
  const put = (/** @type {string} */ note) =>
    kinesisRequest('PutRecord', {
      StreamName: 'starts',
      Data: Buffer.from(note).toString('base64'),
      PartitionKey: 'one',
    })
  await alternate(STARTS + WARM_UP, {
    floor: (id) => floorStarts.send(id, (note) => toFloor.send({ body: note })),
    lambent: (id) => lambentStarts.send(id, (note) => toLambent.send(put(note))),
  })
  toLambent.close()
  toFloor.close()
  return timeResult({
    work: 'record put to handler started, at rest',
    lambent: median(await lambentStarts.tookMs()),
    floor: median(await floorStarts.tookMs()),
    belowMs: 10,
    note: 'floor: the same handler called over HTTP',
  })
}
