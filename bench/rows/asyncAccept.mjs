import { most } from '../harness/figures.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { rateResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 3
const SECONDS = 2

/**
 * Asynchronous invocations accepted, each of them durable before its 202: on their own, into the queue of a function
 * whose one place is taken, and while up to fifty handlers run them on the same processors.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function asyncAccept(session) {
  const [client, lambent, floor] = await Promise.all([
    session.client,
    session.startLambent(),
    session.startBareServer({ status: 202 }),
  ])
  const load = (/** @type {string} */ url, functionName = 'discard', seconds = SECONDS) =>
    client.call('load', {
      url,
      path: invokePath(functionName),
      headers: { ...lambdaHeaders, 'X-Amz-Invocation-Type': 'Event' },
      body: EVENT,
      status: 202,
      connections: 50,
      seconds,
    })
  const settle = async () => {
    const startedMs = performance.now()
    await lambent.remote.call('settle', { timeoutMs: 60_000 })
    return performance.now() - startedMs
  }
  session.progress('warm-up')
  for (const { url } of [floor, lambent]) await load(url, 'discard', 1)
  await settle()

  const rounds = await alternate(ROUNDS, {
    floor: () => load(floor.url),
    lambent: async () => {
      const { perSecond, count } = await load(lambent.url)
      const restMs = await settle()
      return { perSecond, endToEnd: count / (SECONDS + restMs / 1_000) }
    },
    progress: session.progress,
  })
  const alone = await alternate(ROUNDS, {
    floor: () => load(floor.url),
    lambent: () => load(lambent.url, 'busy'),
    progress: (text) => session.progress(`on their own, ${text}`),
  })
  const endToEnd = most(rounds.lambent.map((round) => round.endToEnd))
  return [
    rateResult({
      work: 'asynchronous accepts, 50 connections',
      lambent: most(alone.lambent.map(({ perSecond }) => perSecond)),
      floor: most(alone.floor.map(({ perSecond }) => perSecond)),
      least: 0.3,
      leastPerSecond: 12_000,
    }),
    rateResult({
      work: '... while the handlers run',
      lambent: most(rounds.lambent.map(({ perSecond }) => perSecond)),
      floor: most(rounds.floor.map(({ perSecond }) => perSecond)),
      least: 0.3,
      leastPerSecond: 12_000,
      note: `accepted, run and settled: ${Math.round(endToEnd).toLocaleString('en')}/s`,
    }),
  ]
}
