import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex, Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { EnvironmentEnd, EnvironmentHost } from './environmentHost.ts'
import { FrameReader, FrameWriter } from './frames.ts'
import type { Exit } from './payloads.ts'
import { type CreateHeader, type OutcomeHeader, type RunHeader, ToExecutor, ToRunner } from './protocol.ts'

export interface ExecutorOptions {
  readonly directory: string
  readonly variables: Readonly<Record<string, string>>
  /** A debugger may attach here; undefined for none. */
  readonly inspectPort: number | undefined
  /** Something wrote past the capture inside the workers: native code, child processes. */
  readonly onStrayLine: (text: string) => void
  /** It ended although nobody called `stop`. */
  readonly onCrash: (exit: Exit) => void
}

/**
 * `gc` is for the memory limit. A young generation that begins with 4 MiB instead of one spares a new thread most of
 * its garbage collections while it starts: a tenth of its processor time.
 */
const NODE_FLAGS = ['--expose-gc', '--min-semi-space-size=4']

/**
 * One CommonJS file: 7 MiB less than modules that import CommonJS. (From the folder above: the build joins modules, and
 * this one may end up in another folder beside its own.)
 */
const MAIN = fileURLToPath(new URL('../functions/executor/main.cjs', import.meta.url))

/**
 * One executor: a child process that hosts execution environments, and the socket to it. The socket is descriptor 3 of
 * the child, so there is no address that anybody else could connect to; when either side dies the other one notices.
 */
export class ExecutorProcess implements EnvironmentHost {
  readonly environments = new Map<number, EnvironmentEnd>()
  readonly #child: ChildProcess
  readonly #writer: FrameWriter
  readonly started: Promise<void>
  #isOver = false

  constructor(options: ExecutorOptions) {
    const inspect = options.inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${options.inspectPort}`]
    this.#child = spawn(process.execPath, [...inspect, ...NODE_FLAGS, MAIN], {
      cwd: options.directory,
      env: { ...options.variables },
      stdio: ['ignore', 'pipe', 'pipe', 'overlapped'],
      // A process group of its own: an interrupt from the terminal is for the runner, which lets runs in flight end.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    const socket = this.#child.stdio[3] as Duplex
    this.#writer = new FrameWriter(socket)
    const reader = new FrameReader((type, number, header, payload) =>
      this.#receive(type, number, header, payload),
    )
    socket.on('data', (chunk: Buffer) => reader.push(chunk))
    socket.on('error', () => {})
    for (const stream of ['stdout', 'stderr'] as const) {
      const lines = createInterface({ input: this.#child[stream] as Readable, crlfDelay: Infinity })
      lines.on('line', (text) => options.onStrayLine(text))
    }
    this.started = new Promise((resolve) => this.#child.once('spawn', resolve))
    const end = (exit: Exit): void => {
      if (this.#isOver) return
      this.#isOver = true
      options.onCrash(exit)
    }
    this.#child.once('error', () => end({ status: 127 }))
    this.#child.once('exit', (code, signal) => end(signal === null ? { status: code ?? 0 } : { signal }))
  }

  create(number: number, end: EnvironmentEnd, header: CreateHeader): void {
    this.environments.set(number, end)
    this.#writer.send(ToExecutor.create, number, JSON.stringify(header))
  }

  run(number: number, header: RunHeader, payload: Uint8Array): void {
    this.#writer.send(ToExecutor.run, number, JSON.stringify(header), payload)
  }

  destroy(number: number): void {
    if (this.environments.delete(number)) this.#writer.send(ToExecutor.destroy, number, '')
  }

  /** Ends the process and what its handlers may have started; resolves when it is gone. */
  stop(): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    this.#isOver = true
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    try {
      if (process.platform !== 'win32' && this.#child.pid !== undefined)
        process.kill(-this.#child.pid, 'SIGKILL')
      else this.#child.kill('SIGKILL')
    } catch {
      // Gone already: its exit is on the way.
    }
    return gone
  }

  #receive(type: number, number: number, header: string, payload: Buffer): void {
    const end = this.environments.get(number)
    if (!end) return
    if (type === ToRunner.result) end.result(JSON.parse(header) as OutcomeHeader, payload)
    else if (type === ToRunner.log) end.log(payload.toString('utf8'))
    else if (type === ToRunner.chunk) void this.#pass(number, end, payload)
    else if (type === ToRunner.began) end.responseBegan(header)
    else if (type === ToRunner.initialised) end.initialised(JSON.parse(header) as OutcomeHeader, payload)
  }

  /** Hands on a piece of an answer; whoever writes it may write as much again once it was taken. */
  async #pass(number: number, end: EnvironmentEnd, chunk: Buffer): Promise<void> {
    await end.responseChunk(chunk)
    if (this.environments.has(number)) this.#writer.send(ToExecutor.taken, number, String(chunk.length))
  }
}
