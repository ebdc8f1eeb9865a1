import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Router } from './environmentApi.ts'
import type { ApiError } from './runtimeState.ts'

/** The HTTP server of one execution environment; only this machine reaches it. */
export interface EnvironmentServer {
  /** `127.0.0.1:port`: the value of AWS_LAMBDA_RUNTIME_API. */
  readonly address: string
  close(): void
}

/** Listens on a free port; each request goes to the first router that takes it. */
export async function createEnvironmentServer(routers: readonly Router[]): Promise<EnvironmentServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (routers.some((route) => route(request, response, path))) return
    request.resume()
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('404 page not found\n')
  })
  // A runtime waits for its next event for as long as it takes, and may send its answer as slowly as it likes.
  server.requestTimeout = 0
  server.headersTimeout = 0
  server.keepAliveTimeout = 0
  await listening(server)
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}

/** `{"status":"OK"}` and a newline, as the platform says that it has taken something. */
export function accept(response: ServerResponse): void {
  response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}\n')
}

export function refuse(response: ServerResponse, { status, errorType, errorMessage }: ApiError): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(`${JSON.stringify({ errorMessage, errorType })}\n`)
}

/** A request's body; `undefined` when it is longer than `limitBytes`, or when the connection broke. */
export async function bodyOf(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | 'tooLarge' | 'broken'> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length <= limitBytes) chunks.push(chunk)
      else chunks.length = 0
    }
  } catch {
    return 'broken'
  }
  return length > limitBytes ? 'tooLarge' : Buffer.concat(chunks, length)
}
