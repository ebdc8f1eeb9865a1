import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { createInterface } from 'node:readline'
import { median, most } from '../harness/figures.mjs'
import { writeProject } from '../harness/project.mjs'
import { EVENT, lambdaHeaders } from '../harness/requests.mjs'
import { timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 5
const PIECE_BYTES = 65_536
const PIECES = 1_600
const MEBIBYTE = 2 ** 20

/** Writes the pieces of `out` no faster than they are taken. */
const WRITE = `async (out) => {
  const piece = Buffer.alloc(${PIECE_BYTES}, 'x')
  for (let n = 0; n < ${PIECES}; n++) if (!out.write(piece)) await new Promise((resolve) => out.once('drain', resolve))
  out.end()
}`

const FILES = {
  'lambda.yml': `service: streaming
provider: { timeout: 60 }
functions:
  long: { handler: stream.long, url: { invokeMode: RESPONSE_STREAM } }
  short: { handler: stream.short, url: { invokeMode: RESPONSE_STREAM } }
`,
  'stream.cjs': `const write = ${WRITE}
exports.long = awslambda.streamifyResponse((event, out) => write(out))
exports.short = awslambda.streamifyResponse(async (event, out) => { out.end('x') })
`,
}

const FLOOR = `const write = ${WRITE}
require('node:http')
  .createServer((request, response) => (request.url === '/_url/short/' ? response.end('x') : write(response)))
  .listen(0, '127.0.0.1', function () { console.log('http://127.0.0.1:' + this.address().port) })`

/**
 * What a streaming handler writes, read by one client: megabytes per second, and the time to the first piece.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function streaming(session) {
  const project = await writeProject(session, FILES)
  const { url } = await session.startLambent({ config: project.config, data: project.data })
  const floorUrl = await startFloor(session)
  const eventStream = '/2021-11-15/functions/long/response-streaming-invocations'
  session.progress('warm-up')
  for (const base of [url, floorUrl]) await read(base, '/_url/long/', 'GET')

  const rates = async (/** @type {string} */ path, /** @type {'GET' | 'POST'} */ method) =>
    await alternate(ROUNDS, {
      floor: async () => (await read(floorUrl, path, method)).perSecond,
      lambent: async () => (await read(url, path, method)).perSecond,
      progress: (text) => session.progress(`${path}, ${text}`),
    })
  const ofUrl = await rates('/_url/long/', 'GET')
  const ofApi = await rates(eventStream, 'POST')
  const first = await alternate(15, {
    floor: async () => (await read(floorUrl, '/_url/short/', 'GET')).firstMs,
    lambent: async () => (await read(url, '/_url/short/', 'GET')).firstMs,
  })
  return [
    throughput('streamed response, function URL', ofUrl),
    throughput('streamed response, InvokeWithResponseStream', ofApi),
    timeResult({
      work: 'streamed response, first piece',
      lambent: median(first.lambent),
      floor: median(first.floor),
      belowMs: 5,
    }),
  ]
}

/**
 * @param {string} work
 * @param {{ lambent: number[], floor: number[] }} rounds Bytes per second.
 */
function throughput(work, rounds) {
  const [lambent, floor] = [most(rounds.lambent), most(rounds.floor)]
  const text = (/** @type {number} */ perSecond) => `${Math.round(perSecond / MEBIBYTE)} MiB/s`
  return {
    work,
    lambent: text(lambent),
    floor: text(floor),
    ratio: `${Math.round((lambent / floor) * 100)} %`,
    budget: '>= 100 MiB/s',
    met: lambent >= 100 * MEBIBYTE ? 'yes' : 'NO',
    note: 'floor: the same pieces written by a bare server',
    figures: { lambent, floor, ratio: lambent / floor },
  }
}

/**
 * @param {string} base
 * @param {string} path
 * @param {'GET' | 'POST'} method
 */
async function read(base, path, method) {
  const startedMs = performance.now()
  const request = http.request(`${base}${path}`, { method, headers: method === 'POST' ? lambdaHeaders : {} })
  request.end(method === 'POST' ? EVENT : undefined)
  const [response] = await once(request, 'response')
  let bytes = 0
  let firstMs = 0
  for await (const chunk of response) {
    if (bytes === 0) firstMs = performance.now() - startedMs
    bytes += chunk.length
  }
  return { firstMs, perSecond: bytes / ((performance.now() - startedMs) / 1_000) }
}

/**
 * @param {import('../harness/session.mjs').Session} session
 * @returns {Promise<string>}
 */
async function startFloor(session) {
  const child = spawn(process.execPath, ['-e', FLOOR], { stdio: ['ignore', 'pipe', 'inherit'] })
  session.atEnd(async () => {
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('the floor ended before it listened')
}
