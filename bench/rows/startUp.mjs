import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openConnection } from '../harness/connection.mjs'
import { median } from '../harness/figures.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'
import { PROJECT } from '../harness/session.mjs'

const ROUNDS = 7
const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** The least a Node server can do before it answers. */
const BARE_SERVER = `require('node:http')
  .createServer((request, response) => request.resume().on('end', () => response.setHeader('Content-Length', 2).end('{}')))
  .listen(0, '127.0.0.1', function () { console.log('ready  http://127.0.0.1:' + this.address().port) })`

/**
 * From starting the process to its `ready` line, and to the first answer of a function.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function startUp(session) {
  const data = await session.folder()
  const options = ['--config', path.join(PROJECT, 'lambda.yml'), '--port', '0', '--data', data]
  const rounds = await alternate(ROUNDS, {
    floor: () => startOnce(['-e', BARE_SERVER]),
    lambent: () => startOnce([CLI, 'start', ...options]),
    progress: session.progress,
  })
  const result = (/** @type {string} */ work, /** @type {'readyMs' | 'answerMs'} */ figure) =>
    timeResult({
      work,
      lambent: median(rounds.lambent.map((round) => round[figure])),
      floor: median(rounds.floor.map((round) => round[figure])),
      belowMs: 400,
    })
  return [result('start to ready', 'readyMs'), result('start to first answer', 'answerMs')]
}

/** @param {readonly string[]} parameters */
async function startOnce(parameters) {
  const startedMs = performance.now()
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    const url = await readyUrl(child)
    const readyMs = performance.now() - startedMs
    const connection = await openConnection(url)
    await connection.send({ path: invokePath('echo'), headers: lambdaHeaders, body: EVENT })
    const answerMs = performance.now() - startedMs
    connection.close()
    return { readyMs, answerMs }
  } finally {
    const gone = child.exitCode === null ? once(child, 'exit') : undefined
    child.kill('SIGTERM')
    await gone
  }
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @returns {Promise<string>}
 */
async function readyUrl(child) {
  let complaint = ''
  child.stderr.on('data', (chunk) => (complaint += String(chunk)))
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^ready\s+(http:\/\/\S+)/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error(`it ended before it was ready: ${complaint}`)
}
