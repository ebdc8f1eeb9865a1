import type { Exit } from './payloads.ts'
import type { RuntimeProfile } from './profile.ts'

/**
 * What the runner and an executor say to each other. A frame's id is the number of the execution environment that it
 * is about; its header is one of the types below as JSON.
 */

/** Frame types, runner to executor. */
export const ToExecutor = { create: 1, run: 2, destroy: 3 } as const

/** Frame types, executor to runner. */
export const ToRunner = { initialised: 1, log: 2, result: 3 } as const

/** `create`: everything an environment needs to start and to load its handler. */
export interface CreateHeader {
  /** `LAMBDA_TASK_ROOT`: handlers are looked up from here. */
  readonly root: string
  readonly handler: string
  /** The file built from TypeScript; without it the handler is looked up as AWS does. */
  readonly entryFile: string | undefined
  readonly profile: RuntimeProfile
  readonly variables: Readonly<Record<string, string>>
  readonly execArgv: readonly string[]
  readonly memoryMegabytes: number
  /** Real milliseconds for initialisation and for each run; 0 means without limit. */
  readonly initTimeoutMs: number
  readonly timeoutMs: number
  /** So long a thread like this one is kept ready for the next environment; 0 for not at all. */
  readonly spareMs: number
}

/** `run`: one event; the payload is its JSON text. */
export interface RunHeader {
  readonly requestId: string
  readonly arn: string
  readonly traceId: string
  readonly clientContext: string | undefined
  /** Less than the function's timeout when initialisation had to be repeated within this run. */
  readonly timeoutMs: number | undefined
}

/** How the code ended; with `success` and `thrown` the payload is the answer. */
export type Outcome = 'success' | 'thrown' | 'exited' | 'timedOut' | 'outOfMemory' | 'tooLarge'

/** `initialised` and `result`. */
export interface OutcomeHeader {
  readonly outcome: Outcome
  readonly durationMs: number
  /** Most memory seen so far, heap and buffers. */
  readonly memoryBytes: number
  /** With `exited`. */
  readonly exit?: Exit | undefined
  /** The environment ended with this, and why. */
  readonly lost?: string | undefined
}
