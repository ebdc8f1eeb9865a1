import http, { type RequestListener, type Server } from 'node:http'
import { type AddressInfo, isIPv6, type Socket } from 'node:net'
import { afterRealMs } from '../../system/index.ts'
import type { Http2Server } from './http2Server.ts'
import { sniff } from './preface.ts'

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

/** Creates the one HTTP server: HTTP/1.1 and, for whoever begins with it, HTTP/2. */
export function createConnectionLayer(onRequest: RequestListener): ConnectionLayer {
  const server = http.createServer(serverOptions, onRequest)
  // A client that goes away in the middle of a request is its own affair.
  server.on('clientError', (_error, socket) => socket.destroy())
  const turnAway = divide(server, onRequest)
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
        const cancel = afterRealMs(graceMs, () => {
          server.closeAllConnections()
          turnAway('all')
        })
        server.close(() => {
          cancel()
          resolve()
        })
        server.closeIdleConnections()
        turnAway('idle')
      })
    },
    hangUpIdle() {
      if (!isListening) server.closeIdleConnections()
    },
  }
}

/**
 * Puts a look at the first bytes before the server's own handling of connections, and gives those of HTTP/2 to a server
 * that is loaded for the first of them. Answers a function that ends the connections that `server` does not know of: those
 * that have told nothing yet, and those of HTTP/2, which end by themselves when their streams have unless `all` is asked for.
 */
function divide(server: Server, onRequest: RequestListener): (which: 'idle' | 'all') => void {
  const silent = new Set<Socket>()
  const ofHttp2 = new Set<Socket>()
  let isClosing = false
  let http2: Promise<Http2Server> | undefined

  const serveHttp1 = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    keep(silent, socket)
    sniff(socket, (version) => {
      silent.delete(socket)
      if (version === 2) serveHttp2(socket)
      else for (const serve of serveHttp1) serve.call(server, socket)
      if (version === 1) socket.resume()
    })
  })

  function serveHttp2(socket: Socket): void {
    keep(ofHttp2, socket)
    // Until the session listens.
    const ignore = (): void => {}
    socket.on('error', ignore)
    http2 ??= import('./http2Server.ts').then(({ createHttp2Server }) => createHttp2Server(onRequest))
    void http2.then((found) => {
      if (isClosing) found.close()
      if (!socket.destroyed) found.serve(socket)
    })
  }

  return (which) => {
    isClosing = true
    for (const socket of silent) socket.destroy()
    if (which === 'all') for (const socket of ofHttp2) socket.destroy()
    else void http2?.then((found) => found.close())
  }
}

/** Keeps a socket in a set for as long as it lives, unless it is taken out before. */
function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
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
