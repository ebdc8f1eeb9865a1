import { Socket } from 'node:net'
import { FrameReader, FrameWriter } from '../frames.ts'
import { type ThreadHeader, type RunHeader, ToExecutor, ToRunner } from '../protocol.ts'
import { HostedEnvironment } from './hostedEnvironment.ts'
import { SpareThread } from './spareThread.ts'
import { createThread } from './thread.ts'

/**
 * The executor process: hosts execution environments for the runner at the other end of descriptor 3, and ends when
 * the runner does.
 */
const environments = new Map<number, HostedEnvironment>()
const spare = new SpareThread()
const socket = new Socket({ fd: 3, readable: true, writable: true })
const writer = new FrameWriter(socket)

const reader = new FrameReader((type, number, header, payload) => {
  if (type === ToExecutor.run) {
    environments.get(number)?.run(JSON.parse(header) as RunHeader, payload)
  } else if (type === ToExecutor.create) {
    create(number, JSON.parse(header) as ThreadHeader)
  } else if (type === ToExecutor.taken) {
    environments.get(number)?.taken(Number(header))
  } else if (type === ToExecutor.destroy) {
    environments.get(number)?.destroy()
    environments.delete(number)
  }
})

function create(number: number, settings: ThreadHeader): void {
  const thread = spare.take(settings) ?? createThread(settings)
  const environment = new HostedEnvironment(settings, thread, {
    initialised(header, payload) {
      writer.send(ToRunner.initialised, number, JSON.stringify(header), payload)
      if (settings.spareMs > 0) spare.keep(settings, settings.spareMs)
    },
    log: (text) => writer.send(ToRunner.log, number, '', text),
    began: (contentType) => writer.send(ToRunner.began, number, contentType),
    chunk: (bytes) => writer.send(ToRunner.chunk, number, '', bytes),
    result: (header, payload) => writer.send(ToRunner.result, number, JSON.stringify(header), payload),
  })
  environments.set(number, environment)
  environment.initialise()
}

socket.on('data', (chunk) => reader.push(chunk))
socket.on('close', () => process.exit(0))
socket.on('error', () => process.exit(0))
// The worker threads' own exceptions never come here; a fault of ours must not take the handlers' events with it quietly.
process.on('SIGINT', () => {})
