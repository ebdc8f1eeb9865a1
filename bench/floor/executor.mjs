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

readFrames(socket, (id, payload) => {
  const environment = free.pop() ?? createEnvironment()
  environment.run(payload.toString('utf8')).then(
    (/** @type {string} */ answer) => {
      free.push(environment)
      writer.send(id, Buffer.from(answer))
    },
    (/** @type {Error} */ error) => {
      free.push(environment)
      writer.send(id, Buffer.from(JSON.stringify({ errorMessage: error.message })))
    },
  )
})
socket.on('close', () => process.exit(0))
