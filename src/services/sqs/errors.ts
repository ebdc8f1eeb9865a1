import { ServiceError } from '../operation.ts'

/** SQS's errors under their JSON names; {@link queryCode} gives the name that the query protocol has for them. */

export const queueDoesNotExist = (): ServiceError =>
  new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.')

export const queueNameExists = (attribute: string): ServiceError =>
  new ServiceError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
  )

export const invalidParameter = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValueException', message)

/** `Value 11 for parameter MaxNumberOfMessages is invalid. Reason: ...` */
export const invalidValue = (value: string | number, parameter: string, reason: string): ServiceError =>
  invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`)

export const missingParameter = (name: string): ServiceError =>
  new ServiceError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`)

/** What a batch says where a single request says {@link missingParameter}. */
export const missingInBatch = (name: string): ServiceError =>
  invalidParameter(`The request must contain the parameter ${name}.`)

export const messageTooLong = (limitBytes: number, isBatch = false): ServiceError =>
  invalidParameter(
    `One or more parameters ${isBatch ? 'cannot be validated' : 'are invalid'}. Reason: Message must be shorter than ${limitBytes} bytes.`,
  )

export const unknownAttribute = (name: string): ServiceError =>
  new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`)

export const invalidAttributeValue = (message: string): ServiceError =>
  new ServiceError('InvalidAttributeValue', message)

export const invalidAction = (operation: string): ServiceError =>
  new ServiceError('InvalidAction', `The action ${operation} is not valid for this endpoint.`)

export const unsupportedOperation = (message: string): ServiceError =>
  new ServiceError('UnsupportedOperation', message)

export const invalidMessageContents = (): ServiceError =>
  new ServiceError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  )

export const receiptHandleIsInvalid = (handle: string): ServiceError =>
  new ServiceError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  )

export const receiptHandleExpired = (handle: string): ServiceError =>
  invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.')

export const notAvailableForVisibilityChange = (handle: string): ServiceError =>
  invalidValue(
    handle,
    'ReceiptHandle',
    'Message does not exist or is not available for visibility timeout change.',
  )

export const emptyBatch = (entryName: string): ServiceError =>
  new ServiceError('EmptyBatchRequest', `There should be at least one ${entryName} in the request.`)

export const tooManyEntries = (limit: number, sent: number): ServiceError =>
  new ServiceError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are ${limit}. You have sent ${sent}.`,
  )

export const invalidBatchEntryId = (): ServiceError =>
  new ServiceError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  )

export const batchEntryIdsNotDistinct = (id: string): ServiceError =>
  new ServiceError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`)

export const batchTooLong = (limitBytes: number, sentBytes: number): ServiceError =>
  new ServiceError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${limitBytes} bytes. You have sent ${sentBytes} bytes.`,
  )

export const purgeInProgress = (queueName: string): ServiceError =>
  new ServiceError(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${queueName} is allowed every 60 seconds.`,
    { status: 403 },
  )

export const overLimit = (message: string): ServiceError =>
  new ServiceError('OverLimit', message, { status: 403 })

export const tooManyInFlight = (limit: number): ServiceError =>
  overLimit(`The queue has the maximum of ${limit} messages in flight.`)

export const resourceNotFound = (message: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', message, { status: 404 })

/** The code under which the query protocol knows an error. */
export const queryCode = (code: string): string =>
  renamed[code] ?? (prefixed.has(code) ? `AWS.SimpleQueueService.${code}` : code)

/** The text that the query protocol has for an error. */
export const queryMessage = (code: string, message: string): string =>
  code === 'QueueDoesNotExist' ? 'The specified queue does not exist for this wsdl version.' : message

const renamed: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  AccessDeniedException: 'AccessDenied',
}

const prefixed: ReadonlySet<string> = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'InvalidBatchEntryId',
  'MessageNotInflight',
  'PurgeQueueInProgress',
  'QueueDeletedRecently',
  'TooManyEntriesInBatchRequest',
  'UnsupportedOperation',
])
