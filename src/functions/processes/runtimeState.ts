/**
 * The states of a runtime as its API sees them, and the moves between them (Lambda Developer Guide, "Using the Lambda
 * runtime API"). The names stand in error texts.
 */
export type RuntimeState =
  | 'Started'
  | 'InitError'
  | 'Ready'
  | 'Running'
  | 'InvocationResponse'
  | 'InvocationErrorResponse'
  | 'ResponseSent'

/** What is tried: each is named after the state that it leads to. */
export type RuntimeMove = Exclude<RuntimeState, 'Started'>

const MOVES: Readonly<Record<RuntimeState, readonly RuntimeMove[]>> = {
  Started: ['Ready', 'InitError'],
  InitError: [],
  // A client whose connection broke asks again.
  Ready: ['Ready', 'Running'],
  Running: ['InvocationResponse', 'InvocationErrorResponse'],
  InvocationResponse: ['ResponseSent'],
  InvocationErrorResponse: ['ResponseSent'],
  ResponseSent: ['Ready'],
}

export const mayMove = (from: RuntimeState, to: RuntimeMove): boolean => MOVES[from].includes(to)

/** An error of the Runtime API, as it goes over the wire. */
export interface ApiError {
  readonly status: number
  readonly errorType: string
  readonly errorMessage: string
}

export const invalidTransition = (from: RuntimeState, to: RuntimeMove): ApiError => ({
  status: 403,
  errorType: 'InvalidStateTransition',
  errorMessage: `State transition from ${from} to ${to} failed for runtime. Error: State transition is not allowed`,
})

export const INVALID_REQUEST_ID: ApiError = {
  status: 400,
  errorType: 'InvalidRequestID',
  errorMessage: 'Invalid request ID',
}

export const INVALID_INVOCATION_ID: ApiError = {
  status: 400,
  errorType: 'InvalidInvocationId',
  errorMessage: 'Invalid invocation ID',
}

export const INVALID_RESPONSE_MODE: ApiError = {
  status: 400,
  errorType: 'InvalidFunctionResponseMode',
  errorMessage: 'Invalid function response mode',
}

export const tooLargeFor = (limitBytes: number): ApiError => ({
  status: 413,
  errorType: 'RequestEntityTooLarge',
  errorMessage: `Exceeded maximum allowed payload size (${limitBytes} bytes).`,
})

/** What a runtime calls an error, as logs may show it: only the two families of names get through. */
export function sanitisedErrorType(given: string | undefined): string {
  if (given !== undefined && /^(Runtime|Function)\.[A-Z][a-zA-Z]+$/.test(given)) return given
  return given?.startsWith('Function.') ? 'Function.Unknown' : 'Runtime.Unknown'
}
