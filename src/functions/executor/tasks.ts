import type { MessagePort } from 'node:worker_threads'
import type { OutcomeHeader } from '../protocol.ts'
import type { RuntimeProfile } from '../profile.ts'

/** What an executor's main thread asks of the worker thread that is one execution environment. */
export type Task = WarmUpTask | InitTask | InvokeTask

/** For a thread that waits for its first task: loads what nearly every handler needs of Node itself. */
export interface WarmUpTask {
  readonly kind: 'warmUp'
}

export interface InitTask {
  readonly kind: 'init'
  readonly root: string
  readonly handler: string
  readonly entryFile: string | undefined
  readonly profile: RuntimeProfile
  /** The complete environment. */
  readonly variables: Readonly<Record<string, string>>
  readonly memoryLimitBytes: number
  /** Imports find the SDK beside Lambent, too. */
  readonly bringsSdk: boolean
  /** Log lines and streamed answers go out here, and how much of an answer was taken comes in. */
  readonly logPort: MessagePort
  /**
   * Ends the environment with this status because of an error between events. Where there is none nothing can happen then:
   * a thread stands still.
   */
  readonly end?: (status: number) => void
}

export interface InvokeTask {
  readonly kind: 'invoke'
  readonly requestId: string
  readonly arn: string
  readonly traceId: string
  readonly clientContext: string | undefined
  /** Epoch milliseconds. */
  readonly deadlineMs: number
  /** JSON text; bytes when it is long. */
  readonly payload: string | Uint8Array
}

/** What a worker says on the way: a line of its log, that it begins to answer (a content type), a piece of its answer. */
export type WorkerMessage = string | { readonly began: string } | Uint8Array

/** How a task ended, with the answer as JSON text (bytes when it is long). */
export interface TaskResult extends OutcomeHeader {
  durationMs: number
  readonly payload: string | Uint8Array
  /** An import failed that would succeed with the SDK beside Lambent: a new thread is to try it with `bringsSdk`. */
  readonly wantsSdk?: boolean
}

/** From here on text travels between threads as bytes: cheaper to copy, and decoded where it is parsed. */
export const LONG_TEXT = 16_384
