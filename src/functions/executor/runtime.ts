import { inspect } from 'node:util'
import type { Outcome } from '../protocol.ts'
import { type Exit, RESPONSE_LIMIT_BYTES } from '../payloads.ts'
import type { RuntimeProfile } from '../profile.ts'
import type { Capture } from './capture.ts'
import { logTextOfError, payloadOfError, RuntimeError } from './errors.ts'
import type { Memory } from './memory.ts'
import { LONG_TEXT, type TaskResult } from './tasks.ts'

/** One task under way: initialisation or an invocation. */
export interface Pending {
  /** The first call counts. */
  succeed(result: unknown): void
  fail(error: unknown): void
  /** What it means for this task when nothing is left that could ever happen. */
  onEmptyLoop: () => void
}

interface Ending {
  outcome: Outcome
  text: string
  exit?: Exit
}

/**
 * The life of tasks inside one worker: exactly one at a time, settled once, whatever the handler does on the side.
 *
 * A settled task is answered one turn of the event loop later. Only then does Node report the rejections that nobody
 * handles, and after the answer this thread is frozen until the next event.
 */
export class Runtime {
  readonly #profile: RuntimeProfile
  readonly #capture: Capture
  readonly #memory: Memory
  #settle: ((ending: Ending) => void) | undefined
  #strayError: ((error: unknown, status: number) => void) | undefined
  #emptyLoop: (() => void) | undefined

  constructor(profile: RuntimeProfile, capture: Capture, memory: Memory) {
    this.#profile = profile
    this.#capture = capture
    this.#memory = memory
  }

  install(): void {
    const { strayError, rejectionStatus, exceptionStatus } = this.#profile
    process.on('beforeExit', () => this.#emptyLoop?.())
    process.on('uncaughtException', (error) => {
      // With a listener of its own the handler survives, unless the runtime's listener ends the process first.
      if (strayError === 'fatal' && process.listenerCount('uncaughtException') > 1) return
      if (strayError === 'answered') this.#logError('Uncaught Exception', error)
      this.#strayError?.(error, exceptionStatus)
    })
    if (strayError === 'fatal') return
    process.on('unhandledRejection', (reason) => {
      const error = new RuntimeError('UnhandledPromiseRejection', String(reason))
      this.#logError('Unhandled Promise Rejection', error)
      this.#strayError?.(error, rejectionStatus)
    })
  }

  watchMemory(): void {
    this.#memory.watch(() => this.#settle?.({ outcome: 'outOfMemory', text: '' }))
  }

  /** Runs one task to its end. `title` stands before an error of it in the log. */
  run(title: string, start: (pending: Pending) => void): Promise<TaskResult> {
    return new Promise((resolve) => {
      const startedMs = performance.now()
      let ending: Ending | undefined
      let lost: string | undefined

      const settle = (first: Ending): void => {
        if (ending) return
        ending = first
        this.#emptyLoop = undefined
        const durationMs = performance.now() - startedMs
        setImmediate(() => {
          this.#settle = undefined
          this.#strayError = undefined
          resolve(this.#result(ending ?? first, durationMs, lost))
        })
      }
      const pending: Pending = {
        succeed: (result) => settle(this.#serialise(result)),
        fail: (error) => {
          if (ending) return
          this.#logError(title, error)
          settle({ outcome: 'thrown', text: JSON.stringify(payloadOfError(error)) })
        },
        onEmptyLoop: () => settle({ outcome: 'exited', text: '', exit: { status: 0 } }),
      }
      this.#settle = settle
      this.#emptyLoop = () => pending.onEmptyLoop()
      this.#strayError = (error, status) => {
        lost = `exit status ${status}`
        if (this.#profile.strayError === 'answered') {
          settle({ outcome: 'thrown', text: JSON.stringify(payloadOfError(error)) })
          return
        }
        // As when a process dies of it: the bare stack on stderr, whatever was about to be answered.
        this.#capture.line(`${inspect(error)}\n\nNode.js ${process.version}`)
        const death: Ending = { outcome: 'exited', text: '', exit: { status } }
        if (ending) ending = death
        else settle(death)
      }
      start(pending)
    })
  }

  #serialise(result: unknown): Ending {
    try {
      return { outcome: 'success', text: JSON.stringify(result) ?? 'null' }
    } catch {
      const error = new Error('Unable to stringify response body')
      error.name = this.#profile.unserialisable
      this.#logError('Invoke Error', error)
      return { outcome: 'thrown', text: JSON.stringify(payloadOfError(error)) }
    }
  }

  #result(ending: Ending, durationMs: number, lost: string | undefined): TaskResult {
    this.#capture.flush()
    const { outcome, text, exit } = this.#memory.isOver()
      ? ({ outcome: 'outOfMemory', text: '' } as Ending)
      : ending
    const payload = text.length > LONG_TEXT ? new TextEncoder().encode(text) : text
    const isTooLarge = payload.length > RESPONSE_LIMIT_BYTES
    const ended = lost ?? endOf(outcome)
    return {
      outcome: isTooLarge ? 'tooLarge' : outcome,
      payload: isTooLarge ? '' : payload,
      durationMs,
      memoryBytes: this.#memory.mostBytes,
      ...(exit ? { exit } : {}),
      ...(ended === undefined ? {} : { lost: ended }),
    }
  }

  #logError(title: string, error: unknown): void {
    this.#capture.entry('ERROR', `${title} ${logTextOfError(error)}`)
  }
}

function endOf(outcome: Outcome): string | undefined {
  if (outcome === 'outOfMemory') return 'out of memory'
  return outcome === 'exited' ? 'exit status 0' : undefined
}
