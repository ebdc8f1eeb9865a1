import type { IncomingMessage } from 'node:http'

/**
 * Reads a request's body. More than `limitBytes` is never kept: the answer is then `undefined`, and the rest of the
 * body is thrown away as it comes, so that a client that writes first and reads later still gets to read.
 * A caller that hangs up before the end leaves the promise pending; there is nobody to answer.
 */
export const readBody = (request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> =>
  new Promise((resolve) => onBody(request, limitBytes, resolve))

/** {@link readBody} without the promise, for the gateway's hot path. */
export function onBody(
  request: IncomingMessage,
  limitBytes: number,
  done: (body: Buffer | undefined) => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
    discard(request)
    done(undefined)
    return
  }
  let first: Buffer | undefined
  let more: Buffer[] | undefined
  let length = 0
  const take = (chunk: Buffer): void => {
    length += chunk.length
    if (length > limitBytes) {
      request.off('data', take)
      request.off('end', end)
      discard(request)
      done(undefined)
    } else if (!first) first = chunk
    else if (more) more.push(chunk)
    else more = [first, chunk]
  }
  const end = (): void => {
    // A stream of HTTP/2 that is reset ends like one that is complete.
    if (!request.aborted) done(more ? Buffer.concat(more, length) : (first ?? empty))
  }
  request.on('data', take)
  request.on('end', end)
}

const empty = Buffer.alloc(0)

/** Up to here a refused body is read and thrown away; beyond it the connection is cut. */
const maximumDiscardedBytes = 256 * 1024 * 1024

function discard(request: IncomingMessage): void {
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > maximumDiscardedBytes) request.destroy()
  })
}
