import type { FunctionFigures } from '../invoke/index.ts'
import type { Spec } from '../spec/index.ts'
import type { ClockMode, Ledger, Log } from '../system/index.ts'

/** How to start; every setting has a default fit for tests. */
export interface StartOptions {
  /** Path of `lambda.yml`, relative to the working directory. Default: `lambda.yml`. */
  readonly config?: string
  /** Port of the one HTTP server. Default 0: a free one. */
  readonly port?: number
  /** Address to listen on; loopback only. Default `127.0.0.1`. */
  readonly host?: string
  /** Folder of what must outlive the process. Default: `.lambent` beside `lambda.yml`. */
  readonly data?: string
  /** Keep everything in memory, write nothing. Default false. */
  readonly ephemeral?: boolean
  /** `live`, `frozen`, or a factor. Default: what `lambda.yml` says, else `live`. */
  readonly clock?: ClockMode
  /** Reload handlers and the spec when files change. Default false. */
  readonly watch?: boolean
  /** Let a debugger attach to handlers; suspends their timeouts. Default false. */
  readonly inspect?: boolean
  /** Where the runner reports. Default: nowhere. */
  readonly log?: Log
  /** Stands in for `process.env` in `${env:NAME}`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** A running application. */
export interface App {
  /** `http://127.0.0.1:PORT`: the endpoint for SDKs, `AWS_ENDPOINT_URL`. */
  readonly url: string
  readonly port: number
  /** The spec as it is running now. */
  readonly spec: () => Spec
  readonly clock: AppClock
  /** What happened, entry by entry. */
  readonly ledger: Ledger
  /**
   * Invokes a function by its name or its key in `lambda.yml`.
   * @example await app.invoke('checkout', { id: 1 }, { type: 'Event' })
   */
  invoke(functionName: string, event?: unknown, options?: InvokeOptions): Promise<InvokeResult>
  /**
   * Resolves when all queues, retries and deliveries are at rest.
   * Rejects with {@link NotSettledError} naming what is still open, when only the clock could release it or after
   * `timeoutMs` real milliseconds (default 10,000).
   */
  settle(options?: { timeoutMs?: number }): Promise<void>
  /** A look into a queue. */
  queue(name: string): QueueSpy
  /** Builds functions anew from what is on disk; all of them unless named. */
  reload(functionNames?: readonly string[]): Promise<void>
  /** Reads `lambda.yml` again and applies the difference. Rejects with SpecError and keeps running when it is wrong. */
  reloadSpec(): Promise<readonly string[]>
  /** Empties all queues, the asynchronous events and the ledger. */
  reset(): Promise<void>
  /** How functions, queues and mappings stand. */
  status(): AppStatus
  /** Ends what is running, closes the store. Stopping twice is harmless. */
  stop(): Promise<void>
}

export interface AppClock {
  now(): number
  readonly mode: ClockMode
  /** Milliseconds, or `90s`, `3m`, `1h30m`, `2d`. */
  advance(by: number | string): Promise<void>
  /** Runs the next timer, whenever it is due; answers which, or `undefined` when there is none. */
  advanceToNext(): Promise<{ label: string; dueMs: number } | undefined>
  timers(): readonly { label: string; dueMs: number }[]
}

export interface InvokeOptions {
  /** Default `RequestResponse`. */
  readonly type?: 'RequestResponse' | 'Event' | 'DryRun'
  /** A version, an alias or `$LATEST`. */
  readonly qualifier?: string
  readonly clientContext?: unknown
}

export interface InvokeResult {
  readonly statusCode: 200 | 202 | 204
  readonly requestId: string
  /** The handler's answer, parsed; `undefined` unless synchronous. */
  readonly payload: unknown
  readonly functionError: 'Unhandled' | undefined
  /** The last 4 KB of this invocation's log. */
  readonly logTail: string
}

export interface QueueSpy {
  /** All messages, in order of arrival, whether in flight or not; nothing is consumed. */
  messages(): readonly SpiedMessage[]
}

export interface SpiedMessage {
  readonly messageId: string
  readonly body: string
  /** Message attributes as `{ name: value }`; binary values in base64. */
  readonly attributes: Readonly<Record<string, string>>
  readonly receiveCount: number
}

export interface AppStatus {
  readonly url: string
  readonly clock: { readonly mode: ClockMode; readonly nowMs: number }
  readonly functions: readonly {
    readonly name: string
    readonly arn: string
    readonly runtime: string
    readonly handler: string
    readonly url: string | null
    readonly environments: number
    /** Asynchronous events that wait for their time or for a free place. */
    readonly waitingEvents: number
    /** What CloudWatch would count, since the start. */
    readonly figures: FunctionFigures
  }[]
  readonly queues: readonly {
    readonly name: string
    readonly url: string
    readonly ready: number
    readonly inFlight: number
    readonly delayed: number
    /** Functions that read it. */
    readonly consumers: readonly string[]
  }[]
}

/** Thrown by `settle()`; names every item that is open and what it waits for. */
export class NotSettledError extends Error {
  override readonly name = 'NotSettledError'
  readonly open: readonly string[]

  constructor(open: readonly string[]) {
    super(`not settled, still open:\n${open.map((item) => `  - ${item}`).join('\n')}`)
    this.open = open
  }
}
