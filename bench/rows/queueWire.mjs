import { openConnection } from '../harness/connection.mjs'
import { most, rate } from '../harness/figures.mjs'
import { sqsHeaders, sqsRequest } from '../harness/requests.mjs'
import { flatnessResult, rateResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 3
const CONNECTIONS = 10
const SECONDS = 1
/** Messages received and deleted in one round. */
const DRAINED = 20_000
const BODY = JSON.stringify({ id: 12345678, text: 'x'.repeat(75) })

/** @param {string} QueueUrl */
const oneMessage = (QueueUrl) => sqsRequest('SendMessage', { QueueUrl, MessageBody: BODY })

/** @param {string} QueueUrl */
const tenMessages = (QueueUrl) =>
  sqsRequest('SendMessageBatch', {
    QueueUrl,
    Entries: Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: BODY })),
  })

/**
 * SQS over the wire, durable: into and out of a small queue, and of one that holds a great many messages already.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function queueWire(session) {
  const queued = session.isLong ? 1_000_000 : 100_000
  const [client, lambent, floor] = await Promise.all([
    session.client,
    session.startLambent(),
    session.startBareServer(),
  ])
  const connection = await openConnection(lambent.url)
  const ask = async (/** @type {{ headers: Record<string, string>, body: string }} */ request) => {
    const body = await connection.send(request)
    return body.toString()
  }
  const createQueue = async (/** @type {string} */ QueueName) =>
    JSON.parse(await ask(sqsRequest('CreateQueue', { QueueName }))).QueueUrl

  const load = (/** @type {string} */ url, /** @type {object} */ request) =>
    client.call('load', { url, ...request, connections: CONNECTIONS, seconds: SECONDS })
  const fill = (/** @type {string} */ queueUrl, /** @type {number} */ messages) =>
    client.call('send', {
      url: lambent.url,
      ...tenMessages(queueUrl),
      count: messages / 10,
      connections: CONNECTIONS,
    })
  const drain = (/** @type {string} */ url, /** @type {string} */ queueUrl, count = DRAINED) =>
    client.call('drain', { url, queueUrl, headers: sqsHeaders, count, connections: CONNECTIONS })

  session.progress('warm-up')
  const warm = await createQueue('warm')
  await floor.remote.call('configure', { answers: await recordAnswers(ask, warm) })
  for (const { url } of [floor, lambent]) {
    await load(url, oneMessage(warm))
    await load(url, tenMessages(warm))
    await drain(url, warm)
  }
  session.progress(`filling a queue with ${queued.toLocaleString('en')} messages`)
  const deep = await createQueue('deep')
  await fill(deep, queued)

  const sends = await alternate(ROUNDS, {
    floor: () => load(floor.url, oneMessage(warm)),
    lambent: async (round) => ({
      small: await load(lambent.url, oneMessage(await createQueue(`sends-${round}`))),
      deep: await load(lambent.url, oneMessage(deep)),
    }),
    progress: (text) => session.progress(`sends, ${text}`),
  })
  const batches = await alternate(ROUNDS, {
    floor: () => load(floor.url, tenMessages(warm)),
    lambent: async (round) => load(lambent.url, tenMessages(await createQueue(`batches-${round}`))),
    progress: (text) => session.progress(`batch sends, ${text}`),
  })
  const drains = await alternate(ROUNDS, {
    floor: () => drain(floor.url, warm),
    lambent: async (round) => {
      const queueUrl = await createQueue(`drains-${round}`)
      await fill(queueUrl, DRAINED)
      const small = await drain(lambent.url, queueUrl)
      await fill(deep, DRAINED)
      return { small, deep: await drain(lambent.url, deep) }
    },
    progress: (text) => session.progress(`receive and delete, ${text}`),
  })
  connection.close()

  const best = (/** @type {{ perSecond: number }[]} */ side) => most(side.map(({ perSecond }) => perSecond))
  const smallSends = best(sends.lambent.map(({ small }) => small))
  const deepSends = best(sends.lambent.map(({ deep }) => deep))
  const smallDrains = best(drains.lambent.map(({ small }) => small))
  const deepDrains = best(drains.lambent.map(({ deep }) => deep))
  const size = queued.toLocaleString('en')
  return [
    rateResult({
      work: 'SQS sends',
      lambent: smallSends,
      floor: best(sends.floor),
      least: 0.5,
      leastPerSecond: 20_000,
    }),
    rateResult({
      work: 'SQS batch sends, messages',
      lambent: best(batches.lambent) * 10,
      floor: best(batches.floor) * 10,
      least: 0.25,
      leastPerSecond: 100_000,
    }),
    rateResult({
      work: 'SQS receive + delete, messages',
      lambent: smallDrains,
      floor: best(drains.floor),
      least: 0.25,
      leastPerSecond: 50_000,
    }),
    flatnessResult({
      work: `SQS sends, ${size} queued`,
      lambent: deepSends / smallSends,
      least: 0.8,
      note: rate(deepSends),
    }),
    flatnessResult({
      work: `SQS receive + delete, ${size} queued`,
      lambent: deepDrains / smallDrains,
      least: 0.8,
      note: rate(deepDrains),
    }),
  ]
}

/**
 * What Lambent answers, for the floor to answer the same bytes.
 * @param {(request: { headers: Record<string, string>, body: string }) => Promise<string>} ask
 * @param {string} QueueUrl
 */
async function recordAnswers(ask, QueueUrl) {
  const SendMessage = await ask(oneMessage(QueueUrl))
  const SendMessageBatch = await ask(tenMessages(QueueUrl))
  const ReceiveMessage = await ask(sqsRequest('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 }))
  /** @type {{ ReceiptHandle: string }[]} */
  const messages = JSON.parse(ReceiveMessage).Messages
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
  const DeleteMessageBatch = await ask(sqsRequest('DeleteMessageBatch', { QueueUrl, Entries }))
  const answers = { SendMessage, SendMessageBatch, ReceiveMessage, DeleteMessageBatch }
  return Object.fromEntries(Object.entries(answers).map(([name, text]) => [`AmazonSQS.${name}`, text]))
}
