import path from 'node:path'
import { openConnection } from '../harness/connection.mjs'
import { median, milliseconds } from '../harness/figures.mjs'
import { EVENT } from '../harness/requests.mjs'
import { timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'
import { PROJECT } from '../harness/session.mjs'

const ROUNDS = 11
const RUNS_UNTIL_DEAD = 3

/** How `failures.yml` names its functions: `toFunctionAndQueue`. */
const DESTINATIONS = { Lambda: 'Function', SQS: 'Queue', SNS: 'Topic', EventBridge: 'Bus', S3: 'Bucket' }
const DEAD_LETTERS = /** @type {const} */ ({ SQS: 'Queue', SNS: 'Topic' })
const PATHS = Object.entries(DESTINATIONS).flatMap(([destination, to]) =>
  Object.entries(DEAD_LETTERS).map(([deadLetters, dead]) => ({
    work: `... and a record at ${destination}, the letter at ${deadLetters}`,
    functionName: `to${to}And${dead}`,
    deadLetters: dead.toLowerCase(),
    hasDestination: true,
  })),
)

/**
 * An asynchronous event that fails, is retried after one and two minutes, and ends in the dead-letter queue, as a test
 * with a frozen clock sees it; the same with each kind of destination and of dead-letter target.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function failurePath(session) {
  const frozen = /** @type {const} */ ({ clock: 'frozen', ephemeral: true })
  const [lambent, withDestinations, floor] = await Promise.all([
    session.startLambent(frozen),
    session.startLambent({ ...frozen, config: path.join(PROJECT, 'failures.yml') }),
    session.startFloor('fail.mjs'),
  ])
  const connection = await openConnection(floor.url)
  const rounds = await alternate(ROUNDS, {
    floor: async () => {
      const startedMs = performance.now()
      for (let run = 0; run < RUNS_UNTIL_DEAD; run++) await connection.send({ body: EVENT })
      return performance.now() - startedMs
    },
    async lambent() {
      const plain = await lambent.remote.call('failForGood', { functionName: 'fail', deadLetters: 'queue' })
      const others = []
      for (const one of PATHS) others.push(await withDestinations.remote.call('failForGood', one))
      return [plain, ...others]
    },
    progress: session.progress,
  })
  connection.close()
  const bare = median(rounds.floor)
  const row = (/** @type {number} */ index, /** @type {string} */ work, /** @type {number} */ belowMs) => {
    const times = rounds.lambent.map((round) => round[index] ?? Number.NaN)
    const note = `the first one, cold: ${milliseconds(times[0] ?? 0)}`
    return timeResult({ work, lambent: median(times), floor: bare, belowMs, note })
  }
  const plain = row(0, 'asynchronous failure path, frozen clock', 50)
  return [
    { ...plain, note: `${plain.note}; floor: three calls of the same handler` },
    ...PATHS.map(({ work }, index) => row(index + 1, work, 100)),
  ]
}
