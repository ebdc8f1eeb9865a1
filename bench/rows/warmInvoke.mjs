import { median, milliseconds, most } from '../harness/figures.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { rateResult, timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 4
const SECONDS = 1.5

/**
 * Synchronous invocations of a warm function over HTTP.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function warmInvoke(session) {
  const [client, lambent, floor] = await Promise.all([
    session.client,
    session.startLambent(),
    session.startFloor('echo.mjs'),
  ])
  const request = { path: invokePath('echo'), headers: lambdaHeaders, body: EVENT }
  const load = (/** @type {string} */ url, /** @type {number} */ connections, seconds = SECONDS) =>
    client.call('load', { ...request, url, connections, seconds })

  session.progress('warm-up')
  for (const { url } of [floor, lambent]) await load(url, 50, 2)

  const results = []
  for (const connections of [1, 10, 50]) {
    const rounds = await alternate(ROUNDS, {
      floor: () => load(floor.url, connections),
      lambent: () => load(lambent.url, connections),
      progress: (text) => session.progress(`${connections} connections, ${text}`),
    })
    const p99 = (/** @type {{ p99Ms: number }[]} */ side) => median(side.map(({ p99Ms }) => p99Ms))
    results.push(
      rateResult({
        work: `warm invoke, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
        lambent: most(rounds.lambent.map(({ perSecond }) => perSecond)),
        floor: most(rounds.floor.map(({ perSecond }) => perSecond)),
        least: 0.6,
        note: `p99 ${milliseconds(p99(rounds.lambent))}, floor ${milliseconds(p99(rounds.floor))}`,
      }),
    )
    if (connections > 1) continue
    results.push(
      timeResult({
        work: 'warm invoke, 1 connection, p50',
        lambent: median(rounds.lambent.map(({ p50Ms }) => p50Ms)),
        floor: median(rounds.floor.map(({ p50Ms }) => p50Ms)),
        belowMs: 0.3,
      }),
    )
  }
  return results
}
