import type { LogTail, RunReport } from '../functions/index.ts'

/** Why Lambda refused to run a function, in AWS's words (`TooManyRequestsException`'s `Reason`). */
export type ThrottleReason =
  | 'ConcurrentInvocationLimitExceeded'
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  | 'FunctionInvocationRateLimitExceeded'
  | 'ReservedFunctionInvocationRateLimitExceeded'

/** How an invocation ended, whoever asked for it. */
export type Outcome =
  | {
      readonly kind: 'success'
      /** Empty when it went to the invocation's `response`. */
      readonly payload: Uint8Array
      readonly contentType: string
      readonly executedVersion: string
      readonly report: RunReport
      readonly log: LogTail
    }
  /** The code failed; the call itself is an HTTP 200. */
  | {
      readonly kind: 'functionError'
      readonly payload: Uint8Array
      readonly executedVersion: string
      readonly report: RunReport
      readonly log: LogTail
    }
  | { readonly kind: 'throttled'; readonly reason: ThrottleReason }
  /** The function has run too often in one chain of events: HTTP 400 `RecursiveInvocationException`. */
  | { readonly kind: 'recursionStopped' }
  /** Ours, not the function's: HTTP 500, which callers retry. */
  | { readonly kind: 'systemError'; readonly message: string }
