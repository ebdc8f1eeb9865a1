import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FunctionUrls, ResponseHead, ResponseWriter } from '../services/functionUrl/index.ts'
import { type ExtraRoute, readBody } from '../services/gateway/index.ts'
import type { Ids } from '../system/index.ts'

/** Function URLs take what an invocation may carry. */
const MOST_BODY_BYTES = 6 * 1024 * 1024

/** Puts function URLs on the one port. */
export const functionUrlRoute = (urls: FunctionUrls, ids: Ids): ExtraRoute => ({
  matches: (request) => urls.matches(request),
  async handle(request, response) {
    const requestId = ids.uuid()
    const body = await readBody(request, MOST_BODY_BYTES)
    if (!body) {
      response.writeHead(413, { 'content-type': 'application/json', 'x-amzn-RequestId': requestId })
      response.end('{"message":"Request Entity Too Large"}')
      return
    }
    const length = new AnnouncedLength()
    const answer = await urls.answer(request, body, requestId, writerOf(response, requestId, length))
    if (answer === undefined && (length.isKept || hasNoBody(request, response))) response.end()
    // The caller learns that something is missing, instead of waiting for it.
    else if (answer === undefined || answer === 'broken') response.destroy()
    else {
      setHead(response, answer, requestId)
      response.setHeader('content-length', answer.body.length)
      response.writeHead(answer.status)
      response.end(answer.body)
    }
  },
})

/** Appended one by one: repeated ones (set-cookie) stay apart, also beside those that the gateway has set. */
function setHead(response: ServerResponse, { headers }: ResponseHead, requestId: string): void {
  for (const [name, value] of headers)
    if (name.toLowerCase() !== 'transfer-encoding') response.appendHeader(name, value)
  response.setHeader('x-amzn-RequestId', requestId)
}

/** A response as it comes, no faster than the caller reads it; one who hangs up is no concern of the function's. */
function writerOf(response: ServerResponse, requestId: string, length: AnnouncedLength): ResponseWriter {
  // Many pieces may wait for one and the same reader.
  let waiting: Promise<void> | undefined
  return {
    head(head) {
      setHead(response, head, requestId)
      length.announce(response.getHeader('content-length'))
      response.writeHead(head.status)
      response.flushHeaders()
    },
    write(chunk) {
      if (response.destroyed || response.write(length.fitting(chunk))) return
      waiting ??= drained(response).then(() => (waiting = undefined))
      return waiting
    },
  }
}

/** The `content-length` that a function gives before its body, and may get wrong. */
class AnnouncedLength {
  #missing: number | undefined

  announce(header: unknown): void {
    if (header !== undefined) this.#missing = Number(header)
  }

  /** As much of a piece as was announced: more would be taken for the next response. */
  fitting(chunk: Uint8Array): Uint8Array {
    if (this.#missing === undefined) return chunk
    const fitting = chunk.subarray(0, this.#missing)
    this.#missing -= fitting.length
    return fitting
  }

  get isKept(): boolean {
    return this.#missing === undefined || this.#missing === 0
  }
}

const hasNoBody = ({ method }: IncomingMessage, { statusCode }: ServerResponse): boolean =>
  method === 'HEAD' || statusCode === 204 || statusCode === 304

/** Resolves when more can be written, and when it no longer matters. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}
