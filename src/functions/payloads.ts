/** The error payloads that the platform itself answers with, in AWS's words. */

/** Every `errorType` that comes from the platform or the runtime, not from the handler's own code. */
export type PlatformErrorType =
  | 'Sandbox.Timedout'
  | 'Runtime.ExitError'
  | 'Runtime.OutOfMemory'
  | 'Function.ResponseSizeTooLarge'
  | 'Runtime.ImportModuleError'
  | 'Runtime.UserCodeSyntaxError'

/** An error as it goes over the wire. */
export interface ErrorPayload {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
  /** What other languages have instead of `trace`. */
  readonly stackTrace?: readonly string[]
}

/** 6 MiB and 100 bytes: the longest buffered response. */
export const RESPONSE_LIMIT_BYTES = 6_291_556

/** 200 MiB: the longest streamed response. */
export const STREAMED_RESPONSE_LIMIT_BYTES = 209_715_200

/** How an execution environment ended: by its own `exit`, or by a signal to its process. */
export type Exit = { readonly status: number } | { readonly signal: string }

export const timedOut = (requestId: string, timeoutMs: number): ErrorPayload =>
  platformError(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  )

export const exited = (requestId: string, exit: Exit): ErrorPayload =>
  platformError('Runtime.ExitError', `RequestId: ${requestId} Error: ${describeExit(exit)}`)

export const outOfMemory = (requestId: string): ErrorPayload =>
  platformError(
    'Runtime.OutOfMemory',
    `RequestId: ${requestId} Error: ${describeExit({ signal: 'SIGKILL' })}`,
  )

/** An environment that could not be started, or that others brought down. */
export const platformFailure = (requestId: string, errorType: string, message: string): ErrorPayload => ({
  errorType,
  errorMessage: `RequestId: ${requestId} Error: ${message}`,
})

export const responseTooLarge = (limitBytes: number = RESPONSE_LIMIT_BYTES): ErrorPayload =>
  platformError(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${limitBytes} bytes).`,
  )

/** A handler that cannot be compiled, with the place in its own source. */
export function syntaxError(message: string, place: string): ErrorPayload {
  return runtimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${message}`, place)
}

/** A file of the function's own that is not there. */
export function importError(specifier: string, place: string): ErrorPayload {
  return runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${specifier}'`, place)
}

/** `Runtime exited with error: exit status 1`, in the words of the process that watches over a runtime. */
export function describeExit(exit: Exit): string {
  if ('signal' in exit)
    return `Runtime exited with error: signal: ${SIGNAL_NAMES[exit.signal] ?? exit.signal}`
  if (exit.status === 0) return 'Runtime exited without providing a reason'
  return `Runtime exited with error: exit status ${exit.status}`
}

export const toBytes = (payload: ErrorPayload): Uint8Array => Buffer.from(JSON.stringify(payload))

const platformError = (errorType: PlatformErrorType, errorMessage: string): ErrorPayload => ({
  errorType,
  errorMessage,
})

const runtimeError = (errorType: PlatformErrorType, errorMessage: string, place: string): ErrorPayload => ({
  errorType,
  errorMessage,
  trace: [`${errorType}: ${errorMessage}`, `    at ${place}`],
})

const SIGNAL_NAMES: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGALRM: 'alarm clock',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
  SIGUSR1: 'user defined signal 1',
  SIGUSR2: 'user defined signal 2',
}
