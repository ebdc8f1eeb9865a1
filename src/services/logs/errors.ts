import { PatternError } from '../../patterns/index.ts'
import { ServiceError } from '../operation.ts'

/** The errors of CloudWatch Logs. Texts that are nowhere recorded are worded as AWS words its others. */

const notFound = (message: string): ServiceError => new ServiceError('ResourceNotFoundException', message)

export const groupNotFound = (): ServiceError => notFound('The specified log group does not exist.')

export const streamNotFound = (): ServiceError => notFound('The specified log stream does not exist.')

export const resourceNotFound = (): ServiceError => notFound('The specified resource does not exist.')

export const groupExists = (): ServiceError => exists('group')

export const streamExists = (): ServiceError => exists('stream')

const exists = (noun: string): ServiceError =>
  new ServiceError('ResourceAlreadyExistsException', `The specified log ${noun} already exists`)

export const invalidParameter = (message: string): ServiceError =>
  new ServiceError('InvalidParameterException', message)

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message)

export const tooManyTags = (resourceName: string): ServiceError =>
  new ServiceError('TooManyTagsException', 'The resource has more than 50 tags.', {
    details: { resourceName },
  })

/** A pattern that AWS would not take, as its refusal; anything else as it is. */
export const ofPattern = (error: unknown): unknown =>
  error instanceof PatternError ? invalidParameter(error.message) : error
