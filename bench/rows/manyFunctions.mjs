import { openConnection } from '../harness/connection.mjs'
import { median, milliseconds, most } from '../harness/figures.mjs'
import { residentBytes } from '../harness/processes.mjs'
import { writeProject } from '../harness/project.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { flatnessResult, memoryResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 3
const SECONDS = 1.5
const MANY = 200
const MEBIBYTE = 2 ** 20
/** The one that is called, whatever else there is. */
const CALLED = 'f0'

/**
 * What it costs that many functions are there: time to the first answer, memory, and the pace of one of them.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function manyFunctions(session) {
  const client = await session.client
  const starts = await alternate(ROUNDS, {
    floor: () => firstAnswer(session, 1),
    lambent: () => firstAnswer(session, MANY),
    progress: (text) => session.progress(`start, ${text}`),
  })
  const one = await startWith(session, 1)
  const many = await startWith(session, MANY)
  const memory = { one: residentBytes(one.remote.pid), many: residentBytes(many.remote.pid) }
  const load = async (/** @type {string} */ url) => {
    const request = { url, path: invokePath(CALLED), headers: lambdaHeaders, body: EVENT }
    return (await client.call('load', { ...request, connections: 10, seconds: SECONDS })).perSecond
  }
  for (const { url } of [one, many]) await load(url)
  const rates = await alternate(ROUNDS, {
    floor: () => load(one.url),
    lambent: () => load(many.url),
    progress: (text) => session.progress(`calls, ${text}`),
  })
  return [
    flatnessResult({
      work: `${MANY} functions: start to first answer, against one`,
      lambent: median(starts.lambent) / median(starts.floor),
      most: 1.5,
      note: `${milliseconds(median(starts.floor))}, then ${milliseconds(median(starts.lambent))}`,
    }),
    memoryResult({
      work: `${MANY} functions: memory, idle`,
      lambent: memory.many,
      floor: memory.one,
      atMostBytes: 140 * MEBIBYTE,
      note: 'floor: one function',
    }),
    flatnessResult({
      work: `${MANY} functions: warm invokes of one, against one alone`,
      lambent: most(rates.lambent) / most(rates.floor),
      least: 0.9,
    }),
  ]
}

/**
 * @param {import('../harness/session.mjs').Session} session
 * @param {number} count
 */
async function firstAnswer(session, count) {
  const startedMs = performance.now()
  const { url, remote } = await startWith(session, count)
  const connection = await openConnection(url)
  await connection.send({ path: invokePath(CALLED), headers: lambdaHeaders, body: EVENT })
  const tookMs = performance.now() - startedMs
  connection.close()
  await remote.call('stop')
  await remote.stop()
  return tookMs
}

/**
 * @param {import('../harness/session.mjs').Session} session
 * @param {number} count
 */
async function startWith(session, count) {
  const functions = Array.from({ length: count }, (_, index) => `  f${index}: { handler: echo.handler }`)
  const project = await writeProject(session, {
    'lambda.yml': `service: many\nfunctions:\n${functions.join('\n')}\n`,
    'echo.mjs': 'export const handler = async (event) => event\n',
  })
  return await session.startLambent({ config: project.config, data: project.data })
}
