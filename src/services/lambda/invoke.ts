import type { Clock, Ids } from '../../system/index.ts'
import type { Operation, RequestContext, ServiceError } from '../operation.ts'
import type { InvokeAnswer, InvokeRequest, LambdaBackend } from './backend.ts'
import * as errors from './errors.ts'
import { readFunctionName } from './functionName.ts'
import { findJsonFault } from './jsonSyntax.ts'
import { type FunctionRegistry, LATEST } from './registry.ts'
import { traceHeader } from './traceHeader.ts'

export interface InvokeInput {
  readonly FunctionName: string
  readonly InvocationType?: string
  readonly LogType?: string
  readonly ClientContext?: string
  readonly TenantId?: string
  readonly DurableExecutionName?: string
  readonly Qualifier?: string
  readonly TraceId?: string
  readonly Payload: Uint8Array
}

export interface InvokeOutput {
  readonly StatusCode: number
  readonly Payload?: Uint8Array
  readonly ExecutedVersion?: string
  readonly FunctionError?: string
  readonly LogResult?: string
  readonly TraceId?: string
  /** Where it is not JSON: what a streaming handler chose. */
  readonly ContentType?: string
  readonly RemappedContentLength?: string
}

/** Request payloads: 6 MiB to wait for the answer, 1 MiB into the queue. */
export const maximumPayloadBytes = 6_291_456
export const maximumEventBytes = 1_048_576
const maximumClientContextBytes = 3_583

const invocationTypes = ['Event', 'RequestResponse', 'DryRun']
const logTypes = ['None', 'Tail']

/** The `Invoke` operation: AWS's checks in AWS's order, then the backend. */
export const createInvoke =
  (on: InvocationTools): Operation<InvokeInput, Promise<InvokeOutput> | InvokeOutput> =>
  (input, context) => {
    const type = input.InvocationType ?? 'RequestResponse'
    const request = prepareInvocation(input, type, invocationTypes, context, on)
    if (type === 'DryRun') return { StatusCode: 204 }
    return waitFor(on.backend.invoke(request), context, request.traceId)
  }

/** What it takes to check an invocation. */
export interface InvocationTools {
  readonly backend: LambdaBackend
  readonly registry: FunctionRegistry
  readonly clock: Clock
  readonly ids: Ids
}

/** AWS's checks in AWS's order; what is left is what the backend is asked. */
export function prepareInvocation(
  input: InvokeInput,
  type: string,
  types: readonly string[],
  context: RequestContext,
  on: InvocationTools,
): InvokeRequest {
  checkEnumerations(type, types, input.LogType)
  const { name, qualifier, arn } = readFunctionName(input.FunctionName, input.Qualifier, context)
  if (type === 'Event' && input.Payload.length > maximumEventBytes)
    throw errors.eventTooLarge(input.Payload.length, maximumEventBytes)
  const described = on.backend.describe(name)
  if (!described || (qualifier !== undefined && !on.registry.hasQualifier(name, qualifier)))
    throw errors.functionNotFound(`${arn}:${qualifier ?? LATEST}`)
  refuseUnsupported(input)
  const fault = input.Payload.length === 0 ? undefined : findJsonFault(input.Payload)
  if (fault !== undefined) throw errors.unparsablePayload(fault)
  const clientContext = decodeClientContext(input.ClientContext)
  return {
    functionName: name,
    qualifier,
    invokedFunctionArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
    payload: input.Payload,
    invocationType: type === 'Event' ? 'Event' : 'RequestResponse',
    clientContext: type === 'Event' ? undefined : clientContext,
    logTail: type === 'RequestResponse' && input.LogType === 'Tail',
    requestId: context.requestId,
    traceId: traceHeader(input.TraceId, on, described.isTraced ?? false),
    cause: context.cause,
  }
}

/** How long a handler takes is its own affair; a clock that moves must not wait for a caller that waits for us. */
async function waitFor(
  answering: Promise<InvokeAnswer>,
  context: RequestContext,
  traceId: string,
): Promise<InvokeOutput> {
  const { work } = context
  work.park()
  try {
    return outputOf(await answering, traceId)
  } finally {
    work.unpark()
  }
}

function outputOf(answer: InvokeAnswer, traceId: string): InvokeOutput {
  if (answer.kind === 'accepted') return { StatusCode: 202, TraceId: shownTrace(traceId) }
  if (answer.kind !== 'success' && answer.kind !== 'functionError') throw refusalOf(answer)
  const isPlain = answer.kind === 'functionError' || answer.contentType === 'application/json'
  return {
    StatusCode: 200,
    ...(!isPlain && { ContentType: answer.contentType }),
    RemappedContentLength: '0',
    Payload: answer.payload,
    ExecutedVersion: answer.executedVersion,
    ...(answer.kind === 'functionError' && { FunctionError: 'Unhandled' }),
    ...(answer.logTail && { LogResult: Buffer.from(answer.logTail).toString('base64') }),
    TraceId: shownTrace(traceId),
  }
}

/** The error for what kept a function from running. */
export function refusalOf(
  answer: Exclude<InvokeAnswer, { kind: 'success' | 'functionError' | 'accepted' }>,
): ServiceError {
  switch (answer.kind) {
    case 'throttled':
      return errors.throttled(answer.reason)
    case 'recursionStopped':
      return errors.recursionStopped()
    case 'systemError':
      return errors.serviceFailure(answer.message)
  }
}

/** In answers AWS writes the trace header's keys in lower case. */
export const shownTrace = (traceId: string): string =>
  traceId
    .replace('Root=', 'root=')
    .replace(';Parent=', ';parent=')
    .replace(';Sampled=', ';sampled=')
    .replace(';Lineage=', ';lineage=')

function checkEnumerations(type: string, types: readonly string[], logType: string | undefined): void {
  const violations: errors.Violation[] = []
  if (!types.includes(type))
    violations.push({ value: type, path: 'invocationType', constraint: enumeration(types) })
  if (logType !== undefined && !logTypes.includes(logType))
    violations.push({ value: logType, path: 'logType', constraint: enumeration(logTypes) })
  if (violations.length > 0) throw errors.validation(violations)
}

const enumeration = (values: readonly string[]): string =>
  `Member must satisfy enum value set: [${values.join(', ')}]`

/** Settings of an invocation that only functions with features we lack can have. */
function refuseUnsupported(input: InvokeInput): void {
  if (input.TenantId !== undefined)
    throw errors.invalidParameterValue(
      'The invoked function is not enabled with tenancy configuration. Remove the tenant ID and retry your request.',
    )
  if (input.DurableExecutionName !== undefined)
    throw errors.invalidParameterValue(
      'The invoked function is not a durable function. Remove the durable execution name and retry your request.',
    )
}

function decodeClientContext(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (text.length > maximumClientContextBytes)
    throw errors.invalidRequestContent(
      `Client context must be no more than ${maximumClientContextBytes} bytes.`,
    )
  const bytes = Buffer.from(text, 'base64')
  const isObject = bytes[0] === 0x7b && findJsonFault(bytes) === undefined
  if (!isObject || !isBase64.test(text))
    throw errors.invalidRequestContent('Client context must be a valid Base64-encoded JSON object.')
  return bytes.toString('utf8')
}

const isBase64 = /^[A-Za-z0-9+/\-_]*={0,2}$/
