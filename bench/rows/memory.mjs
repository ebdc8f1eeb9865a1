import { setTimeout as sleep } from 'node:timers/promises'
import { milliseconds } from '../harness/figures.mjs'
import { processorMs, residentBytes } from '../harness/processes.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { flatnessResult, memoryResult } from '../harness/result.mjs'

const MEBIBYTE = 2 ** 20
const INVOKES = 20_000
const IDLE_MS = 3_000
/** After work a process is given a moment to come to rest. */
const REST_MS = 500

/**
 * Resident memory of all processes, over the life of one: idle, after a burst, after many invocations. And what an
 * idle one costs.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function memory(session) {
  const client = await session.client
  const lambent = await session.startLambent()
  const floor = await session.startFloor('wait.mjs')
  const floorOfMany = await session.startFloor('echo.mjs')

  const after = async (/** @type {() => Promise<unknown>} */ work, /** @type {number} */ pid) => {
    await work()
    await sleep(REST_MS)
    return residentBytes(pid)
  }
  const burst = (/** @type {string} */ url) =>
    client.call('burst', { url, path: invokePath('wait'), headers: lambdaHeaders, body: EVENT, count: 50 })
  const many = (/** @type {string} */ url) =>
    client.call('send', {
      url,
      path: invokePath('echo'),
      headers: lambdaHeaders,
      body: EVENT,
      count: INVOKES,
      connections: 10,
    })

  session.progress('idle')
  const idle = {
    floor: await after(async () => {}, floor.remote.pid),
    lambent: await after(async () => {}, lambent.remote.pid),
  }
  const cpu = await idleProcessorMs({ lambent: lambent.remote.pid, floor: floor.remote.pid })

  session.progress('50 at once')
  const burstFloor = await after(() => burst(floor.url), floor.remote.pid)
  const burstLambent = await after(() => burst(lambent.url), lambent.remote.pid)

  session.progress('many invocations')
  const first = {
    floor: await after(() => many(floorOfMany.url), floorOfMany.remote.pid),
    lambent: await after(() => many(lambent.url), lambent.remote.pid),
  }
  const second = {
    floor: await after(() => many(floorOfMany.url), floorOfMany.remote.pid),
    lambent: await after(() => many(lambent.url), lambent.remote.pid),
  }
  return [
    memoryResult({ work: 'memory, idle', ...idle, atMostBytes: 120 * MEBIBYTE }),
    memoryResult({
      work: 'memory, after 50 at once',
      lambent: burstLambent,
      floor: burstFloor,
      atMostBytes: 400 * MEBIBYTE,
    }),
    flatnessResult({
      work: `memory, ${(2 * INVOKES).toLocaleString('en')} against ${INVOKES.toLocaleString('en')} invokes`,
      lambent: second.lambent / first.lambent,
      floor: second.floor / first.floor,
      most: 1.05,
      note: `${Math.round(first.lambent / MEBIBYTE)}, then ${Math.round(second.lambent / MEBIBYTE)} MiB`,
    }),
    ...(cpu ? [idleResult(cpu)] : []),
  ]
}

/** @param {{ lambent: number, floor: number }} pids */
async function idleProcessorMs(pids) {
  await sleep(REST_MS)
  const before = { lambent: processorMs(pids.lambent), floor: processorMs(pids.floor) }
  if (before.lambent === undefined || before.floor === undefined) return undefined
  await sleep(IDLE_MS)
  return {
    lambent: (processorMs(pids.lambent) ?? 0) - before.lambent,
    floor: (processorMs(pids.floor) ?? 0) - before.floor,
  }
}

/** @param {{ lambent: number, floor: number }} cpu */
const idleResult = ({ lambent, floor }) => ({
  work: `processor time of ${IDLE_MS / 1_000} idle seconds`,
  lambent: milliseconds(lambent),
  floor: milliseconds(floor),
  ratio: '-',
  budget: `< ${milliseconds(3)}`,
  met: lambent < 3 ? 'yes' : 'NO',
  figures: { lambent, floor },
})
