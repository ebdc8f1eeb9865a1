import { inspect } from 'node:util'
import type { Exit } from '../payloads.ts'
import { RESPONSE_LIMIT_BYTES } from '../payloads.ts'
import type { RuntimeProfile } from '../profile.ts'
import type { Outcome } from '../protocol.ts'
import type { Capture } from './capture.ts'
import { logTextOfError, payloadOfError, RuntimeError } from './errors.ts'
import type { Memory } from './memory.ts'
import { explainMissingSdk } from './sdkFallback.ts'
import { LONG_TEXT, type TaskResult } from './tasks.ts'

interface Ending {
  readonly outcome: Outcome
  readonly text: string
  readonly exit?: Exit
}

const OUT_OF_MEMORY: Ending = { outcome: 'outOfMemory', text: '' }

/** What the tasks of one worker have in common. */
export class Runtime {
  readonly profile: RuntimeProfile
  readonly capture: Capture
  readonly memory: Memory
  readonly end: ((status: number) => void) | undefined
  #execution: Execution | undefined

  constructor(
    profile: RuntimeProfile,
    capture: Capture,
    memory: Memory,
    end: ((status: number) => void) | undefined,
  ) {
    this.profile = profile
    this.capture = capture
    this.memory = memory
    this.end = end
  }

  install(): void {
    const { strayError, rejectionStatus, exceptionStatus } = this.profile
    process.on('beforeExit', () => this.#execution?.emptyLoop())
    process.on('uncaughtException', (error) => {
      // With a listener of its own the handler survives, unless the runtime's listener ends the process first.
      if (strayError === 'fatal' && process.listenerCount('uncaughtException') > 1) return
      if (strayError === 'answered') this.logError('Uncaught Exception', error)
      this.#execution?.strayError(error, exceptionStatus)
    })
    this.memory.watch(() => this.#execution?.settle(OUT_OF_MEMORY))
    if (strayError === 'fatal') return
    process.on('unhandledRejection', (reason) => {
      const error = new RuntimeError('UnhandledPromiseRejection', String(reason))
      this.logError('Unhandled Promise Rejection', error)
      this.#execution?.strayError(error, rejectionStatus)
    })
  }

  /** Runs one task to its end. `title` stands before an error of it in the log. */
  run(title: string, start: (execution: Execution) => void): Promise<TaskResult> {
    return new Promise((resolve) => {
      this.#execution = new Execution(this, title, resolve)
      start(this.#execution)
    })
  }

  logError(title: string, error: unknown): void {
    this.capture.error(`${title} ${logTextOfError(error)}`, error)
  }
}

/**
 * One task under way: initialisation or an invocation. It is settled once, whatever the handler does on the side, and
 * answered one turn of the event loop later: only then does Node report the rejections that nobody handles, and after
 * the answer this thread is frozen until the next event.
 */
export class Execution {
  /** What it means for this task when nothing is left that could ever happen. */
  onEmptyLoop: (() => void) | undefined
  /** Nothing has been answered when this is over: a stray error still counts. */
  isInitialisation = false
  /** Called once, when the task is settled. */
  onSettled: (() => void) | undefined
  readonly runtime: Runtime
  readonly #title: string
  readonly #resolve: (result: TaskResult) => void
  readonly #startedMs = performance.now()
  #durationMs = 0
  #ending: Ending | undefined
  #lost: string | undefined
  #wantsSdk = false
  #isAnswered = false

  constructor(runtime: Runtime, title: string, resolve: (result: TaskResult) => void) {
    this.runtime = runtime
    this.#title = title
    this.#resolve = resolve
  }

  succeed(result: unknown): void {
    if (!this.#ending) this.settle(this.#serialise(result))
  }

  /** The answer is out already, piece by piece. */
  succeedStreamed(): void {
    if (!this.#ending) this.settle({ outcome: 'success', text: '' })
  }

  fail(error: unknown): void {
    if (this.#ending) return
    explainMissingSdk(error)
    this.runtime.logError(this.#title, error)
    this.settle(thrown(error))
  }

  /** Ends this attempt without a word: the same will be tried with the SDK at hand. */
  failForSdk(): void {
    this.#wantsSdk = true
    this.settle({ outcome: 'thrown', text: '' })
  }

  emptyLoop(): void {
    if (this.#ending) return
    if (this.onEmptyLoop) this.onEmptyLoop()
    else this.settle({ outcome: 'exited', text: '', exit: { status: 0 } })
  }

  /** An error that is nobody's answer: thrown in a timer, rejected without a handler. */
  strayError(error: unknown, status: number): void {
    this.#lost = `exit status ${status}`
    if (this.runtime.profile.strayError === 'answered') {
      if (this.#isAnswered) this.runtime.end?.(status)
      else if (this.isInitialisation && this.#ending?.outcome === 'success') this.#ending = thrown(error)
      else this.settle(thrown(error))
      return
    }
    // As when a process dies of it: the bare stack on stderr, whatever was about to be answered.
    this.runtime.capture.line(`${inspect(error)}\n\nNode.js ${process.version}`)
    const death: Ending = { outcome: 'exited', text: '', exit: { status } }
    if (this.#isAnswered) this.runtime.end?.(status)
    else if (this.#ending) this.#ending = death
    else this.settle(death)
  }

  settle(ending: Ending): void {
    if (this.#ending) return
    this.#ending = ending
    this.#durationMs = performance.now() - this.#startedMs
    this.onSettled?.()
    setImmediate(respond, this)
  }

  respond(): void {
    this.#isAnswered = true
    this.runtime.capture.flush()
    this.#resolve(this.#result())
  }

  #serialise(result: unknown): Ending {
    try {
      return { outcome: 'success', text: JSON.stringify(result) ?? 'null' }
    } catch {
      const { unserialisable } = this.runtime.profile
      const message = 'Unable to stringify response body'
      const error =
        unserialisable === undefined ? new Error(message) : new RuntimeError(unserialisable, message)
      this.runtime.logError('Invoke Error', error)
      return thrown(error)
    }
  }

  #result(): TaskResult {
    const { memory } = this.runtime
    const { outcome, text, exit } = memory.isOver() || !this.#ending ? OUT_OF_MEMORY : this.#ending
    const payload = text.length > LONG_TEXT ? new TextEncoder().encode(text) : text
    const isTooLarge = payload.length > RESPONSE_LIMIT_BYTES
    return {
      outcome: isTooLarge ? 'tooLarge' : outcome,
      payload: isTooLarge ? '' : payload,
      durationMs: this.#durationMs,
      memoryBytes: memory.mostBytes,
      exit,
      lost: this.#lost ?? endOf(outcome),
      ...(this.#wantsSdk ? { wantsSdk: true } : {}),
    }
  }
}

const respond = (execution: Execution): void => execution.respond()

const thrown = (error: unknown): Ending => ({
  outcome: 'thrown',
  text: JSON.stringify(payloadOfError(error)),
})

function endOf(outcome: Outcome): string | undefined {
  if (outcome === 'outOfMemory') return 'out of memory'
  return outcome === 'exited' ? 'exit status 0' : undefined
}
