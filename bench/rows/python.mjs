import { median, most } from '../harness/figures.mjs'
import { writeProject } from '../harness/project.mjs'
import { hasPython, startPythonServer } from '../harness/python.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { rateResult, timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 3
const SECONDS = 1.5

const FILES = {
  'lambda.yml': 'service: python\nfunctions:\n  snake: { handler: snake.handler, runtime: python3.13 }\n',
  'snake.py': 'def handler(event, context):\n    return event\n',
}

/**
 * Synchronous invocations of a warm Python function over HTTP.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function python(session) {
  if (!hasPython()) return []
  const project = await writeProject(session, FILES)
  const [client, lambent, floorUrl] = await Promise.all([
    session.client,
    session.startLambent({ config: project.config, data: project.data }),
    startPythonServer(session),
  ])
  const request = { path: invokePath('snake'), headers: lambdaHeaders, body: EVENT }
  const load = (/** @type {string} */ url, /** @type {number} */ connections) =>
    client.call('load', { ...request, url, connections, seconds: SECONDS })

  session.progress('warm-up')
  for (const url of [floorUrl, lambent.url]) await load(url, 10)
  const results = []
  for (const connections of [1, 10]) {
    const rounds = await alternate(ROUNDS, {
      floor: () => load(floorUrl, connections),
      lambent: () => load(lambent.url, connections),
      progress: (text) => session.progress(`${connections} connections, ${text}`),
    })
    const perSecond = (/** @type {{ perSecond: number }[]} */ side) =>
      most(side.map((round) => round.perSecond))
    const p50 = (/** @type {{ p50Ms: number }[]} */ side) => median(side.map(({ p50Ms }) => p50Ms))
    results.push(
      rateResult({
        work: `warm Python invoke, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
        lambent: perSecond(rounds.lambent),
        floor: perSecond(rounds.floor),
        note: "floor: Python's own HTTP server, which parses the event and writes it back",
      }),
    )
    if (connections > 1) continue
    results.push(
      timeResult({
        work: 'warm Python invoke, 1 connection, p50',
        lambent: p50(rounds.lambent),
        floor: p50(rounds.floor),
        belowMs: 1.5,
      }),
    )
  }
  return results
}
