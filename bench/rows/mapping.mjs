import { openConnection } from '../harness/connection.mjs'
import { most } from '../harness/figures.mjs'
import { EVENT, invokePath, lambdaHeaders, sqsRequest } from '../harness/requests.mjs'
import { rateResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 3
const MESSAGES = 10_000
const SECONDS = 1
/** So many batches of a mapping are with the function at once in its first seconds, as on AWS. */
const FIRST_LANES = 5

/**
 * Messages that lie in a queue until its mapping is enabled: received, handed to a function, deleted. The floor is that
 * of an invocation, at as many connections as a mapping has batches, each worth a batch.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function mapping(session) {
  const [client, lambent, floor] = await Promise.all([
    session.client,
    session.startLambent(),
    session.startFloor('discard.mjs'),
  ])
  const connection = await openConnection(lambent.url)
  const ask = async (/** @type {import('../harness/connection.mjs').Request} */ request) =>
    JSON.parse((await connection.send(request)).toString() || '{}')
  const results = []
  for (const batchSize of [1, 10]) {
    const { QueueUrl } = await ask(sqsRequest('CreateQueue', { QueueName: `through-${batchSize}` }))
    const { UUID } = await ask({
      path: '/2015-03-31/event-source-mappings',
      headers: lambdaHeaders,
      body: JSON.stringify({
        FunctionName: 'discard',
        EventSourceArn: `arn:aws:sqs:us-east-1:000000000000:through-${batchSize}`,
        BatchSize: batchSize,
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
    const drain = async () => {
      const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: EVENT }))
      const request = sqsRequest('SendMessageBatch', { QueueUrl, Entries })
      await client.call('send', { url: lambent.url, ...request, count: MESSAGES / 10, connections: 10 })
      const startedMs = performance.now()
      await enable(true)
      await lambent.remote.call('settle', { timeoutMs: 60_000 })
      const perSecond = MESSAGES / ((performance.now() - startedMs) / 1_000)
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
        connections: FIRST_LANES,
        seconds: SECONDS,
      })
    session.progress(`batches of ${batchSize}, warm-up`)
    await load()
    await drain()
    const rounds = await alternate(ROUNDS, {
      floor: load,
      lambent: drain,
      progress: (text) => session.progress(`batches of ${batchSize}, ${text}`),
    })
    results.push(
      rateResult({
        work: `messages through a mapping, batches of ${batchSize}`,
        lambent: most(rounds.lambent.map(({ perSecond }) => perSecond)),
        floor: batchSize * most(rounds.floor.map(({ perSecond }) => perSecond)),
      }),
    )
  }
  connection.close()
  return results
}
