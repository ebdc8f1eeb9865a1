import { median, most, rate } from '../harness/figures.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 3
const EVENTS = 4_000
/** Where each function of the bench project sends its records. */
const DESTINATIONS = {
  SQS: 'toQueue',
  SNS: 'toTopic',
  EventBridge: 'toBus',
  Lambda: 'toFunction',
  'S3 (on failure)': 'toBucket',
}

/**
 * What follows an asynchronous invocation: retries, and a record at each kind of destination. The floor is the same
 * number of events that succeed and leave nothing.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function asyncOutcomes(session) {
  const [client, live, frozen] = await Promise.all([
    session.client,
    session.startLambent(),
    session.startLambent({ clock: 'frozen' }),
  ])
  /** Accepts the events and waits until all is settled; events per second. */
  const settled = async (/** @type {string} */ functionName, target = live) => {
    const startedMs = performance.now()
    await client.call('send', {
      url: target.url,
      path: invokePath(functionName),
      headers: { ...lambdaHeaders, 'X-Amz-Invocation-Type': 'Event' },
      body: EVENT,
      count: EVENTS,
      connections: 50,
    })
    await target.remote.call('settle', { timeoutMs: 60_000 })
    return EVENTS / ((performance.now() - startedMs) / 1_000)
  }
  session.progress('warm-up')
  await settled('discard')

  const results = []
  for (const [kind, functionName] of Object.entries(DESTINATIONS)) {
    const rounds = await alternate(ROUNDS, {
      floor: () => settled('discard'),
      lambent: () => settled(functionName),
      progress: (text) => session.progress(`${kind}, ${text}`),
    })
    results.push(ratio(`events with a record at ${kind}`, most(rounds.lambent), most(rounds.floor)))
  }

  session.progress('retries')
  const floorOfRetries = await settled('discard', frozen)
  const perSecond = await frozen.remote.call('drainRetries', { functionName: 'retried', events: EVENTS })
  results.push(ratio('retries drained', perSecond, median([floorOfRetries])))
  return results
}

/**
 * @param {string} work
 * @param {number} lambent
 * @param {number} floor
 */
const ratio = (work, lambent, floor) => ({
  work,
  lambent: rate(lambent),
  floor: rate(floor),
  ratio: `${Math.round((100 * lambent) / floor)} %`,
  budget: '-',
  met: '-',
  figures: { lambent, floor, ratio: lambent / floor },
})
