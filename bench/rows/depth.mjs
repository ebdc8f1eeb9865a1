import { openConnection } from '../harness/connection.mjs'
import { median, most, rate } from '../harness/figures.mjs'
import { ownBytes, residentBytes } from '../harness/processes.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { flatnessResult, timeResult } from '../harness/result.mjs'
import { createStarts } from '../harness/starts.mjs'
import { setTimeout as sleep } from 'node:timers/promises'

const MEBIBYTE = 2 ** 20
const CONNECTIONS = 50
const PICK_UPS = 20
const WARM_UP = 3
const REST_MS = 25
const WARM_UP_EVENTS = 30_000
/** The last part of each fill is what is measured: the queue is as deep as it says by then. */
const MEASURED = 10_000

/**
 * Events waiting by the hundred thousand for a function that is busy: how fast more are accepted, how soon an event of
 * another function is picked up, and what it takes in memory.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function depth(session) {
  const depths = session.isLong ? [10_000, 100_000, 1_000_000] : [10_000, 100_000]
  const [client, lambent, folder] = await Promise.all([
    session.client,
    session.startLambent(),
    session.folder(),
  ])
  const fill = (/** @type {number} */ count) =>
    client.call('send', {
      url: lambent.url,
      path: invokePath('busy'),
      headers: { ...lambdaHeaders, 'X-Amz-Invocation-Type': 'Event' },
      body: EVENT,
      count,
      connections: CONNECTIONS,
    })

  /** @type {{ queued: number, perSecond: number, pickUpMs: number, bytes: number, mappedBytes: number }[]} */
  const levels = []
  let queued = 0
  // What a busy runner keeps at any depth (its latest entries, a grown heap, compiled code) is there from the start.
  session.progress('warm-up')
  const warmUp = {
    path: invokePath('echo'),
    headers: { ...lambdaHeaders, 'X-Amz-Invocation-Type': 'Event' },
    body: EVENT,
  }
  await client.call('send', { ...warmUp, url: lambent.url, count: WARM_UP_EVENTS, connections: CONNECTIONS })
  await lambent.remote.call('settle')
  // The first event keeps the only place that the function has.
  await fill(1)
  for (const wanted of depths) {
    session.progress(`${wanted.toLocaleString('en')} events`)
    const bulk = wanted - queued - MEASURED
    if (bulk > 0) await fill(bulk)
    const { perSecond } = await fill(MEASURED)
    queued = wanted
    await sleep(REST_MS)
    const pickUpMs = await pickUp(lambent.url, `${folder}/${wanted}`)
    const { pid } = lambent.remote
    const bytes = ownBytes(pid)
    levels.push({ queued, perSecond, pickUpMs, bytes, mappedBytes: residentBytes(pid) - bytes })
  }

  const [shallow] = levels
  if (!shallow) return []
  return levels.slice(1).flatMap(({ queued, perSecond, pickUpMs, bytes, mappedBytes }) => {
    const size = queued.toLocaleString('en')
    return [
      flatnessResult({
        work: `asynchronous accepts, ${size} waiting`,
        lambent: perSecond / shallow.perSecond,
        least: 0.8,
        note: `${rate(shallow.perSecond)} with 10,000, ${rate(perSecond)} with ${size}`,
      }),
      timeResult({
        work: `event of another function picked up, ${size} waiting`,
        lambent: pickUpMs,
        floor: shallow.pickUpMs,
        belowMs: 10,
        note: 'floor: the same with 10,000 waiting',
      }),
      flatnessResult({
        work: `memory, ${size} waiting`,
        lambent: bytes / most(levels.slice(0, 1).map((level) => level.bytes)),
        most: 1.5,
        note: `${mebibytes(shallow.bytes)} with 10,000, ${mebibytes(bytes)} with ${size}; pages of the store's file beside it: ${mebibytes(shallow.mappedBytes)}, ${mebibytes(mappedBytes)}`,
      }),
    ]
  })
}

const mebibytes = (/** @type {number} */ bytes) => `${Math.round(bytes / MEBIBYTE)} MiB`

/**
 * @param {string} url
 * @param {string} file
 */
async function pickUp(url, file) {
  const connection = await openConnection(url)
  const starts = createStarts(file, WARM_UP, REST_MS)
  for (let id = 0; id < PICK_UPS + WARM_UP; id++) {
    await starts.send(id, (body) =>
      connection.send({
        path: invokePath('noteStart'),
        headers: { ...lambdaHeaders, 'X-Amz-Invocation-Type': 'Event' },
        body,
      }),
    )
  }
  connection.close()
  return median(await starts.tookMs())
}
