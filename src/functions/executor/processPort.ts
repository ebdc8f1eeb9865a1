import fs from 'node:fs'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { RuntimeClient, StreamedResponse } from './runtimeClient.ts'
import type { WorkerMessage } from './tasks.ts'

/** Where log lines leave the process, one JSON text a line: what holds newlines stays one entry. */
const LOG_DESCRIPTOR = 3

/**
 * Stands for the port between a worker and its executor where the worker is a whole process: log lines go into a pipe,
 * the pieces of an answer to the Runtime API.
 */
export class ProcessPort {
  readonly #client: RuntimeClient
  // Taken before any handler can put something of its own in its place.
  readonly #write = fs.writeSync.bind(fs)
  #listener: ((bytes: number) => void) | undefined
  // A port with a listener holds the event loop for as long as it is told to.
  readonly #hold = new MessageChannel().port1.on('message', () => {})
  #requestId = ''
  #response: StreamedResponse | undefined

  constructor(client: RuntimeClient) {
    this.#client = client
    this.#hold.unref()
  }

  /** From here on answers are for this event. */
  beginEvent(requestId: string): void {
    this.#requestId = requestId
    this.#response = undefined
  }

  /** The answer that is on its way, if the handler streams and has begun. */
  get response(): StreamedResponse | undefined {
    return this.#response
  }

  /** As the rest of a worker knows it. */
  asMessagePort(): MessagePort {
    return this as unknown as MessagePort
  }

  postMessage(message: WorkerMessage): void {
    if (typeof message === 'string') this.#log(message)
    else if (message instanceof Uint8Array)
      this.#response?.write(message, () => this.#listener?.(message.length))
    else this.#response = this.#client.stream(this.#requestId, message.began)
  }

  on(_event: 'message', listener: (bytes: number) => void): this {
    this.#listener = listener
    return this
  }

  /** A handler that streams is waited for: before its first piece there is no socket that would hold the event loop. */
  ref(): void {
    this.#hold.ref()
  }

  unref(): void {
    this.#hold.unref()
  }

  #log(line: string): void {
    try {
      this.#write(LOG_DESCRIPTOR, `${JSON.stringify(line)}\n`)
    } catch {
      // Nobody reads any more: the runner is gone, and this process with it in a moment.
    }
  }
}
