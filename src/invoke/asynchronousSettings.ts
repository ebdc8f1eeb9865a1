/** How asynchronous events that were invoked by one qualifier of a function are handled. A function's spec is one. */
export interface AsynchronousSettings {
  /** `null`: the function shares the account's unreserved concurrency. */
  readonly reservedConcurrency: number | null
  readonly maximumRetryAttempts: number
  readonly maximumEventAgeSeconds: number
  /** Full ARN, or `null`. */
  readonly deadLetterArn: string | null
  readonly destinations: { readonly onSuccess: string | null; readonly onFailure: string | null }
}
