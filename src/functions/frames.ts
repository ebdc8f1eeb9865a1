import type { Duplex } from 'node:stream'

/**
 * The framing between the runner and an executor: length (u32, of all that follows), type (u8), id (u32), header
 * length (u32), header (UTF-8, usually JSON), payload (bytes). Payloads pass through untouched.
 */
const FIXED_BYTES = 13
const LENGTH_BYTES = 4

/** Beyond this a payload is handed to the socket as it is instead of being copied behind its header. */
const COPY_LIMIT_BYTES = 32_768

const NOTHING = Buffer.alloc(0)

/**
 * Writes at once when idle; what follows in the same turn of the event loop goes out together at its end. Where turns
 * bring several frames, the first waits for the others too: one call into the kernel each turn instead of two.
 */
export class FrameWriter {
  readonly #socket: Duplex
  #waiting: Uint8Array[] = []
  #isTurnOpen = false
  #isBusy = false
  #frames = 0

  constructor(socket: Duplex) {
    this.#socket = socket
  }

  send(type: number, id: number, header: string, payload: Uint8Array | string = NOTHING): void {
    const headerBytes = Buffer.byteLength(header)
    const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
    const isCopied = payloadBytes <= COPY_LIMIT_BYTES || typeof payload === 'string'
    const frame = Buffer.allocUnsafe(FIXED_BYTES + headerBytes + (isCopied ? payloadBytes : 0))
    frame.writeUInt32LE(FIXED_BYTES - LENGTH_BYTES + headerBytes + payloadBytes, 0)
    frame.writeUInt8(type, 4)
    frame.writeUInt32LE(id, 5)
    frame.writeUInt32LE(headerBytes, 9)
    frame.write(header, FIXED_BYTES)
    if (typeof payload === 'string') frame.write(payload, FIXED_BYTES + headerBytes)
    else if (isCopied) frame.set(payload, FIXED_BYTES + headerBytes)
    this.#write(frame)
    if (typeof payload !== 'string' && !isCopied) this.#write(payload)
  }

  #write(bytes: Uint8Array): void {
    this.#frames++
    const isFirst = !this.#isTurnOpen
    if (isFirst) {
      this.#isTurnOpen = true
      setImmediate(endTurn, this)
    }
    if (!isFirst || this.#isBusy) this.#waiting.push(bytes)
    else if (this.#socket.writable) this.#socket.write(bytes)
  }

  endTurn(): void {
    this.#isTurnOpen = false
    this.#isBusy = this.#frames > 1
    this.#frames = 0
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    if (!this.#socket.writable) return
    this.#socket.cork()
    for (const bytes of joinSmall(waiting)) this.#socket.write(bytes)
    this.#socket.uncork()
  }
}

const endTurn = (writer: FrameWriter): void => writer.endTurn()

/** One write for many small frames is much cheaper than a vector of them. */
function joinSmall(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  if (parts.length === 1 || parts.some((part) => part.length > COPY_LIMIT_BYTES)) return parts
  return [Buffer.concat(parts)]
}

/** Cuts the stream of bytes into frames again. */
export class FrameReader {
  readonly #onFrame: (type: number, id: number, header: string, payload: Buffer) => void
  #parts: Buffer[] = []
  #gathered = 0
  #needed = LENGTH_BYTES

  constructor(onFrame: (type: number, id: number, header: string, payload: Buffer) => void) {
    this.#onFrame = onFrame
  }

  push(chunk: Buffer): void {
    this.#gathered += chunk.length
    if (this.#gathered < this.#needed) {
      this.#parts.push(chunk)
      return
    }
    const bytes = this.#parts.length === 0 ? chunk : Buffer.concat([...this.#parts, chunk])
    let at = 0
    this.#needed = LENGTH_BYTES
    while (bytes.length - at >= LENGTH_BYTES) {
      const frameBytes = LENGTH_BYTES + bytes.readUInt32LE(at)
      if (bytes.length - at < frameBytes) {
        this.#needed = frameBytes
        break
      }
      this.#emit(bytes, at, at + frameBytes)
      at += frameBytes
    }
    this.#parts = at === bytes.length ? [] : [bytes.subarray(at)]
    this.#gathered = bytes.length - at
  }

  #emit(bytes: Buffer, start: number, end: number): void {
    const headerStart = start + FIXED_BYTES
    const payloadStart = headerStart + bytes.readUInt32LE(start + 9)
    this.#onFrame(
      bytes.readUInt8(start + 4),
      bytes.readUInt32LE(start + 5),
      bytes.toString('utf8', headerStart, payloadStart),
      bytes.subarray(payloadStart, end),
    )
  }
}
