import { crc32 } from 'node:zlib'
import type { ServiceError } from '../operation.ts'

/**
 * Amazon's event stream encoding, `application/vnd.amazon.eventstream`: frames of headers and a payload, each with its
 * length before and checksums behind. https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export const eventStreamContentType = 'application/vnd.amazon.eventstream'

/** How a protocol writes what is inside of the frames. */
export interface EventCodec {
  readonly contentType: string
  encode(eventType: string, payload: object): Uint8Array
  encodeError(error: ServiceError): Uint8Array
}

/** The frame that comes first, with the output's members beside the stream; botocore waits for it. */
export const initialFrame = (codec: EventCodec, initial: object): Buffer =>
  eventFrame(codec, 'initial-response', initial)

/** The frame of one event; bytes go into it as they are. */
export function eventFrame(codec: EventCodec, eventType: string, payload: object): Buffer {
  const isRaw = payload instanceof Uint8Array
  const contentType = isRaw ? 'application/octet-stream' : codec.contentType
  return frame(
    { ':event-type': eventType, ':content-type': contentType, ':message-type': 'event' },
    isRaw ? payload : codec.encode(eventType, payload),
  )
}

/** The frame of what ends a stream before its time: an exception of the service's model, or a failure of ours. */
export const errorFrame = (codec: EventCodec, error: ServiceError): Buffer =>
  error.status < 500
    ? frame(
        { ':exception-type': error.code, ':content-type': codec.contentType, ':message-type': 'exception' },
        codec.encodeError(error),
      )
    : frame(
        { ':error-code': error.code, ':error-message': error.message, ':message-type': 'error' },
        new Uint8Array(),
      )

const preludeBytes = 12
const checksumBytes = 4

/** One frame: total length, length of the headers, checksum of these two; headers; payload; checksum of all that. */
function frame(headers: Readonly<Record<string, string>>, payload: Uint8Array): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const total = preludeBytes + head.length + payload.length + checksumBytes
  const bytes = Buffer.allocUnsafe(total)
  bytes.writeUInt32BE(total, 0)
  bytes.writeUInt32BE(head.length, 4)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8)
  bytes.set(head, preludeBytes)
  bytes.set(payload, preludeBytes + head.length)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, total - checksumBytes)), total - checksumBytes)
  return bytes
}

/** The number of the type "text" among those that a header can have. */
const textType = 7

function header(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name)
  const valueBytes = Buffer.from(value)
  const lengths = Buffer.from([textType, valueBytes.length >> 8, valueBytes.length & 0xff])
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, lengths, valueBytes])
}
