/** The floor's executor: environments are one-thread pools on a last-in-first-out free list. */
import { Socket } from 'node:net'
import { Piscina } from 'piscina'
import { FrameWriter, readFrames } from './frames.mjs'

const handlerFile = process.argv[2]
const socket = new Socket({ fd: 3, readable: true, writable: true })
const writer = new FrameWriter(socket)
/** @type {Piscina[]} */
const free = []

const createEnvironment = () =>
  new Piscina({
    filename: new URL('worker.mjs', import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Infinity,
    recordTiming: false,
    atomics: 'sync',
    workerData: { handlerFile },
  })

/**
 * @param {number} id
 * @param {string} event
 */
async function run(id, event) {
  const environment = free.pop() ?? createEnvironment()
  try {
    writer.send(id, Buffer.from(await environment.run(event)))
  } catch (error) {
    writer.send(id, Buffer.from(JSON.stringify({ errorMessage: String(error) })))
  }
  free.push(environment)
}

readFrames(socket, (id, payload) => void run(id, payload.toString('utf8')))
socket.on('close', () => process.exit(0))
