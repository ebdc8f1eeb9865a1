import type { IncomingMessage } from 'node:http'
import type { Operation, ServiceError } from '../operation.ts'
import type * as cborProtocol from '../protocol/cborProtocol.ts'
import type { EventCodec } from '../protocol/eventStream.ts'
import { jsonEvents, readJson, writeJson, writeJsonError } from '../protocol/jsonProtocol.ts'
import { readQuery, writeQuery, writeQueryError } from '../protocol/queryProtocol.ts'
import { headOf, readRest, restEvents, writeRest, writeRestError } from '../protocol/restJsonProtocol.ts'
import { readRestXml, writeRestXml, writeRestXmlError } from '../protocol/restXmlProtocol.ts'
import type { WireAnswer } from '../protocol/wire.ts'
import type { Service } from '../service.ts'
import type { RestMatch } from './dispatch.ts'
import { restXmlHeadOf } from './restXmlHead.ts'
import * as refusals from './refusals.ts'
import { queryStringOf } from './url.ts'

/** One call of one operation, and the protocol's part in it. */
export interface Call {
  readonly service: Service
  readonly operation: string
  readonly requestId: string
  read(body: Buffer): object
  write(output: unknown): WireAnswer
  writeError(error: ServiceError): WireAnswer
  /** How the protocol writes events; absent where no operation answers them. */
  events?(): EventCodec
  /** Headers that the members beside the events make; where there are none of that kind, they are the first event. */
  eventHeaders?(initial: object): readonly string[]
  /** The protocol's error for an operation that does not exist. */
  unknown(): ServiceError
}

/** A call in AWS JSON. */
export function jsonCall(service: Service, operation: string, requestId: string): Call {
  const { json } = service
  if (!json) throw new Error(`${service.name} does not speak JSON`)
  return {
    service,
    operation,
    requestId,
    read: (body) => readJson(json, operation, body),
    write: (output) => writeJson(json, output),
    writeError: (error) => writeJsonError(json, error),
    events: () => jsonEvents(json),
    unknown: refusals.unknownOperation,
  }
}

/** A call in AWS JSON's CBOR; its protocol is handed in, since few ever need it. */
export function cborCall(
  { readCbor, writeCbor, writeCborError, cborEvents }: typeof cborProtocol,
  service: Service,
  operation: string,
  requestId: string,
): Call {
  const { json } = service
  if (!json) throw new Error(`${service.name} does not speak JSON`)
  return {
    service,
    operation,
    requestId,
    read: (body) => readCbor(json, operation, body),
    write: (output) => writeCbor(json, operation, output),
    writeError: (error) => writeCborError(json, error),
    events: () => cborEvents(json, operation),
    unknown: refusals.unknownOperation,
  }
}

/** A call in REST-JSON. */
export function restCall(
  request: IncomingMessage,
  service: Service,
  { operation, route, labels }: RestMatch,
  requestId: string,
): Call {
  const sentId = service.takesRequestId === true ? request.headers['x-amzn-requestid'] : undefined
  const isUuid = typeof sentId === 'string' && uuidPattern.test(sentId)
  return {
    service,
    operation,
    requestId: isUuid ? sentId.toLowerCase() : requestId,
    read(body) {
      if (sentId !== undefined && !isUuid) throw refusals.badRequestId()
      const queryString = queryStringOf(request.url ?? '')
      return route ? readRest(route, { labels, queryString, headers: request.headers, body }) : {}
    },
    write: (output) => writeRest(route ?? noRoute, output as Record<string, unknown>),
    events: () => restEvents,
    eventHeaders: (initial) => headOf(route ?? noRoute, initial as Record<string, unknown>).headers,
    writeError: writeRestError,
    unknown: refusals.unknownOperation,
  }
}

/** A call in REST-XML. */
export function restXmlCall(request: IncomingMessage, service: Service, requestId: string): Call {
  const { restXml } = service
  if (!restXml) throw new Error(`${service.name} does not speak REST-XML`)
  const head = restXmlHeadOf(request)
  const match = restXml.match(head)
  const exchange = { head, requestId }
  return {
    service,
    operation: match.kind === 'operation' ? match.operation : '',
    requestId,
    read: (body) => readRestXml(restXml, match, head, body),
    write: (output) =>
      writeRestXml(
        restXml,
        (match.kind === 'operation' && match.route) || {},
        (output ?? {}) as Record<string, unknown>,
        exchange,
      ),
    writeError: (error) => writeRestXmlError(error, exchange),
    unknown: () => (match.kind === 'refused' ? match.error : refusals.unknownOperation()),
  }
}

/** A call in the query protocol. */
export function queryCall(service: Service, form: URLSearchParams, path: string, requestId: string): Call {
  const { query } = service
  if (!query) throw new Error(`${service.name} does not speak the query protocol`)
  const operation = form.get('Action') ?? ''
  return {
    service,
    operation,
    requestId,
    read: () => readQuery(query, operation, form, path),
    write: (output) => writeQuery(query, operation, output, requestId),
    writeError: (error) => writeQueryError(query, error, requestId),
    unknown: () => refusals.invalidAction(operation),
  }
}

/** All pairs of a query request: those of the URL and those of the body. */
export function formOf(url: string, body: Buffer): URLSearchParams {
  const form = new URLSearchParams(queryStringOf(url))
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) form.append(name, value)
  return form
}

/** The operation to run; throws AWS's error when there is none. */
export function operationOf(call: Call): Operation {
  const { service, operation } = call
  const found = Object.hasOwn(service.operations, operation) ? service.operations[operation] : undefined
  if (found) return found
  throw service.notBuilt.includes(operation) ? refusals.notBuilt(service, operation) : call.unknown()
}

const noRoute = { operation: '', method: '', path: '' }
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
