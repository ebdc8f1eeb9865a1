import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Activity, Ids, Log, Work } from '../../system/index.ts'
import { EventAnswer } from '../eventAnswer.ts'
import { ServiceError } from '../operation.ts'
import { restXmlRequestId } from '../protocol/restXmlProtocol.ts'
import type { WireAnswer } from '../protocol/wire.ts'
import type { Service } from '../service.ts'
import { onBody } from './body.ts'
import {
  type Call,
  cborCall,
  formOf,
  jsonCall,
  operationOf,
  queryCall,
  restCall,
  restXmlCall,
} from './call.ts'
import { createConnectionLayer, type Listening } from './connection.ts'
import { isSigned } from './credential.ts'
import { createDispatcher, type Dispatch } from './dispatch.ts'
import { isAllowedHost, isLoopback } from './hostCheck.ts'
import * as refusals from './refusals.ts'
import { type ContextSource, HttpRequestContext } from './requestContext.ts'
import type { EventResponse } from './sendEvents.ts'
import { pathOf } from './url.ts'

export interface GatewayOptions {
  readonly services: readonly Service[]
  readonly log: Log
  readonly activity: Activity
  readonly ids: Ids
  readonly identity: { readonly accountId: string; readonly region: string }
  /** The invocation that an access key was given to; see `RequestContext.cause`. */
  readonly causeOf?: (accessKeyId: string) => string | undefined
  /** The open work of an invocation: parked while its handler waits here for what only the clock can bring. */
  readonly workOf?: (requestId: string) => Work | undefined
  /** Asked in order, before any service: the control API, function URLs. */
  readonly extraRoutes?: readonly ExtraRoute[]
}

/** A part of the port that is not an AWS API. It reads the body with `readBody` and answers by itself. */
export interface ExtraRoute {
  matches(request: IncomingMessage): boolean
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>
}

export interface Gateway {
  /** Listens; port 0 takes a free one. Rejects with what to do when the port is taken. */
  start(port: number, host: string): Promise<Listening>
  /** Wakes whoever waits, lets answers end for up to `graceMs` (5,000), and closes. Stopping twice is harmless. */
  stop(graceMs?: number): Promise<void>
}

