import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CreateHeader, RunHeader } from '../protocol.ts'
import type { FunctionDefinition } from '../types.ts'

/**
 * What an execution environment that is a process offers over HTTP, and who takes part in its life besides the runtime:
 * the seam between the host of processes and the extensions of a function.
 */

/** Answers a request whose path is its own and returns true; returns false, untouched, for any other. */
export type Router = (request: IncomingMessage, response: ServerResponse, path: string) => boolean

/** What a companion is told of an event: RunHeader, and until when the event has to be answered. */
export interface InvokeNotice extends RunHeader {
  /** Epoch milliseconds. */
  readonly deadlineMs: number
}

/** Those who live beside the runtime in one environment. */
export interface Companions {
  /** Mounted on the environment's server, after the routes of the Runtime API. */
  readonly routers: readonly Router[]
  /**
   * Starts the external ones; `api` is `127.0.0.1:port`. Resolves when the runtime may start: all of them have
   * registered. A failure is told by `CompanionsEnd.failed` instead of a rejection.
   */
  start(api: string): Promise<void>
  /** The runtime asked for its first event: registration is closed. */
  runtimeReady(): void
  /** All of them have asked for their next event: the initialisation or the invocation is over as far as they go. */
  isReady(): boolean
  /** The event is on its way to the runtime. */
  invoke(notice: InvokeNotice): void
  /** For processes of their own: SIGSTOP between events, SIGCONT before the next, SIGKILL at the end. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
  /** Tells them that the environment ends; resolves when they are gone or their time is over. Not called without any. */
  shutdown(reason: ShutdownReason): Promise<void>
  /** Resolves when none of them runs any more. */
  gone(): Promise<void>
  /** Whether there are any; without, nothing above is waited for. */
  readonly isEmpty: boolean
  /** Whether some of them are processes beside the runtime's. */
  readonly hasExternal: boolean
}

export type ShutdownReason = 'SPINDOWN' | 'TIMEOUT' | 'FAILURE'

/** What companions tell the environment. */
export interface CompanionsEnd {
  readonly definition: FunctionDefinition
  /** `isReady` may have become true. */
  changed(): void
  log(text: string): void
  /** One of them failed, which is the environment's end: `Extension.Crash`, `Extension.InitError` ... */
  failed(errorType: string, message: string): void
}

export type CreateCompanions = (header: CreateHeader, end: CompanionsEnd) => Companions
