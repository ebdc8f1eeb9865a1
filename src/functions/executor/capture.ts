import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { StringDecoder } from 'node:string_decoder'
import type { MessagePort } from 'node:worker_threads'
import type { LogFormat } from './logFormat.ts'

type Callback = (error?: Error | null, ...rest: unknown[]) => void

/**
 * Everything a handler writes, as lines on a port of our own: `console`, `process.stdout` and `stderr`, and writes to
 * the descriptors 1 and 2 that loggers do past both. The worker's own streams are never used: they need the main
 * thread to drain them, and say nothing about which lines belong to which request.
 */
export class Capture {
  readonly #port: MessagePort
  readonly #format: LogFormat
  readonly #decoders = [new StringDecoder('utf8'), new StringDecoder('utf8')] as const
  readonly #partial = ['', '']
  #requestId: string

  constructor(port: MessagePort, requestId: string, format: LogFormat) {
    this.#port = port
    this.#format = format
    this.#requestId = requestId
  }

  set requestId(requestId: string) {
    this.#requestId = requestId
  }

  install(): void {
    this.#patchConsole()
    this.#patchStream(process.stdout, 0)
    this.#patchStream(process.stderr, 1)
    this.#patchDescriptors()
    process.on('exit', () => this.flush())
  }

  /** One line (it may hold newlines: CloudWatch keeps a console call together), as it is. */
  line(text: string): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads, not a window
    this.#port.postMessage(text)
  }

  /** An error that the runtime reports; `text` is how plain lines show it. */
  error(text: string, error: unknown): void {
    if (this.#format.writes('ERROR')) this.line(this.#format.errorLine(this.#requestId, text, error))
  }

  /** A console call. */
  warn(text: string): void {
    this.#entry('WARN', [text])
  }

  #entry(level: string, values: readonly unknown[]): void {
    if (this.#format.writes(level)) this.line(this.#format.line(level, this.#requestId, values))
  }

  /** Sends what was written without a newline so far. */
  flush(): void {
    for (const stream of [0, 1] as const) {
      const text = this.#partial[stream] ?? ''
      this.#partial[stream] = ''
      if (text !== '') this.line(text)
    }
  }

  #write(stream: 0 | 1, chunk: string | NodeJS.ArrayBufferView): void {
    const text =
      typeof chunk === 'string'
        ? chunk
        : this.#decoders[stream].write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    const lines = ((this.#partial[stream] ?? '') + text).split('\n')
    this.#partial[stream] = lines.pop() ?? ''
    for (const line of lines) this.line(line)
  }

  #patchConsole(): void {
    const levels = {
      trace: 'TRACE',
      debug: 'DEBUG',
      log: 'INFO',
      info: 'INFO',
      warn: 'WARN',
      error: 'ERROR',
      fatal: 'FATAL',
    }
    for (const [name, level] of Object.entries(levels)) {
      // AWS's have a first parameter: a call without one logs `undefined`.
      const log = (first?: unknown, ...rest: unknown[]): void => this.#entry(level, [first, ...rest])
      Object.defineProperty(console, name, {
        value: log,
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
  }

  #patchStream(stream: NodeJS.WriteStream, index: 0 | 1): void {
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | Callback,
      callback?: Callback,
    ): boolean => {
      const done = typeof encoding === 'function' ? encoding : callback
      this.#write(
        index,
        typeof encoding === 'string' && typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
      )
      if (done) process.nextTick(done)
      return true
    }
    stream.write = write
  }

  #patchDescriptors(): void {
    const { write, writeSync } = fs
    const take = (descriptor: number, data: unknown, rest: readonly unknown[]): number => {
      const bytes = writtenBytes(data, rest)
      this.#write(descriptor === 1 ? 0 : 1, bytes)
      return bytes.length
    }
    const isOurs = (descriptor: unknown): descriptor is 1 | 2 => descriptor === 1 || descriptor === 2
    Object.assign(fs, {
      writeSync: (descriptor: number, data: never, ...rest: never[]): number =>
        isOurs(descriptor) ? take(descriptor, data, rest) : writeSync(descriptor, data, ...rest),
      write: (descriptor: number, data: never, ...rest: never[]): void => {
        if (!isOurs(descriptor)) {
          Reflect.apply(write, fs, [descriptor, data, ...rest])
          return
        }
        const done = rest.at(-1) as Callback | undefined
        const written = take(descriptor, data, rest.slice(0, -1))
        if (typeof done === 'function') process.nextTick(done, null, written, data)
      },
    })
    syncBuiltinESMExports()
  }
}

/** The bytes that `fs.write(fd, data, ...)` means: (string, position, encoding), (buffer, offset, length), (buffer, options). */
function writtenBytes(data: unknown, rest: readonly unknown[]): Buffer {
  if (typeof data === 'string') return Buffer.from(data, rest[1] as BufferEncoding | undefined)
  const view = data as NodeJS.ArrayBufferView
  const options =
    typeof rest[0] === 'object' && rest[0] !== null
      ? (rest[0] as { offset?: number; length?: number })
      : undefined
  const offset = options ? (options.offset ?? 0) : ((rest[0] as number | undefined) ?? 0)
  const length = options ? options.length : (rest[1] as number | undefined)
  return Buffer.from(view.buffer, view.byteOffset + offset, length ?? view.byteLength - offset)
}
