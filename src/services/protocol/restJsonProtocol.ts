import { ServiceError } from '../operation.ts'
import type { EventCodec } from './eventStream.ts'
import type { WireAnswer } from './wire.ts'

/** Where an operation's members are on the wire. Labels of the path (`:FunctionName`) are members of that name. */
export interface RestRoute {
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly status?: number
  /** Parameters of the query string that tell it from another route of the same method and path. */
  readonly when?: Readonly<Record<string, string>>
  /** Member -> name in the query string. */
  readonly query?: Readonly<Record<string, string>>
  /** Members of the query string that are numbers. */
  readonly integers?: readonly string[]
  /** Members of the query string that may be there several times. */
  readonly lists?: readonly string[]
  /** Member -> header, in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** The member that is the body as it is; without it a body is a JSON object of members. */
  readonly payload?: string
  readonly answer?: {
    /** The member that is the status. */
    readonly status?: string
    /** Member -> header. */
    readonly headers?: Readonly<Record<string, string>>
    /** The member that is the body as it is. */
    readonly payload?: string
    /** The member that is the body's content type, where it is not JSON. */
    readonly contentType?: string
  }
}

/** REST-JSON: operations are methods and paths. */
export interface RestBinding {
  readonly routes: readonly RestRoute[]
  /** Paths of operations that are not built, with their names. */
  readonly notBuilt: readonly { readonly operation: string; readonly method: string; readonly path: string }[]
}

/** One request, as much of it as REST bindings look at. */
export interface RestRequest {
  readonly labels: Readonly<Record<string, string | undefined>>
  /** What follows the `?`, raw; may be empty. */
  readonly queryString: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** Gathers an operation's input from path, query string, headers and body. */
export function readRest(route: RestRoute, request: RestRequest): object {
  const input: Record<string, unknown> = {}
  if (route.payload !== undefined) input[route.payload] = request.body
  else if (request.body.length > 0) Object.assign(input, parseObject(request.body))
  if (route.query && request.queryString !== '') {
    const query = new URLSearchParams(request.queryString)
    for (const [member, name] of Object.entries(route.query)) {
      const value = query.get(name)
      if (route.lists?.includes(member)) input[member] = query.getAll(name)
      else if (value !== null)
        input[member] = route.integers?.includes(member) ? integer(value, member) : value
    }
  }
  for (const member in route.headers) {
    const value = request.headers[route.headers[member] ?? '']
    if (value !== undefined) input[member] = String(value)
  }
  for (const label in request.labels) input[label] = request.labels[label]
  return input
}

/** Puts an output's members where the route wants them: status, headers, raw body; the rest is a JSON object. */
export function writeRest(route: RestRoute, output: Readonly<Record<string, unknown>>): WireAnswer {
  const { answer } = route
  const { status, headers } = headOf(route, output)
  if (answer?.payload === undefined) {
    return { status, headers: [...headers, ...jsonHeaders], body: JSON.stringify(output) }
  }
  const payload = output[answer.payload] as Uint8Array | undefined
  const contentType = answer.contentType === undefined ? undefined : output[answer.contentType]
  if (typeof contentType === 'string') headers.push('Content-Type', contentType)
  else if (payload) headers.push(...jsonHeaders)
  return { status, headers, body: payload ?? '' }
}

/** Status and headers that an output's members make. */
export function headOf(
  { answer, status }: RestRoute,
  output: Readonly<Record<string, unknown>>,
): { readonly status: number; readonly headers: string[] } {
  const headers: string[] = []
  for (const member in answer?.headers) {
    const value = output[member] as string | undefined
    if (value !== undefined) headers.push(answer.headers[member] ?? '', value)
  }
  return {
    status: answer?.status === undefined ? (status ?? 200) : Number(output[answer.status]),
    headers,
  }
}

/** Events are JSON, but for bytes as they are. */
export const restEvents: EventCodec = {
  contentType: 'application/json',
  encode: (_type, payload) => Buffer.from(JSON.stringify(payload)),
  encodeError: (error) => Buffer.from(writeRestError(error).body),
}

/** Writes an error as REST-JSON services do: its code is a header, its message a member of either letter case. */
export function writeRestError(error: ServiceError): WireAnswer {
  // Access denied to another account is answered with a message that is null.
  const body = { ...error.details, [error.messageMember]: error.message === '' ? null : error.message }
  return {
    status: error.status,
    headers: [...jsonHeaders, 'x-amzn-ErrorType', error.code, ...Object.entries(error.headers).flat()],
    body: JSON.stringify(body),
  }
}

const jsonHeaders = ['Content-Type', 'application/json'] as const

function parseObject(body: Buffer): object {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return withoutPrototype(value)
  } catch {
    // Reported below, like any other body that is not an object.
  }
  throw new ServiceError('SerializationException', 'The request body is not a JSON object.')
}

/** A member of that name would become where all the others are looked up. */
function withoutPrototype(value: object): object {
  Reflect.deleteProperty(value, '__proto__')
  return value
}

function integer(text: string, member: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  throw new ServiceError(
    'SerializationException',
    `STRING_VALUE can not be converted to an Integer: ${member}`,
  )
}