/**
 * The one port: finds out which service and operation a request is for, reads its input by the protocol it came in,
 * runs the operation, and writes the output or the error the same way.
 * @example
 * const gateway = createGateway({ services: [sqs.service], log, activity, ids, identity })
 * const { url } = await gateway.start(9000, '127.0.0.1')
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { services, log, activity, ids } = options
  const extraRoutes = options.extraRoutes ?? []
  const dispatcher = createDispatcher(services)
  const connections = createConnectionLayer(onRequest)
  const largestFormBytes = Math.max(
    0,
    ...services.filter((service) => service.query).map((service) => service.maximumBodyBytes),
  )
  let listening: Listening | undefined
  let isStopping = false

  const source: ContextSource = {
    ...options.identity,
    causeOf: options.causeOf ?? (() => undefined),
    workOf: options.workOf ?? (() => undefined),
    url: () => listening?.url ?? '',
    waiting: new Set(),
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { host } = request.headers
    if (!isAllowedHost(host, listening?.host ?? '', isLoopback(request.socket.localAddress))) {
      log.warn(`refused a request for the host '${host}'`)
      sendText(response, 403, refusedHost(host))
      return
    }
    const route = extraRoutes.find((candidate) => candidate.matches(request))
    if (route) handOver(route, request, response)
    else if (isForeignPage(request)) sendText(response, 403, refusedPage)
    else serve(request, response, dispatcher.ofHead(request))
  }

  function handOver(route: ExtraRoute, request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('x-amzn-RequestId', ids.uuid())
    response.once('close', () => connections.hangUpIdle())
    const answered = (async () => route.handle(request, response))()
    answered.catch((error: unknown) => {
      log.error(`${request.method} ${request.url} failed`, error)
      if (response.headersSent) response.destroy()
      else sendText(response, 500, 'The request failed; the log says why.')
    })
  }

  function serve(request: IncomingMessage, response: ServerResponse, dispatch: Dispatch): void {
    const requestId = ids.uuid()
    switch (dispatch.kind) {
      case 'json': {
        if (dispatch.service.json?.cbor && isCbor(request)) {
          serveCbor(request, response, dispatch.service, dispatch.operation, requestId)
          return
        }
        const call = jsonCall(dispatch.service, dispatch.operation, requestId)
        onBody(request, dispatch.service.maximumBodyBytes, (body) => run(request, response, call, body))
        return
      }
      case 'rest': {
        const call = restCall(request, dispatch.service, dispatch.match, requestId)
        onBody(request, refusals.bodyLimitOf(dispatch.service, call.operation), (body) =>
          run(request, response, call, body),
        )
        return
      }
      case 'restXml': {
        const call = restXmlCall(request, dispatch.service, restXmlRequestId(ids.hex(16)))
        onBody(request, dispatch.service.maximumBodyBytes, (body) => run(request, response, call, body))
        return
      }
      case 'query':
        serveForm(request, response, dispatch.service, requestId)
        return
      case 'noRoute':
        log.warn(`${dispatch.service.name} has no operation ${request.method} ${pathOf(request.url ?? '')}`)
        discard(request, response, refusals.unknownPath, requestId)
        return
      case 'unknownService':
        log.warn(
          `no service for ${request.method} ${pathOf(request.url ?? '')} (${dispatch.name ?? 'unnamed'})`,
        )
        discard(request, response, refusals.unknownService(dispatch.name, services), requestId)
        return
    }
  }

  function serveCbor(
    request: IncomingMessage,
    response: ServerResponse,
    service: Service,
    operation: string,
    requestId: string,
  ): void {
    onBody(request, service.maximumBodyBytes, (body) => {
      void import('../protocol/cborProtocol.ts').then((protocol) =>
        run(request, response, cborCall(protocol, service, operation, requestId), body),
      )
    })
  }

  function serveForm(
    request: IncomingMessage,
    response: ServerResponse,
    signed: Service | undefined,
    requestId: string,
  ): void {
    const url = request.url ?? '/'
    onBody(request, signed?.maximumBodyBytes ?? largestFormBytes, (body) => {
      const form = formOf(url, body ?? noBody)
      const service = signed ?? dispatcher.ofForm(form)
      if (!service && form.has('Action')) {
        log.warn(`no service has the action '${form.get('Action')}', version ${form.get('Version')}`)
        send(response, refusals.unknownService(undefined, services), requestId)
      } else if (!service?.query || (body && !form.has('Action'))) {
        log.warn(`${service?.name ?? 'no service'} has no operation for ${request.method} ${pathOf(url)}`)
        send(response, refusals.unknownPath, requestId)
      } else run(request, response, queryCall(service, form, pathOf(url), requestId), body)
    })
  }

  /** Runs a call; without a body it was too large to be read. */
  function run(
    request: IncomingMessage,
    response: ServerResponse,
    call: Call,
    body: Buffer | undefined,
  ): void {
    const { service, operation, requestId } = call
    const work = activity.begin(`${service.name} ${operation}`)
    const finish = (answer: WireAnswer): void => {
      send(response, answer, requestId)
      work.end()
    }
    const fail = (error: unknown): void => finish(call.writeError(asServiceError(call, error)))
    const succeed = (output: unknown): void => {
      if (output instanceof EventAnswer) answerEvents(response, call, output, work)
      else finish(call.write(output))
    }
    try {
      if (!body) throw refusals.bodyTooLarge(service, call.operation)
      const run = operationOf(call)
      const context = new HttpRequestContext(source, request, response, requestId, work)
      const output = run(call.read(body) as never, context)
      if (output instanceof Promise) output.then(succeed).catch(fail)
      else succeed(output)
    } catch (error) {
      fail(error)
    }
  }

  function answerEvents(response: ServerResponse, call: Call, answer: EventAnswer, work: Work): void {
    const codec = call.events?.()
    if (!codec) throw new Error('The protocol of this call has no events.')
    const to: EventResponse = {
      response,
      requestId: call.requestId,
      codec,
      headers: call.eventHeaders?.(answer.initial),
      work,
      asServiceError: (error) => asServiceError(call, error),
    }
    response.once('close', () => connections.hangUpIdle())
    // Few processes ever answer events.
    void import('./sendEvents.ts').then(({ sendEvents }) => sendEvents(to, answer)).then(() => work.end())
  }

  function asServiceError({ service, operation }: Call, error: unknown): ServiceError {
    if (!(error instanceof ServiceError)) {
      log.error(`${service.name} ${operation} failed`, error)
      return refusals.internalFailure(service)
    }
    if (saysNotBuilt.has(error.code))
      log.warn(error.message === '' ? `${service.name} has no operation '${operation}'` : error.message)
    return error
  }

  /** Answers without having looked at the body. */
  function discard(
    request: IncomingMessage,
    response: ServerResponse,
    answer: WireAnswer,
    requestId: string,
  ): void {
    onBody(request, 0, () => send(response, answer, requestId))
  }

  function sendText(response: ServerResponse, status: number, text: string): void {
    response.shouldKeepAlive = false
    send(response, { status, headers: ['Content-Type', 'text/plain'], body: `${text}\n` }, ids.uuid())
  }

  function send(response: ServerResponse, answer: WireAnswer, requestId: string): void {
    // The caller hung up.
    if (response.destroyed || response.headersSent) return
    const { body, status } = answer
    const headers = [...answer.headers]
    if (!answer.tellsRequestId) headers.push('x-amzn-RequestId', requestId)
    if (status !== 204 && status !== 304) {
      const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
      headers.push('Content-Length', String(answer.contentLength ?? length))
    }
    if (isStopping) response.shouldKeepAlive = false
    response.writeHead(status, headers)
    endWith(response, body)
  }

  return {
    async start(port, host) {
      listening = await connections.listen(port, host)
      return listening
    },
    async stop(graceMs = 5_000) {
      isStopping = true
      for (const abort of source.waiting) abort.abort()
      await connections.close(graceMs)
    },
  }
}

const isCbor = (request: IncomingMessage): boolean =>
  request.headers['content-type']?.startsWith('application/x-amz-cbor') === true

const noBody = Buffer.alloc(0)

/** Codes that tell the caller of something missing here: whoever runs the gateway is told as well. */
const saysNotBuilt: ReadonlySet<string> = new Set([
  'UnknownOperationException',
  'InvalidAction',
  'NotImplemented',
])

const refusedHost = (host: string | undefined): string =>
  `Requests for the host '${host}' are refused, since a web page could have made that name point here. ` +
  'Use localhost, 127.0.0.1, a name that ends in .localhost, or the name given with --host.'

const refusedPage = 'A web page of another origin cannot call this API without signing its requests.'

/** A browser tells the origin of a page that posts across origins; without a signature that is nobody we know. */
function isForeignPage(request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  return origin !== undefined && origin !== `http://${host}` && !isSigned(request)
}

/** Up to here a body is worth being copied behind its headers. */
const longestJoinedBytes = 8_192

/** Headers and a text go out in one piece, which costs less than two; bytes as Latin-1 stay the same bytes. */
function endWith(response: ServerResponse, body: string | Uint8Array): void {
  if (typeof body === 'string' || body.length > longestJoinedBytes) response.end(body)
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'), 'latin1')
}
