import { median, milliseconds } from '../harness/figures.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 3
const AT_ONCE = 50

/**
 * Fifty calls of a handler that waits 100 ms, all at once, none of them with an environment yet.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function burst(session) {
  const client = await session.client
  const call = (/** @type {string} */ url) =>
    client.call('burst', {
      url,
      path: invokePath('wait'),
      headers: lambdaHeaders,
      body: EVENT,
      count: AT_ONCE,
    })

  const bare = await session.startBareServer({ delayMs: 100, answers: { '': '{}' } })
  /** @type {number[]} */
  const threads = []
  const rounds = await alternate(ROUNDS, {
    floor: async () => {
      const floor = await session.startFloor('wait.mjs')
      threads.push(await call(floor.url))
      await floor.remote.stop()
      return call(bare.url)
    },
    lambent: async () => {
      const lambent = await session.startLambent()
      const tookMs = await call(lambent.url)
      await lambent.remote.call('stop')
      await lambent.remote.stop()
      return tookMs
    },
    progress: session.progress,
  })
  return [
    timeResult({
      work: '50 calls of 100 ms at once, cold',
      lambent: median(rounds.lambent),
      floor: median(rounds.floor),
      belowMs: 600,
      note: `floor: a 100 ms timer in a bare server; 50 new one-thread pools without Lambda take ${milliseconds(median(threads))}`,
    }),
  ]
}
