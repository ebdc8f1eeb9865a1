/** The leanest framing that can work: length (u32, of what follows), id (u32), payload. */
const HEAD_BYTES = 8

/** Writes at once when idle; what follows in the same turn of the event loop goes out together at its end. */
export class FrameWriter {
  #socket
  /** @type {Buffer[]} */
  #waiting = []
  #isTurnOpen = false

  /** @param {import('node:net').Socket} socket */
  constructor(socket) {
    this.#socket = socket
  }

  /**
   * @param {number} id
   * @param {Buffer} payload
   */
  send(id, payload) {
    const frame = Buffer.allocUnsafe(HEAD_BYTES + payload.length)
    frame.writeUInt32LE(4 + payload.length, 0)
    frame.writeUInt32LE(id, 4)
    payload.copy(frame, HEAD_BYTES)
    if (this.#isTurnOpen) {
      this.#waiting.push(frame)
      return
    }
    this.#isTurnOpen = true
    this.#socket.write(frame)
    setImmediate(() => this.#endTurn())
  }

  #endTurn() {
    this.#isTurnOpen = false
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    this.#socket.write(Buffer.concat(waiting))
  }
}

/**
 * Cuts the bytes that arrive at `socket` into frames again.
 * @param {import('node:net').Socket} socket
 * @param {(id: number, payload: Buffer) => void} onFrame
 */
export function readFrames(socket, onFrame) {
  /** @type {Buffer | undefined} */
  let rest
  socket.on('data', (/** @type {Buffer} */ chunk) => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk
    let at = 0
    while (bytes.length - at >= HEAD_BYTES) {
      const end = at + 4 + bytes.readUInt32LE(at)
      if (end > bytes.length) break
      onFrame(bytes.readUInt32LE(at + 4), bytes.subarray(at + HEAD_BYTES, end))
      at = end
    }
    rest = at === bytes.length ? undefined : bytes.subarray(at)
  })
}
