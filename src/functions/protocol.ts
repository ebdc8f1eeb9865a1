import type { Exit } from './payloads.ts'
import type { RuntimeProfile } from './profile.ts'

/**
 * What the runner and an executor say to each other. A frame's id is the number of the execution environment that it
 * is about; its header is one of the types below as JSON.
 */

/** Frame types, runner to executor. */
export const ToExecutor = { create: 1, run: 2, destroy: 3, taken: 4 } as const

/** Frame types, executor to runner. */
export const ToRunner = { initialised: 1, log: 2, result: 3, began: 4, chunk: 5 } as const

/** `create`: everything an environment needs to start and to load its handler. */
export interface CreateHeader {
  /** `LAMBDA_TASK_ROOT`: handlers are looked up from here. */
  readonly root: string
  readonly handler: string
  /** The file built from TypeScript; without it the handler is looked up as AWS does. */
  readonly entryFile: string | undefined
  /** Node.js only; other runtimes are processes. */
  readonly profile?: RuntimeProfile | undefined
  readonly variables: Readonly<Record<string, string>>
  readonly execArgv: readonly string[]
  readonly memoryMegabytes: number
  /** Real milliseconds for initialisation and for each run; 0 means without limit. */
  readonly initTimeoutMs: number
  readonly timeoutMs: number
  /** So long a thread like this one is kept ready for the next environment; 0 for not at all. */
  readonly spareMs: number
}

/** What an executor is sent: its environments are threads of Node.js. */
export type ThreadHeader = CreateHeader & { readonly profile: RuntimeProfile }

/** `run`: one event; the payload is its JSON text. */
export interface RunHeader {
  readonly requestId: string
  readonly arn: string
  readonly traceId: string
  readonly clientContext: string | undefined
  /** Less than the function's timeout when initialisation had to be repeated within this run. */
  readonly timeoutMs: number | undefined
}

/**
 * How the code ended; with `success` and `thrown` the payload is the answer, with `platformError` the header has the
 * reason.
 */
export type Outcome =
  | 'success'
  | 'thrown'
  | 'exited'
  | 'timedOut'
  | 'outOfMemory'
  | 'tooLarge'
  | 'platformError'

/** What the platform has to say about an environment that could not do its work. */
export interface PlatformReason {
  readonly errorType: string
  /** In AWS's words; the request's id comes before it. */
  readonly message: string
  /** What to do about it, for people. */
  readonly advice?: string
}

/** `initialised` and `result`. */
export interface OutcomeHeader {
  readonly outcome: Outcome
  readonly durationMs: number
  /** Most memory seen so far, heap and buffers. */
  readonly memoryBytes: number
  /** With `exited`. */
  readonly exit?: Exit | undefined
  /** With `platformError`. */
  readonly reason?: PlatformReason | undefined
  /** With a `thrown` initialisation: what the runtime calls the error, where that need not be part of the payload. */
  readonly errorType?: string | undefined
  /** The environment ended with this, and why. */
  readonly lost?: string | undefined
}
