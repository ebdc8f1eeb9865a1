import { ServiceError } from '../operation.ts'

/** SNS's errors, under the codes that its query protocol knows. */

/** `Invalid parameter: TopicArn Reason: ...` */
export const invalidParameter = (parameter: string, reason?: string): ServiceError =>
  new ServiceError(
    'InvalidParameter',
    `Invalid parameter: ${parameter}${reason === undefined ? '' : ` Reason: ${reason}`}`,
  )

export const missingParameter = (name: string): ServiceError =>
  invalidParameter(name, 'no value for required parameter')

export const malformedArn = (parameter: string, elements: number): ServiceError =>
  invalidParameter(parameter, `An ARN must have at least 6 elements, not ${elements}`)

export const notSupported = (parameter: string, what: string): ServiceError =>
  invalidParameter(parameter, `${what} not supported here yet`)

export const topicDoesNotExist = (): ServiceError =>
  new ServiceError('NotFound', 'Topic does not exist', { status: 404 })

export const subscriptionDoesNotExist = (): ServiceError =>
  new ServiceError('NotFound', 'Subscription does not exist', { status: 404 })

export const resourceDoesNotExist = (): ServiceError =>
  new ServiceError('ResourceNotFound', 'Resource does not exist', { status: 404 })

export const tooManyTags = (): ServiceError =>
  new ServiceError('TagLimitExceeded', 'Could not complete request: tag quota of per resource exceeded')

/** What is wrong with a message attribute has a code of its own. */
export const invalidAttribute = (message: string): ServiceError =>
  new ServiceError('ParameterValueInvalid', message)

export const nullMember = (path: string): ServiceError =>
  new ServiceError(
    'ValidationError',
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  )

export const emptyBatch = (): ServiceError =>
  new ServiceError('EmptyBatchRequest', "The batch request doesn't contain any entries.")

export const tooManyEntries = (): ServiceError =>
  new ServiceError(
    'TooManyEntriesInBatchRequest',
    'The batch request contains more entries than permissible.',
  )

export const batchEntryIdsNotDistinct = (): ServiceError =>
  new ServiceError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.')

export const invalidBatchEntryId = (id: string, isTooLong: boolean): ServiceError =>
  new ServiceError(
    'InvalidBatchEntryId',
    `The Id of a batch entry in the batch request ${isTooLong ? 'is too long' : 'contains an impermissible character'}: ${id}`,
  )

export const batchTooLong = (): ServiceError =>
  new ServiceError(
    'BatchRequestTooLong',
    'The length of all the messages put together is more than the limit.',
  )
