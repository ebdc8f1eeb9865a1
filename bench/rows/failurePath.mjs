import { openConnection } from '../harness/connection.mjs'
import { median, milliseconds } from '../harness/figures.mjs'
import { EVENT } from '../harness/requests.mjs'
import { timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 11
const RUNS_UNTIL_DEAD = 3

/**
 * An asynchronous event that fails, is retried after one and two minutes, and ends in the dead-letter queue, as a test
 * with a frozen clock sees it.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function failurePath(session) {
  const [lambent, floor] = await Promise.all([
    session.startLambent({ clock: 'frozen', ephemeral: true }),
    session.startFloor('fail.mjs'),
  ])
  const connection = await openConnection(floor.url)
  const rounds = await alternate(ROUNDS, {
    floor: async () => {
      const startedMs = performance.now()
      for (let run = 0; run < RUNS_UNTIL_DEAD; run++) await connection.send({ body: EVENT })
      return performance.now() - startedMs
    },
    lambent: () => lambent.remote.call('failForGood', { functionName: 'fail', queue: 'dead' }),
    progress: session.progress,
  })
  connection.close()
  return [
    timeResult({
      work: 'asynchronous failure path, frozen clock',
      lambent: median(rounds.lambent),
      floor: median(rounds.floor),
      belowMs: 50,
      note: `the first one, cold: ${milliseconds(rounds.lambent[0] ?? 0)}; floor: three calls of the same handler`,
    }),
  ]
}
