import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { judgeClicks, putClick, reshard } from './clicks.mjs'
import { PROJECT } from './project.mjs'
import { drain, invokeEvent, objects, send, startRunner } from './runner.mjs'
import { disorderIn } from './order.mjs'

/** One kill in five comes at any time while the process starts, the others at any time under load. */
const SHARE_OF_STARTS = 0.2
const LONGEST_START_MS = 400
const LONGEST_LOAD_MS = 700
const SETTLE_MS = 120_000

const KINDS = /** @type {const} */ ([
  'orders',
  'notify',
  'chain',
  'spread',
  'clicks',
  'orders',
  'notify',
  'clicks',
  'spread',
])

/**
 * @typedef {object} Report
 * @property {number} kills
 * @property {number} killsBeforeReady
 * @property {number} messages accepted by SendMessage
 * @property {number} events accepted as asynchronous invocations
 * @property {number} records accepted by PutRecord
 * @property {number} ranAgain runs that a crash repeated: allowed, at least once is the promise
 * @property {string[]} lost accepted, but neither handled nor dead-lettered nor recorded
 * @property {string[]} settledTwice
 * @property {string[]} disorder where the ledger tells another story than a life in order
 */

/**
 * Kills the runner over and over while producers press it, then lets it finish and counts.
 * @param {{ rounds: number, producers: number, random?: () => number, progress?: (text: string) => void }} options
 * @returns {Promise<Report>}
 */
