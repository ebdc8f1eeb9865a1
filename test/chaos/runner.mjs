import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js')

/**
 * Starts `lambent start` on a project. `ready` resolves with its URL, or with nothing when it ended before.
 * @param {string} config
 */
export function startRunner(config) {
  const child = spawn(process.execPath, [main, 'start', '--json', '--port', '0', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (chunk) => (errors += chunk))
  const exited = once(child, 'exit')
  const ready = new Promise((resolve) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
      text = (text + chunk).slice(-100_000)
      const line = text.split('\n').find((each) => each.includes('"kind":"ready"') && each.endsWith('}'))
      if (line !== undefined) resolve(/** @type {string} */ (JSON.parse(line).url))
    })
    child.once('exit', () => resolve(undefined))
  })
  return {
    /** @type {Promise<string | undefined>} */
    ready,
    /** What it printed to stderr. */
    errors: () => errors,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/**
 * One request; whether it was accepted. A runner that was killed has accepted nothing.
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {unknown} body
 */
async function post(url, headers, body) {
  try {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await response.text()
    return { isAccepted: response.ok, requestId: response.headers.get('x-amzn-requestid') ?? '', text }
  } catch {
    return { isAccepted: false, requestId: '', text: '' }
  }
}

/**
 * @param {string} url
 * @param {string} operation
 * @param {object} input
 */
const sqs = (url, operation, input) =>
  post(url, { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` }, input)

/**
 * @param {string} url
 * @param {string} queue
 * @param {number} id
 */
export const send = (url, queue, id) =>
  sqs(url, 'SendMessage', { QueueUrl: `${url}/000000000000/${queue}`, MessageBody: String(id) })

/**
 * @param {string} url
 * @param {string} operation
 * @param {object} input
 */
export const kinesis = (url, operation, input) =>
  post(
    url,
    { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Kinesis_20131202.${operation}` },
    input,
  )

/**
 * @param {string} url
 * @param {string} functionName
 * @param {number} id
 */
export const invokeEvent = (url, functionName, id) =>
  post(
    `${url}/2015-03-31/functions/${functionName}/invocations`,
    { 'x-amz-invocation-type': 'Event' },
    { id },
  )

/**
 * All messages of a queue, taken out of it.
 * @param {string} url
 * @param {string} queue
 * @returns {Promise<{ Body: string, MessageAttributes?: Record<string, { StringValue: string }> }[]>}
 */
export async function drain(url, queue) {
  const QueueUrl = `${url}/000000000000/${queue}`
  const messages = []
  for (;;) {
    const { text } = await sqs(url, 'ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      VisibilityTimeout: 40_000,
    })
    const { Messages = [] } = JSON.parse(text)
    if (Messages.length === 0) return messages
    messages.push(...Messages)
  }
}

/**
 * The text of every object in a bucket.
 * @param {string} url
 * @param {string} bucket
 * @returns {Promise<string[]>}
 */
export async function objects(url, bucket) {
  const texts = []
  for (let token = ''; ;) {
    const page = await fetch(
      `${url}/${bucket}?list-type=2${token && `&continuation-token=${encodeURIComponent(token)}`}`,
    )
    const xml = await page.text()
    for (const [, key = ''] of xml.matchAll(/<Key>([^<]*)<\/Key>/g))
      texts.push(await (await fetch(`${url}/${bucket}/${key}`)).text())
    token = /<NextContinuationToken>([^<]*)</.exec(xml)?.[1] ?? ''
    if (token === '') return texts
  }
}
