import { ServiceError } from '../operation.ts'
import type { WireAnswer } from '../protocol/wire.ts'
import type { Service } from '../service.ts'

/** The errors that the gateway answers by itself, before or instead of an operation. */

/** An operation that AWS has and we have not; never an empty success. */
export const notBuilt = (service: Service, operation: string): ServiceError =>
  new ServiceError(
    service.restXml ? 'NotImplemented' : 'UnknownOperationException',
    `The ${service.name} operation ${operation} is not supported here. Supported: ${Object.keys(service.operations).join(', ')}.`,
    { status: 501 },
  )

/** An operation that does not exist at AWS either. */
export const unknownOperation = (): ServiceError => new ServiceError('UnknownOperationException', '')

/** The query protocol's word for it. */
export const invalidAction = (operation: string): ServiceError =>
  new ServiceError('InvalidAction', `The action ${operation} is not valid for this endpoint.`)

/** What AWS answers where a path, or a form without an action, means nothing to a service. */
export const unknownPath: WireAnswer = {
  status: 404,
  headers: ['Content-Type', 'text/xml', 'x-amzn-ErrorType', 'UnknownOperationException'],
  body: '<UnknownOperationException/>',
}

/** A service that is not hosted; says what is. */
export function unknownService(name: string | undefined, served: readonly Service[]): WireAnswer {
  const what =
    name === undefined ? 'No service is known for this request' : `The service '${name}' is not served here`
  const message = `${what}. Served: ${served.map((service) => service.name).join(', ')}.`
  return {
    status: 501,
    headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', 'UnknownServiceException'],
    body: JSON.stringify({ __type: 'UnknownServiceException', message }),
  }
}

/** What a service reads of a call's body. */
export const bodyLimitOf = (service: Service, operation: string): number =>
  service.bodyLimits?.[operation] ?? service.maximumBodyBytes

export function bodyTooLarge(service: Service, operation: string): ServiceError {
  const { code = 'RequestEntityTooLargeException', message, status = 413 } = service.bodyTooLarge ?? {}
  const limit = bodyLimitOf(service, operation)
  const text =
    typeof message === 'function'
      ? message(limit, operation)
      : (message ?? `Request must be smaller than ${limit} bytes`)
  return new ServiceError(code, text, { status, messageMember: service.rest ? 'Message' : 'message' })
}

/** Whatever is not a {@link ServiceError} is our own fault: AWS's word for that, and the caller may try again. */
export function internalFailure(service: Service): ServiceError {
  const text = 'The service failed on this request; its log says why.'
  if (service.restXml) return new ServiceError('InternalError', text, { status: 500 })
  return service.rest
    ? new ServiceError('ServiceException', text, { status: 500, messageMember: 'Message' })
    : new ServiceError('InternalFailure', text, { status: 500 })
}

export const badRequestId = (): ServiceError =>
  new ServiceError('InvalidRequestContentException', 'The x-amzn-RequestId header is not a valid UUID.', {
    details: { Type: 'User' },
  })
