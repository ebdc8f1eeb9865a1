import type { Socket } from 'node:net'

/** The HTTP version that a connection speaks; `undefined` while its first bytes do not tell. */
export type HttpVersion = 1 | 2

/** What every HTTP/2 connection begins with: RFC 9113, section 3.4. Up to here no HTTP/1.1 request looks like it. */
const prefaceStart = Buffer.from('PRI * HTTP/2.0')

/** The version that these first bytes of a connection mean: HTTP/2 with prior knowledge, or HTTP/1.1. */
export function versionOf(start: Buffer): HttpVersion | undefined {
  const length = Math.min(start.length, prefaceStart.length)
  if (start.compare(prefaceStart, 0, length, 0, length) !== 0) return 1
  return length === prefaceStart.length ? 2 : undefined
}

/**
 * Reads as little of a new connection as tells its version, puts that back, and hands the socket on, paused. A client that
 * goes away before it has told is let go. One look per connection: requests cost nothing.
 */
export function sniff(socket: Socket, done: (version: HttpVersion) => void): void {
  let start: Buffer | undefined
  const giveUp = (): void => void socket.destroy()
  const take = (chunk: Buffer): void => {
    start = start ? Buffer.concat([start, chunk]) : chunk
    const version = versionOf(start)
    if (version === undefined) return
    socket.off('data', take).off('end', giveUp).off('error', giveUp)
    socket.pause()
    socket.unshift(start)
    done(version)
  }
  socket.on('data', take).on('end', giveUp).on('error', giveUp)
}
