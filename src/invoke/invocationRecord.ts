import type { MessageAttribute } from '../store/index.ts'

/** Why a destination is told. AWS documents no name for an event that recursion detection stopped; the last is ours. */
export type RecordCondition =
  | 'Success'
  | 'RetriesExhausted'
  | 'EventAgeExceeded'
  | 'ZeroReservedConcurrency'
  | 'RecursiveInvocation'

/** What the last attempt answered. */
export interface LastResponse {
  readonly executedVersion: string
  readonly isFunctionError: boolean
  /** JSON text. */
  readonly payload: string
}

export interface RecordFacts {
  readonly atMs: number
  readonly requestId: string
  /** With qualifier. */
  readonly functionArn: string
  readonly condition: RecordCondition
  readonly invokeCount: number
  /** JSON text of the event; empty means `{}`. */
  readonly requestPayload: string
  /** Absent when no attempt ran. */
  readonly lastResponse: LastResponse | undefined
}

/**
 * The JSON text that destinations get (Lambda Developer Guide, "Retaining records of asynchronous invocations").
 * Payloads are put in as they are, byte for byte: numbers keep their digits.
 */
export function invocationRecord(facts: RecordFacts): string {
  const requestContext = JSON.stringify({
    requestId: facts.requestId,
    functionArn: facts.functionArn,
    condition: facts.condition,
    approximateInvokeCount: facts.invokeCount,
  })
  const head =
    `{"version":"1.0","timestamp":"${new Date(facts.atMs).toISOString()}","requestContext":${requestContext},` +
    `"requestPayload":${facts.requestPayload === '' ? '{}' : facts.requestPayload}`
  const last = facts.lastResponse
  if (!last) return `${head}}`
  const responseContext = JSON.stringify({
    statusCode: 200,
    executedVersion: last.executedVersion,
    ...(last.isFunctionError ? { functionError: 'Unhandled' } : {}),
  })
  return `${head},"responseContext":${responseContext},"responsePayload":${last.payload}}`
}

/**
 * The attributes of a dead-letter message; the body is the event itself. `ErrorMessage` is the first kilobyte of the last
 * response's `errorMessage`.
 */
export function deadLetterAttributes(
  requestId: string,
  condition: RecordCondition,
  lastResponse: LastResponse | undefined,
): MessageAttribute[] {
  const message = lastResponse ? sendable(errorMessageOf(lastResponse.payload)) : ''
  return [
    { name: 'RequestID', type: 'String', value: requestId },
    { name: 'ErrorCode', type: 'Number', value: lastResponse ? '200' : statusOf(condition) },
    // An attribute must not be empty: SQS would refuse the message.
    { name: 'ErrorMessage', type: 'String', value: firstBytes(message, 1_024) || condition },
  ]
}

/** The HTTP status of the refusal, for an event that never ran. */
const statusOf = (condition: RecordCondition): string => (condition === 'RecursiveInvocation' ? '400' : '429')

/** The `errorMessage` of a function error's payload, or '' when it has none. */
export function errorMessageOf(payload: string): string {
  const error = errorOf(payload)
  return typeof error?.errorMessage === 'string' ? error.errorMessage : ''
}

/** The `errorType` of a function error's payload, or '' when it has none. */
export function errorTypeOf(payload: string): string {
  const error = errorOf(payload)
  return typeof error?.errorType === 'string' ? error.errorType : ''
}

function errorOf(payload: string): { errorMessage?: unknown; errorType?: unknown } | null {
  try {
    const parsed: unknown = JSON.parse(payload)
    return typeof parsed === 'object' ? parsed : null
  } catch {
    return null
  }
}

/** Neither SQS nor XML can hold some characters, colours of a terminal among them: the letter must not be lost for one. */
const sendable = (text: string): string =>
  text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')

function firstBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  // Cutting inside a character leaves a replacement mark at the end, which is dropped.
  return bytes
    .subarray(0, limit)
    .toString()
    .replace(/\uFFFD$/, '')
}
