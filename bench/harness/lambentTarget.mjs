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
   * One asynchronous event that fails for good, from `invoke` to the message in its dead-letter queue, as a test would
   * write it. Needs a frozen clock.
   * @param {{ functionName: string, queue: string }} options
   */
  async failForGood({ functionName, queue }) {
    const before = running().queue(queue).messages().length
    const startedMs = performance.now()
    await running().invoke(functionName, { id: 1 }, { type: 'Event' })
    await running().clock.advance('3m')
    await running().settle()
    const tookMs = performance.now() - startedMs
    const arrived = running().queue(queue).messages().length - before
    if (arrived !== 1) throw new Error(`expected one dead letter, found ${arrived}`)
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
