import { openConnection } from '../harness/connection.mjs'
import { most, rate } from '../harness/figures.mjs'
import { installPeer } from '../harness/peer.mjs'
import { kinesisRequest, RECORD } from '../harness/requests.mjs'
import { rateResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 3
const SECONDS = 1
const BATCH = 100
/** Records in one answer of `GetRecords`. */
const PAGE = 1_000
const StreamName = 'clicks'

const onePut = kinesisRequest('PutRecord', { StreamName, Data: RECORD, PartitionKey: 'user-1' })
const manyPuts = kinesisRequest('PutRecords', {
  StreamName,
  Records: Array.from({ length: BATCH }, (_, index) => ({ Data: RECORD, PartitionKey: `user-${index}` })),
})

/** @type {{ name: string, work: string, records: number, leastPerSecond: number }[]} */
const WORK = [
  { name: 'put', work: 'Kinesis PutRecord', records: 1, leastPerSecond: 15_000 },
  { name: 'puts', work: 'Kinesis PutRecords, records', records: BATCH, leastPerSecond: 100_000 },
  { name: 'get', work: 'Kinesis GetRecords, records', records: PAGE, leastPerSecond: 200_000 },
]

/**
 * Kinesis over the wire, each record durable before it is acknowledged; Kinesalite, which keeps everything in memory,
 * takes its turn in the same rounds.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function streamWire(session) {
  const [client, lambent, floor] = await Promise.all([
    session.client,
    session.startLambent(),
    session.startBareServer(),
  ])
  const folder = await installPeer('kinesalite', '3.3.3', session.progress)
  const peer = folder === undefined ? undefined : await session.startKinesalite(folder)
  const ofLambent = await prepare(lambent.url)
  const ofPeer = peer && (await prepare(peer.url))
  await floor.remote.call('configure', { answers: ofLambent.answers })

  const results = []
  for (const { name, work, records, leastPerSecond } of WORK)
    for (const connections of [1, 10]) {
      const measure = async (/** @type {string} */ url, /** @type {Record<string, object>} */ requests) => {
        const request = { url, ...requests[name], connections, seconds: SECONDS }
        return records * (await client.call('load', request)).perSecond
      }
      const title = `${work}, ${connections} connection${connections === 1 ? '' : 's'}`
      await measure(floor.url, ofLambent.requests)
      await measure(lambent.url, ofLambent.requests)
      /** @type {number[]} */
      const peers = []
      const rounds = await alternate(ROUNDS, {
        floor: () => measure(floor.url, ofLambent.requests),
        async lambent() {
          if (peer && ofPeer) peers.push(await measure(peer.url, ofPeer.requests))
          return await measure(lambent.url, ofLambent.requests)
        },
        progress: (text) => session.progress(`${title}, ${text}`),
      })
      const isBudgeted = connections > 1
      results.push(
        rateResult({
          work: title,
          lambent: most(rounds.lambent),
          floor: most(rounds.floor),
          ...(isBudgeted && { leastPerSecond }),
          ...(peers.length > 0 && { note: `kinesalite, in memory: ${rate(most(peers))}` }),
        }),
      )
    }
  return results
}

/**
 * A stream with a page of records, and what is asked of it.
 * @param {string} url
 */
async function prepare(url) {
  const connection = await openConnection(url)
  const ask = async (/** @type {import('../harness/connection.mjs').Request} */ request) =>
    (await connection.send(request)).toString()
  const answerOf = async (/** @type {string} */ operation, /** @type {object} */ input) =>
    JSON.parse((await ask(kinesisRequest(operation, input))) || '{}')
  for (const [name, ShardCount] of Object.entries({ [StreamName]: 4, page: 1 })) {
    await answerOf('CreateStream', { StreamName: name, ShardCount })
    const isActive = async () => {
      const { StreamDescription } = await answerOf('DescribeStream', { StreamName: name })
      return StreamDescription.StreamStatus === 'ACTIVE'
    }
    while (!(await isActive())) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  for (let put = 0; put < PAGE; put += BATCH)
    await ask(kinesisRequest('PutRecords', { ...JSON.parse(manyPuts.body), StreamName: 'page' }))
  const ShardId = 'shardId-000000000000'
  const { ShardIterator } = await answerOf('GetShardIterator', {
    StreamName: 'page',
    ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  })
  const requests = {
    put: onePut,
    puts: manyPuts,
    get: kinesisRequest('GetRecords', { ShardIterator, Limit: PAGE }),
  }
  const answers = {
    'Kinesis_20131202.PutRecord': await ask(requests.put),
    'Kinesis_20131202.PutRecords': await ask(requests.puts),
    'Kinesis_20131202.GetRecords': await ask(requests.get),
  }
  connection.close()
  return { requests, answers }
}
