/** Lambent in a process of its own, started the way a program starts it. */
import { start as startLambent } from 'lambent'
import { serve } from './remote.mjs'

/** @type {import('lambent').App | undefined} */
let app

const running = () => {
  if (!app) throw new Error('not started')
  return app
}

serve({
  /** @param {import('lambent').StartOptions} options */
  async start(options) {
    app = await startLambent(options)
    return { url: app.url }
  },
  settle: (options) => running().settle(options),
  status: () => running().status(),
  async stop() {
    await app?.stop()
    app = undefined
  },
  /**
   * One asynchronous event that fails for good, from `invoke` to its dead letter, and to its record when the function has
   * a destination, as a test would write it. Needs a frozen clock.
   * @param {{ functionName: string, deadLetters: 'queue' | 'topic', hasDestination?: boolean }} options
   */
  async failForGood({ functionName, deadLetters, hasDestination = false }) {
    const letters = () => running()[deadLetters]('dead').messages().length
    const records = () =>
      hasDestination ? running().destination(functionName, 'onFailure').messages().length : 0
    const before = { letters: letters(), records: records() }
    const startedMs = performance.now()
    await running().invoke(functionName, { id: 1 }, { type: 'Event' })
    await running().clock.advance('3m')
    await running().settle()
    const tookMs = performance.now() - startedMs
    const arrived = { letters: letters() - before.letters, records: records() - before.records }
    if (arrived.letters !== 1 || arrived.records !== (hasDestination ? 1 : 0))
      throw new Error(`${functionName}: found ${arrived.letters} dead letters, ${arrived.records} records`)
    return tookMs
  },
  /**
   * Lets events fail once, then moves the clock to their retries; retries per second. Needs a frozen clock.
   * @param {{ functionName: string, events: number }} options
   */
  async drainRetries({ functionName, events }) {
    const invokes = Array.from({ length: events }, () =>
      running().invoke(functionName, { id: 1 }, { type: 'Event' }),
    )
    await Promise.all(invokes)
    await running()
      .function(functionName)
      .none()
      .catch(() => {})
    const startedMs = performance.now()
    await running().clock.advance('1m')
    await running().settle()
    return events / ((performance.now() - startedMs) / 1_000)
  },
})
