import http, { type RequestListener, type Server } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { afterRealMs } from '../../system/index.ts'

/** The sockets: everything the gateway knows about listening and hanging up. */
export interface ConnectionLayer {
  listen(port: number, host: string): Promise<Listening>
  /** Takes no new requests, lets answers in progress end for up to `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>
  /** While closing: hangs up on connections that have nothing open any more. */
  hangUpIdle(): void
}

export interface Listening {
  readonly port: number
  readonly host: string
  /** `http://127.0.0.1:9000` */
  readonly url: string
}

/** Creates the one HTTP server. */
export function createConnectionLayer(onRequest: RequestListener): ConnectionLayer {
  const server = http.createServer(serverOptions, onRequest)
  // A client that goes away in the middle of a request is its own affair.
  server.on('clientError', (_error, socket) => socket.destroy())
  let isListening = false

  return {
    async listen(port, host) {
      await listen(server, port, host)
      isListening = true
      const address = server.address() as AddressInfo
      const shown = isIPv6(host) ? `[${host}]` : host
      return { port: address.port, host, url: `http://${shown}:${address.port}` }
    },
    close(graceMs) {
      if (!isListening) return Promise.resolve()
      isListening = false
      return new Promise((resolve) => {
        const cancel = afterRealMs(graceMs, () => server.closeAllConnections())
        server.close(() => {
          cancel()
          resolve()
        })
        server.closeIdleConnections()
      })
    },
    hangUpIdle() {
      if (!isListening) server.closeIdleConnections()
    },
  }
}

/**
 * No timeouts: a long poll or a handler may take as long as it takes, and a pooled connection that we closed behind
 * an SDK's back would fail its next request. With nothing to time out, the connection check needs no timer either.
 */
const serverOptions: http.ServerOptions = {
  keepAliveTimeout: 0,
  requestTimeout: 0,
  headersTimeout: 0,
  connectionsCheckingInterval: 2 ** 31 - 1,
  noDelay: true,
  // Lambda's limit for request line and headers: 1 MB.
  maxHeaderSize: 1024 * 1024,
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(explain(error, port, host))
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

/** A failure to listen, with what to do about it. */
function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE')
    return new Error(
      `Port ${port} on ${host} is taken by another program. Stop that program, or choose another port with --port (0 picks a free one).`,
      { cause: error },
    )
  if (error.code === 'EACCES')
    return new Error(`Port ${port} needs special rights. Choose one from 1024 up with --port.`, {
      cause: error,
    })
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new Error(`'${host}' is not an address of this machine. Choose another with --host.`, {
      cause: error,
    })
  return error
}
