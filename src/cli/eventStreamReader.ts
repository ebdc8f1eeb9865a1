/** One message of an event stream. */
export interface StreamEvent {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

/** Length of the whole, length of the headers, and a checksum of both. */
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4

/**
 * Cuts an answer of the type `application/vnd.amazon.eventstream` into its messages. Checksums are not looked at: the
 * bytes come from this computer.
 */
export async function* readEventStream(chunks: AsyncIterable<Buffer>): AsyncGenerator<StreamEvent> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of chunks) {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= PRELUDE_BYTES && bytes.length >= bytes.readUInt32BE(0)) {
      const total = bytes.readUInt32BE(0)
      yield messageOf(bytes.subarray(0, total))
      bytes = bytes.subarray(total)
    }
  }
}

function messageOf(bytes: Buffer): StreamEvent {
  const headersEnd = PRELUDE_BYTES + bytes.readUInt32BE(4)
  const payload = bytes.subarray(headersEnd, bytes.length - CHECKSUM_BYTES)
  return { headers: headersOf(bytes.subarray(PRELUDE_BYTES, headersEnd)), payload }
}

/** Name (one byte of length), type (7: text), value (two bytes of length). */
function headersOf(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at < bytes.length;) {
    const nameEnd = at + 1 + bytes.readUInt8(at)
    const valueStart = nameEnd + 3
    const valueEnd = valueStart + bytes.readUInt16BE(nameEnd + 1)
    headers[bytes.toString('utf8', at + 1, nameEnd)] = bytes.toString('utf8', valueStart, valueEnd)
    at = valueEnd
  }
  return headers
}
