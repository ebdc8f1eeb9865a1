import { ServiceError } from '../operation.ts'
import type { EventCodec } from './eventStream.ts'
import type { OperationShapes, ScalarShape, Shape } from './shapes.ts'
import type { WireAnswer } from './wire.ts'

/** AWS JSON 1.0 and 1.1: `X-Amz-Target: AmazonSQS.SendMessage`. */
export interface JsonBinding {
  /** What stands before the dot in `X-Amz-Target`. */
  readonly target: string
  readonly version: '1.0' | '1.1'
  /** What stands before the `#` in an error's `__type`; absent where the type is the bare code (Kinesis). */
  readonly namespace?: string
  readonly shapes?: Readonly<Record<string, OperationShapes>>
  /** For services that once spoke the query protocol: the code that `x-amzn-query-error` carries. */
  readonly queryCode?: (code: string) => string
  /** Operations without output answer nothing at all, where others answer `{}`. */
  readonly emptyAnswers?: true
  /** Also speaks CBOR, to callers that do: `application/x-amz-cbor-1.1`. */
  readonly cbor?: true
}

/** Reads the input of an AWS JSON request. An empty body is an empty input, as the oldest SDKs send it. */
export function readJson(binding: JsonBinding, operation: string, body: Buffer): object {
  if (body.length === 0) return {}
  let input: unknown
  try {
    input = JSON.parse(body.toString('utf8'))
  } catch {
    throw serialization('The request body is not valid JSON.')
  }
  return checkInput(binding, operation, input)
}

/** Refuses an input that is not of the operation's shape. */
export function checkInput(binding: JsonBinding, operation: string, input: unknown): object {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw serialization('Start of structure or map expected.')
  const shape = binding.shapes?.[operation]?.input
  if (shape) checkShape(shape, input)
  return input
}

/** Writes an output. Operations without output answer `{}`, or nothing. */
export const writeJson = (binding: JsonBinding, output: unknown): WireAnswer => ({
  status: 200,
  headers: ['Content-Type', contentType(binding)],
  body: output === undefined ? (binding.emptyAnswers ? '' : '{}') : JSON.stringify(output),
})

/** Writes an error: `__type` with the service's namespace if it has one, and the query protocol's code for those who ask by it. */
export function writeJsonError(binding: JsonBinding, error: ServiceError): WireAnswer {
  const headers = ['Content-Type', contentType(binding), ...Object.entries(error.headers).flat()]
  if (binding.queryCode) {
    const fault = error.status >= 500 ? 'Receiver' : 'Sender'
    headers.push('x-amzn-query-error', `${binding.queryCode(error.code)};${fault}`)
  }
  return { status: error.status, headers, body: JSON.stringify(errorBody(binding, error)) }
}

/** Events are written as outputs are. */
export function jsonEvents(binding: JsonBinding): EventCodec {
  const encode = (value: object): Uint8Array => Buffer.from(JSON.stringify(value))
  return {
    contentType: contentType(binding),
    encode: (_type, payload) => encode(payload),
    encodeError: (error) => encode(errorBody(binding, error)),
  }
}

/** The members of an error. */
export const errorBody = (binding: JsonBinding, error: ServiceError): Record<string, string> => ({
  __type: binding.namespace === undefined ? error.code : `${binding.namespace}#${error.code}`,
  [error.messageMember]: error.message,
  ...error.details,
})

const contentType = (binding: JsonBinding): string => `application/x-amz-json-${binding.version}`

export const serialization = (message: string): ServiceError =>
  new ServiceError('SerializationException', message)

/** Refuses values of the wrong JSON type, and takes out members that are null: to AWS they are not there. */
function checkShape(shape: Shape, value: unknown): void {
  if (typeof shape === 'string') {
    checkScalar(shape, value)
    return
  }
  if (shape.kind === 'list') {
    if (!Array.isArray(value)) throw serialization('Expected a list.')
    for (const item of value) checkShape(shape.of, item)
    return
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw serialization('Expected a structure or map.')
  const members = value as Record<string, unknown>
  for (const name in members) {
    const inner = shape.kind === 'map' ? shape.of : ownMember(shape.members, name)
    if (inner === undefined) continue
    const member = members[name]
    if (member === null) delete members[name]
    else checkShape(inner, member)
  }
}

const ownMember = (members: Readonly<Record<string, Shape>>, name: string): Shape | undefined =>
  Object.hasOwn(members, name) ? members[name] : undefined

function checkScalar(shape: ScalarShape, value: unknown): void {
  if (isOf(shape, value)) return
  throw serialization(`${tokenName(value)} can not be converted to ${targets[shape]}`)
}

function isOf(shape: ScalarShape, value: unknown): boolean {
  if (shape === 'integer') return Number.isInteger(value)
  if (shape === 'timestamp') return typeof value === 'number'
  return typeof value === (shape === 'boolean' ? 'boolean' : 'string')
}

const targets: Readonly<Record<ScalarShape, string>> = {
  string: 'a String',
  blob: 'a Blob',
  integer: 'an Integer',
  boolean: 'a Boolean',
  timestamp: 'a Timestamp',
}

/** The name of a JSON token in AWS's messages. */
function tokenName(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE'
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE'
  return Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT'
}