export async function runCampaign({ rounds, producers, random = Math.random, progress = () => {} }) {
  const directory = mkdtempSync(path.join(tmpdir(), 'lambent-chaos-'))
  for (const [name, content] of Object.entries(PROJECT)) writeFileSync(path.join(directory, name), content)
  const config = path.join(directory, 'lambda.yml')
  const accepted = createAccepted()
  let killsBeforeReady = 0
  try {
    for (let round = 1; round <= rounds; round++) {
      const isReady = await oneRound(config, producers, accepted, random)
      if (!isReady) killsBeforeReady++
      progress(`${round} of ${rounds} kills, ${accepted.size()} accepted`)
    }
    progress('waiting until all is settled')
    const report = await closing(config, directory, accepted)
    return { kills: rounds, killsBeforeReady, ...report }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function createAccepted() {
  return {
    /** @type {Set<number>} */
    orders: new Set(),
    /** Request ids by the event's id. @type {Map<number, string>} */
    notify: new Map(),
    /** @type {Map<number, string>} */
    chain: new Map(),
    /** @type {Map<number, string>} */
    spread: new Map(),
    /** @type {Map<number, import('./clicks.mjs').AcceptedClick>} */
    clicks: new Map(),
    next: 0,
    size() {
      return this.orders.size + this.notify.size + this.chain.size + this.spread.size + this.clicks.size
    },
  }
}

/**
 * @param {string} config
 * @param {number} producers
 * @param {ReturnType<typeof createAccepted>} accepted
 * @param {() => number} random
 */
async function oneRound(config, producers, accepted, random) {
  const runner = startRunner(config)
  if (random() < SHARE_OF_STARTS) {
    const isReady = await Promise.race([runner.ready, delay(random() * LONGEST_START_MS, 'killed')])
    await runner.kill()
    return isReady !== 'killed'
  }
  const url = await runner.ready
  if (url === undefined) throw new Error(`the runner ended by itself:\n${runner.errors()}`)
  let isOver = false
  const produce = async () => {
    while (!isOver) await produceOne(url, accepted)
  }
  // On a busy machine the first answer takes longer than the load.
  await produceOne(url, accepted)
  const producing = Array.from({ length: producers }, produce)
  const loadMs = random() * LONGEST_LOAD_MS
  await delay(loadMs / 2)
  const resharding = reshard(url, random)
  await delay(loadMs / 2)
  isOver = true
  await runner.kill()
  await Promise.all([...producing, resharding])
  return true
}

/**
 * @param {string} url
 * @param {ReturnType<typeof createAccepted>} accepted
 */
async function produceOne(url, accepted) {
  const id = accepted.next++
  // Nine shares nothing with the numbers by which handlers choose what fails.
  const kind = KINDS[id % KINDS.length] ?? 'orders'
  if (kind === 'orders') {
    if ((await send(url, 'orders', id)).isAccepted) accepted.orders.add(id)
  } else if (kind === 'clicks') {
    const click = await putClick(url, id)
    if (click) accepted.clicks.set(id, click)
  } else {
    const { isAccepted, requestId } = await invokeEvent(url, kind, id)
    if (isAccepted) accepted[kind].set(id, requestId)
  }
}

/**
 * @param {string} config
 * @param {string} directory
 * @param {ReturnType<typeof createAccepted>} accepted
 */
async function closing(config, directory, accepted) {
  const runner = startRunner(config)
  const url = await runner.ready
  if (url === undefined) throw new Error(`the runner did not come up again:\n${runner.errors()}`)
  const settled = await fetch(`${url}/_lambent/settle`, {
    method: 'POST',
    body: JSON.stringify({ timeoutMs: SETTLE_MS }),
  })
  const open = await settled.text()
  if (!settled.ok) throw new Error(`not settled: ${open}`)
  const succeeded = requestIdsOf(await drain(url, 'succeeded'))
  const failed = requestIdsOf(await drain(url, 'failed'))
  const deadLetters = (await drain(url, 'dead-letters')).map(
    ({ MessageAttributes }) => MessageAttributes?.['RequestID']?.StringValue ?? '',
  )
  const records = await objects(url, 'failures')
  const recorded = requestIdsOf(records.map((Body) => ({ Body })))
  const deadOrders = new Set((await drain(url, 'dead-orders')).map(({ Body }) => Number(Body)))
  const entries = await fetch(`${url}/_lambent/events?limit=1000000`)
  const { entries: told } = /** @type {{ entries: Parameters<typeof disorderIn>[0] }} */ (
    await entries.json()
  )
  const disorder = disorderIn(told)
  const lostClicks = await drain(url, 'lost-clicks')
  await runner.stop()

  const lines = readFileSync(path.join(directory, 'done.log'), 'utf8').split('\n').filter(Boolean)
  const done = new Set(lines)
  const clicks = judgeClicks(accepted.clicks, lines, lostClicks)
  const lost = [
    ...[...accepted.orders]
      .filter((id) => !done.has(`worker ${id}`) && !deadOrders.has(id))
      .map((id) => `message ${id}`),
    ...missing(accepted.chain, (id) => done.has(`chain ${id}`), 'not run'),
    ...missing(accepted.chain, (id) => done.has(`audit ${id}`), 'its destination was not invoked'),
    ...missing(
      accepted.spread,
      (id) => done.has(`listen ${id}`) && (id % 8 === 7 || done.has(`spread ${id}`)),
      'its outcome was not heard of',
    ),
    ...[...accepted.spread]
      .filter(([id, requestId]) => id % 8 === 7 && !recorded.includes(requestId))
      .map(([id]) => `event ${id}: no record in the bucket`),
    ...lostNotices(accepted.notify, { done, succeeded, failed, deadLetters }),
    ...clicks.lost,
  ]
  const settledTwice = [
    ...repeated(succeeded).map((id) => `two records of success for ${id}`),
    ...repeated(failed).map((id) => `two records of failure for ${id}`),
    ...repeated(recorded).map((id) => `two objects for ${id}`),
    ...repeated(deadLetters).map((id) => `two dead letters for ${id}`),
    ...succeeded.filter((id) => new Set(failed).has(id)).map((id) => `success and failure of ${id}`),
  ]
  return {
    messages: accepted.orders.size,
    events: accepted.notify.size + accepted.chain.size + accepted.spread.size,
    ranAgain: lines.length - done.size,
    records: accepted.clicks.size,
    lost,
    settledTwice,
    disorder: [...disorder, ...clicks.disorder],
  }
}

/**
 * @param {Map<number, string>} notices
 * @param {{ done: Set<string>, succeeded: string[], failed: string[], deadLetters: string[] }} found
 */
function lostNotices(notices, found) {
  const records = { succeeded: new Set(found.succeeded), failed: new Set(found.failed) }
  const deadLetters = new Set(found.deadLetters)
  return [...notices].flatMap(([id, requestId]) => {
    // After a crash the handler has forgotten its first try, so an event may use up its retries in the middle.
    const isSettled = records.succeeded.has(requestId)
      ? found.done.has(`notify ${id}`)
      : records.failed.has(requestId) && deadLetters.has(requestId) && id % 5 <= 1
    return isSettled ? [] : [`event ${id} (${requestId})`]
  })
}

/**
 * @param {Map<number, string>} events
 * @param {(id: number) => boolean} isThere
 * @param {string} what
 */
const missing = (events, isThere, what) =>
  [...events].filter(([id]) => !isThere(id)).map(([id, requestId]) => `event ${id} (${requestId}): ${what}`)

/** @param {{ Body: string }[]} records */
const requestIdsOf = (records) => records.map(({ Body }) => JSON.parse(Body).requestContext.requestId)

/** @param {string[]} ids */
function repeated(ids) {
  const seen = new Set()
  return ids.filter((id) => seen.has(id) || !seen.add(id))
}
