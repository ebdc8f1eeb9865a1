import { inspect } from 'node:util'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import type { Exit } from '../payloads.ts'
import type { Outcome, OutcomeHeader, RunHeader, ThreadHeader } from '../protocol.ts'
import { afterRealMs, stopwatchMs, wallClockMs } from '../../system/index.ts'
import { createThread } from './thread.ts'
import { LONG_TEXT, type Task, type TaskResult, type WorkerMessage } from './tasks.ts'

/** What an environment tells about itself. */
export interface EnvironmentListener {
  initialised(header: OutcomeHeader, payload: string | Uint8Array): void
  log(text: string): void
  /** The handler begins to answer, piece by piece. */
  began(contentType: string): void
  chunk(bytes: Uint8Array): void
  result(header: OutcomeHeader, payload: string | Uint8Array): void
}

/** One execution environment, seen from the executor's main thread. */
export class HostedEnvironment {
  readonly #settings: ThreadHeader
  readonly #listener: EnvironmentListener
  #thread: Piscina
  #logPort: MessagePort | undefined
  #isGone = false
  #mostBytes = 0
  #cancelDeadline: () => void = () => {}

  constructor(settings: ThreadHeader, thread: Piscina, listener: EnvironmentListener) {
    this.#settings = settings
    this.#thread = thread
    this.#listener = listener
  }

  initialise(bringsSdk = WANT_SDK.has(codeOf(this.#settings))): void {
    const { port1, port2 } = new MessageChannel()
    this.#logPort = port1
    port1.on('message', (message: WorkerMessage) => this.#tell(message))
    const { root, handler, entryFile, profile, variables, memoryMegabytes, initTimeoutMs } = this.#settings
    const task = {
      kind: 'init',
      root,
      handler,
      entryFile,
      profile,
      variables,
      memoryLimitBytes: memoryMegabytes * 1024 * 1024,
      logPort: port2,
      bringsSdk,
    } as const
    this.#execute(task, [port2], initTimeoutMs, (header, payload) =>
      this.#listener.initialised(header, payload),
    )
  }

  run(header: RunHeader, payload: Buffer): void {
    const timeoutMs = this.#settings.timeoutMs === 0 ? 0 : (header.timeoutMs ?? this.#settings.timeoutMs)
    const isLong = payload.length > LONG_TEXT
    const bytes = isLong ? new Uint8Array(payload) : undefined
    const task = {
      kind: 'invoke',
      requestId: header.requestId,
      arn: header.arn,
      traceId: header.traceId,
      clientContext: header.clientContext,
      deadlineMs: wallClockMs() + (timeoutMs === 0 ? UNLIMITED_MS : timeoutMs),
      payload: bytes ?? payload.toString('utf8'),
    } as const
    const transfer = bytes && [bytes.buffer]
    this.#execute(task, transfer, timeoutMs, (result, answer) => this.#listener.result(result, answer))
  }

  /** So much of the answer has reached whoever takes it. */
  taken(bytes: number): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads, not a window
    this.#logPort?.postMessage(bytes)
  }

  destroy(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#cancelDeadline()
    this.#logPort?.close()
    void this.#thread.destroy()
  }

  #execute(
    task: Task,
    transferList: (ArrayBuffer | MessagePort)[] | undefined,
    timeoutMs: number,
    tell: (header: OutcomeHeader, payload: string | Uint8Array) => void,
  ): void {
    const startedMs = stopwatchMs()
    const end = (header: OutcomeHeader, payload: string | Uint8Array): void => {
      if (this.#isGone) return
      this.#cancelDeadline()
      this.#drain()
      this.#mostBytes = header.memoryBytes
      if (header.lost !== undefined) this.destroy()
      tell(header, payload)
    }
    const lose = (outcome: Outcome, lost: string, exit?: Exit): void => {
      const durationMs = outcome === 'timedOut' ? timeoutMs : stopwatchMs() - startedMs
      end({ outcome, durationMs, memoryBytes: this.#mostBytes, lost, ...(exit ? { exit } : {}) }, '')
    }
    if (timeoutMs > 0) {
      this.#cancelDeadline = afterRealMs(timeoutMs, () => lose('timedOut', 'timeout'))
    }
    const attempt = async (): Promise<void> => {
      try {
        const result = (await this.#thread.run(task, transferList && { transferList })) as TaskResult
        if (result.wantsSdk === true) {
          this.#startAgainWithSdk()
          return
        }
        const { payload, ...header } = result
        // Initialisation began with the thread, long before the worker could look at a clock.
        if (task.kind === 'init') header.durationMs = stopwatchMs() - startedMs
        end(header, payload)
      } catch (error) {
        this.#threadEnded(error as Error & { code?: string }, task.kind, lose)
      }
    }
    void attempt()
  }

  /** Modules that could not be linked stay so for as long as their thread lives. */
  #startAgainWithSdk(): void {
    if (this.#isGone) return
    this.#cancelDeadline()
    this.#logPort?.close()
    void this.#thread.destroy()
    WANT_SDK.add(codeOf(this.#settings))
    this.#thread = createThread(this.#settings)
    this.initialise()
  }

  #tell(message: WorkerMessage): void {
    if (typeof message === 'string') this.#listener.log(message)
    else if (message instanceof Uint8Array) this.#listener.chunk(message)
    else this.#listener.began(message.began)
  }

  #threadEnded(
    error: Error & { code?: string },
    kind: Task['kind'],
    lose: (outcome: Outcome, lost: string, exit?: Exit) => void,
  ): void {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      this.#mostBytes = this.#settings.memoryMegabytes * 1024 * 1024
      lose('outOfMemory', 'out of memory')
      return
    }
    const exited = exitStatusOf(error)
    // An exception in a thread whose handler took the runtime's listeners away ends it, as it ends a process.
    const isUncaught = exited === undefined && kind === 'invoke'
    if (isUncaught && !this.#isGone) this.#listener.log(`${inspect(error)}\n\nNode.js ${process.version}`)
    // A thread that could not start says why (flags in NODE_OPTIONS that Node refuses, say); nobody else will.
    else if (error.code !== undefined && !this.#isGone) this.#listener.log(String(error))
    const status = exited ?? (isUncaught ? 1 : CANNOT_START)
    lose('exited', `exit status ${status}`, { status })
  }

  /**
   * A result can be handled before the lines that were sent ahead of it on the other port. They are in that port's
   * queue by then, all of them, so taking what is there makes the log complete without waiting.
   */
  #drain(): void {
    if (!this.#logPort) return
    for (let next = receiveMessageOnPort(this.#logPort); next; next = receiveMessageOnPort(this.#logPort)) {
      this.#tell(next.message as WorkerMessage)
    }
  }
}

/** Code of which it is known that it imports an SDK that the project does not have. */
const WANT_SDK = new Set<string>()

const codeOf = ({ root, handler }: ThreadHeader): string => `${root}\n${handler}`

/** With a debugger attached time does not run out: ten days. */
const UNLIMITED_MS = 864_000_000

/** Node's status for arguments that it refuses. */
const CANNOT_START = 9

/** Piscina says `worker exited with code: 3`; anything else is an error of the thread's own. */
function exitStatusOf(error: Error): number | undefined {
  const code = /exited with code: (-?\d+)/.exec(error.message)?.[1]
  return code === undefined ? undefined : Number(code) & 0xff
}
