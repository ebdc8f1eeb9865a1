import { ServiceError } from '../operation.ts'

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message)

export const busDoesNotExist = (name: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Event bus ${name} does not exist.`)

export const busExists = (name: string): ServiceError =>
  new ServiceError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`)

export const ruleDoesNotExist = (rule: string, bus: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Rule ${rule} does not exist on EventBus ${bus}.`)

export const limitExceeded = (): ServiceError =>
  new ServiceError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.')

export const invalidPattern = (reason: string): ServiceError =>
  new ServiceError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`)

/** What AWS has and this version has not; the sentence is ours. */
export const notSupported = (what: string): ServiceError => validation(`${what} is not supported here.`)

/** A value of the wrong JSON type, where the protocol layer cannot tell. */
export const serialization = (message: string): ServiceError =>
  new ServiceError('SerializationException', message)
