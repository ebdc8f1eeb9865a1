/**
 * The floor of an invocation: bare `node:http`, a framed unix socket, a child process with one-thread Piscina pools.
 * The same path as Lambent's, without anything that makes it Lambda: no validation, records, limits, logs or timeouts.
 */
import { spawn } from 'node:child_process'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { serve } from '../harness/remote.mjs'
import { FrameWriter, readFrames } from './frames.mjs'

const EXECUTOR = fileURLToPath(new URL('executor.mjs', import.meta.url))

/** @type {Map<number, http.ServerResponse>} */
const waiting = new Map()
let lastId = 0

/** @param {string} handlerFile */
function startExecutor(handlerFile) {
  const child = spawn(process.execPath, [EXECUTOR, handlerFile], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  const socket = /** @type {import('node:net').Socket} */ (child.stdio[3])
  readFrames(socket, (id, payload) => {
    const response = waiting.get(id)
    waiting.delete(id)
    response?.writeHead(200, ['Content-Type', 'application/json', 'Content-Length', String(payload.length)])
    response?.end(payload)
  })
  return new FrameWriter(socket)
}

/**
 * Posts to any path run the one handler.
 * @param {{ handlerFile: string }} options
 */
async function start({ handlerFile }) {
  const executor = startExecutor(handlerFile)
  const server = http.createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const id = (lastId = (lastId + 1) >>> 0)
      waiting.set(id, response)
      executor.send(id, chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { url: `http://127.0.0.1:${port}` }
}

serve({ start })
