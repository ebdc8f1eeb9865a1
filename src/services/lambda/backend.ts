/** What the Lambda API needs from whoever runs functions. Handed in; this service knows no function. */
export interface LambdaBackend {
  /** The function of that name, `undefined` when there is none. */
  describe(functionName: string): FunctionDescription | undefined
  /** All functions, in any order. */
  list(): readonly FunctionDescription[]
  /** Runs, or accepts, one invocation of a function that exists. */
  invoke(request: InvokeRequest): Promise<InvokeAnswer>
}

export interface InvokeRequest {
  readonly functionName: string
  /** As the caller named it; `undefined` when it did not. */
  readonly qualifier: string | undefined
  /** With the qualifier if the caller used one. */
  readonly invokedFunctionArn: string
  /** JSON text, checked for its syntax; empty means `{}`. */
  readonly payload: Uint8Array
  readonly invocationType: 'RequestResponse' | 'Event'
  /** Decoded JSON text; synchronous invocations only. */
  readonly clientContext: string | undefined
  /** Whether the caller wants the end of the log. */
  readonly logTail: boolean
  readonly requestId: string
  /** `Root=...;Parent=...;Sampled=0` */
  readonly traceId: string
  /** The invocation whose handler makes this call, if one does. */
  readonly cause: string | undefined
}

export type InvokeAnswer =
  | {
      readonly kind: 'success'
      readonly payload: Uint8Array
      readonly executedVersion: string
      readonly logTail?: Uint8Array | undefined
    }
  /** The function failed; to the caller that is a 200. */
  | {
      readonly kind: 'functionError'
      readonly payload: Uint8Array
      readonly executedVersion: string
      readonly logTail?: Uint8Array | undefined
    }
  /** In the durable queue: the answer to `Event`. */
  | { readonly kind: 'accepted' }
  /** `reason` is AWS's: `ReservedFunctionConcurrentInvocationLimitExceeded` ... */
  | { readonly kind: 'throttled'; readonly reason: string }
  /** The function runs in a loop. */
  | { readonly kind: 'recursionStopped' }
  /** Ours or the platform's fault; SDKs try again. */
  | { readonly kind: 'systemError'; readonly message: string }

/** What `GetFunction` and `ListFunctions` tell about a function. */
export interface FunctionDescription {
  readonly name: string
  /** Unqualified. */
  readonly arn: string
  readonly description: string
  readonly runtime: string
  readonly handler: string
  readonly role: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  /** As the user set it; `undefined` when nothing is set. */
  readonly environment: Readonly<Record<string, string>> | undefined
  readonly reservedConcurrency: number | null
  readonly deadLetterArn: string | null
  readonly codeBytes: number
  /** Base64. */
  readonly codeSha256: string
  /** Where the code is: a URL. */
  readonly codeLocation: string
  readonly lastModifiedMs: number
  /** Changes with every change of the function. */
  readonly revisionId: string
}
