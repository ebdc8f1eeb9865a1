import { median, milliseconds, most } from '../harness/figures.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { processorMs } from '../harness/processes.mjs'
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
  /**
   * @param {import('../harness/session.mjs').Target} target
   * @param {number} connections
   */
  const load = async ({ url, remote }, connections, seconds = SECONDS) => {
    const before = processorMs(remote.pid) ?? 0
    const figures = await client.call('load', { ...request, url, connections, seconds })
    const processorUs = (((processorMs(remote.pid) ?? 0) - before) * 1_000) / figures.count
    return { ...figures, processorUs }
  }

  session.progress('warm-up')
  for (const target of [floor, lambent]) await load(target, 50, 2)

  const results = []
  for (const connections of [1, 10, 50]) {
    const rounds = await alternate(ROUNDS, {
      floor: () => load(floor, connections),
      lambent: () => load(lambent, connections),
      progress: (text) => session.progress(`${connections} connections, ${text}`),
    })
    const p99 = (/** @type {{ p99Ms: number }[]} */ side) => median(side.map(({ p99Ms }) => p99Ms))
    const processorUs = (/** @type {{ processorUs: number }[]} */ side) =>
      Math.round(median(side.map((round) => round.processorUs)))
    results.push(
      rateResult({
        work: `warm invoke, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
        lambent: most(rounds.lambent.map(({ perSecond }) => perSecond)),
        floor: most(rounds.floor.map(({ perSecond }) => perSecond)),
        least: 0.6,
        note: `p99 ${milliseconds(p99(rounds.lambent))}, floor ${milliseconds(p99(rounds.floor))}; processor time of an invocation ${processorUs(rounds.lambent)} µs, floor ${processorUs(rounds.floor)} µs`,
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
