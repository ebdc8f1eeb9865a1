import { decode, encode, Tagged } from 'cborg'
import type { ServiceError } from '../operation.ts'
import { ChunkJoiner } from './cborChunks.ts'
import { checkInput, errorBody, type JsonBinding, serialization } from './jsonProtocol.ts'
import type { EventCodec } from './eventStream.ts'
import type { Shape, StructureShape } from './shapes.ts'
import type { WireAnswer } from './wire.ts'

/**
 * AWS JSON 1.1 with CBOR in place of JSON, as the SDK for Java speaks it to Kinesis. Operations see what they see of JSON:
 * blobs in base64, timestamps in epoch seconds; on the wire they are byte strings, and epoch milliseconds below tag 1
 * (which the CBOR standard says are seconds; AWS's SDKs and services agree on milliseconds).
 */

export const cborContentType = 'application/x-amz-cbor-1.1'

/** Reads the input of a CBOR request; an empty body is an empty input. */
export function readCbor(binding: JsonBinding, operation: string, body: Buffer): object {
  if (body.length === 0) return {}
  const shape = binding.shapes?.[operation]?.input
  let input: unknown
  try {
    input = fromCbor(
      shape,
      decode(body, { ...decodeOptions, tokenizer: new ChunkJoiner(body, decodeOptions) }),
    )
  } catch {
    throw serialization('The request body is not valid CBOR.')
  }
  return checkInput(binding, operation, input)
}

/** Writes an output. Operations without output answer an empty map, or nothing. */
export const writeCbor = (binding: JsonBinding, operation: string, output: unknown): WireAnswer => ({
  status: 200,
  headers: ['Content-Type', cborContentType],
  body:
    output === undefined && binding.emptyAnswers
      ? ''
      : encodeCbor(binding.shapes?.[operation]?.output, output ?? {}),
})

/** Writes an error: the members that it has in JSON. */
export const writeCborError = (binding: JsonBinding, error: ServiceError): WireAnswer => ({
  status: error.status,
  headers: ['Content-Type', cborContentType, ...Object.entries(error.headers).flat()],
  body: encodeCbor(undefined, errorBody(binding, error)),
})

/** Events are written as outputs are; their shapes are members of the one member of the output that is a structure of them. */
export const cborEvents = (binding: JsonBinding, operation: string): EventCodec => ({
  contentType: cborContentType,
  encode: (type, payload) => encodeCbor(eventShape(binding.shapes?.[operation]?.output, type), payload),
  encodeError: (error) => encodeCbor(undefined, errorBody(binding, error)),
})

function eventShape(output: StructureShape | undefined, type: string): Shape | undefined {
  for (const stream of Object.values(output?.members ?? {})) {
    const shape = memberShape(stream, type)
    if (shape) return shape
  }
  return undefined
}

/** A value in the operations' form as CBOR; `shape` says where blobs and timestamps are. */
const encodeCbor = (shape: Shape | undefined, value: unknown): Uint8Array =>
  encode(toCbor(shape, value), encodeOptions)

const encodeOptions = { ignoreUndefinedProperties: true, float64: true, mapSorter: () => 0 }

/** What a tag makes of its content: times become milliseconds, numbers numbers. */
const decodeOptions = {
  tags: {
    0: (content: () => unknown) => Date.parse(String(content())),
    1: (content: () => unknown) => content(),
    2: (content: () => unknown) => Number(`0x${hexOf(content())}`),
    3: (content: () => unknown) => -1 - Number(`0x${hexOf(content())}`),
    // "This is CBOR."
    55_799: (content: () => unknown) => content(),
  },
}

const hexOf = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString('hex') || '0'

function fromCbor(shape: Shape | undefined, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return shape === 'timestamp' ? value / 1_000 : value
  if (value instanceof Uint8Array) return shape === 'string' ? value : base64Of(value)
  return eachMember(shape, value, fromCbor)
}

function toCbor(shape: Shape | undefined, value: unknown): unknown {
  if (shape === 'blob' && typeof value === 'string') return Buffer.from(value, 'base64')
  if (shape === 'timestamp' && typeof value === 'number') return new Tagged(1, Math.round(value * 1_000))
  return eachMember(shape, value, toCbor)
}

type Turn = (shape: Shape | undefined, value: unknown) => unknown

/** The same list or map with each value turned; what is neither stays. */
function eachMember(shape: Shape | undefined, value: unknown, turn: Turn): unknown {
  if (Array.isArray(value)) return value.map((item) => turn(itemShape(shape), item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, turn(memberShape(shape, name), member)]),
  )
}

const itemShape = (shape: Shape | undefined): Shape | undefined =>
  typeof shape === 'object' && shape.kind === 'list' ? shape.of : undefined

function memberShape(shape: Shape | undefined, name: string): Shape | undefined {
  if (typeof shape !== 'object' || shape.kind === 'list') return undefined
  if (shape.kind === 'map') return shape.of
  return Object.hasOwn(shape.members, name) ? shape.members[name] : undefined
}

const base64Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
