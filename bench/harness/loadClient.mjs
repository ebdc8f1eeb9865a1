/** The client, in a process of its own: the same one for Lambent and for the floor. */
// @ts-expect-error: it comes without types.
import autocannon from 'autocannon'
import { openConnection } from './connection.mjs'
import { serve } from './remote.mjs'

serve({
  /**
   * As many requests as `connections` can do in `seconds`; one request at a time on each.
   * @param {{ url: string, path?: string, headers?: Record<string, string>, body: string, connections: number,
   *   seconds: number, status?: number }} options
   */
  async load({ url, path = '/', headers = {}, body, connections, seconds, status = 200 }) {
    /** @type {number[]} */
    const latencies = []
    const run = autocannon({
      url: url + path,
      method: 'POST',
      headers,
      body,
      connections,
      duration: seconds,
      sampleInt: 100,
      timeout: 30,
    })
    let unexpected = 0
    const note = (
      /** @type {unknown} */ _client,
      /** @type {number} */ answered,
      /** @type {number} */ _bytes,
      /** @type {number} */ tookMs,
    ) => {
      if (answered !== status) unexpected++
      latencies.push(tookMs)
    }
    run.on('response', note)
    const result = await run
    if (unexpected > 0 || result.errors > 0)
      throw new Error(
        `${unexpected} unexpected answers (${JSON.stringify(result.statusCodeStats)}), ${result.errors} errors`,
      )
    latencies.sort((a, b) => a - b)
    const at = (/** @type {number} */ share) => latencies[Math.floor(latencies.length * share)] ?? 0
    return {
      perSecond: latencies.length / result.duration,
      count: latencies.length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
    }
  },

  /**
   * Sends `count` requests, all at once, each on a connection of its own that is open already.
   * @param {{ url: string, path?: string, headers?: Record<string, string>, body: string, count: number }} options
   */
  async burst({ url, count, ...request }) {
    const connections = await Promise.all(Array.from({ length: count }, () => openConnection(url)))
    const startedMs = performance.now()
    await Promise.all(connections.map((connection) => connection.send(request)))
    const tookMs = performance.now() - startedMs
    for (const connection of connections) connection.close()
    return tookMs
  },

  /**
   * Exactly `count` requests over `connections`.
   * @param {{ url: string, path?: string, headers?: Record<string, string>, body: string, count: number,
   *   connections: number }} options
   */
  async send({ url, count, connections, ...request }) {
    let left = count
    const startedMs = performance.now()
    await onEach(url, connections, async (connection) => {
      while (left-- > 0) await connection.send(request)
    })
    return { perSecond: count / ((performance.now() - startedMs) / 1_000) }
  },

  /**
   * Receives ten messages and deletes them, again and again, until `count` are gone or the queue is empty.
   * @param {{ url: string, queueUrl: string, headers: Record<string, string>, count: number, connections: number }} options
   */
  async drain({ url, queueUrl, headers, count, connections }) {
    const receive = request('ReceiveMessage', headers, { QueueUrl: queueUrl, MaxNumberOfMessages: 10 })
    let left = count
    let drained = 0
    const startedMs = performance.now()
    await onEach(url, connections, async (connection) => {
      while (left > 0) {
        left -= 10
        const received = await connection.send(receive)
        /** @type {{ ReceiptHandle: string }[]} */
        const messages = JSON.parse(received.toString()).Messages ?? []
        if (messages.length === 0) return
        const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
        await connection.send(request('DeleteMessageBatch', headers, { QueueUrl: queueUrl, Entries }))
        drained += messages.length
      }
    })
    return { perSecond: drained / ((performance.now() - startedMs) / 1_000), drained }
  },
})

/**
 * @param {string} url
 * @param {number} count
 * @param {(connection: import('./connection.mjs').Connection) => Promise<void>} work
 */
async function onEach(url, count, work) {
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(url)))
  await Promise.all(connections.map(work))
  for (const connection of connections) connection.close()
}

/**
 * @param {string} operation
 * @param {Record<string, string>} headers
 * @param {object} input
 */
const request = (operation, headers, input) => ({
  headers: { ...headers, 'X-Amz-Target': `AmazonSQS.${operation}` },
  body: JSON.stringify(input),
})
