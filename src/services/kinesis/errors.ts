import { ServiceError } from '../operation.ts'

/** Kinesis's errors. Texts that are nowhere recorded are worded as AWS words its others. */

export const resourceNotFound = (message: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', message)

export const streamNotFound = (name: string, accountId: string): ServiceError =>
  resourceNotFound(`Stream ${name} under account ${accountId} not found.`)

export const resourceInUse = (message: string): ServiceError =>
  new ServiceError('ResourceInUseException', message)

export const invalidArgument = (message: string): ServiceError =>
  new ServiceError('InvalidArgumentException', message)

export const limitExceeded = (message: string): ServiceError =>
  new ServiceError('LimitExceededException', message)

export const throughputExceeded = (message: string): ServiceError =>
  new ServiceError('ProvisionedThroughputExceededException', message)

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message)

export const expiredIterator = (createdMs: number, nowMs: number, toleratedMs: number): ServiceError =>
  new ServiceError(
    'ExpiredIteratorException',
    `Iterator expired. The iterator was created at time ${utcText(createdMs)} while right now it is ${utcText(nowMs)} which is further in the future than the tolerated delay of ${toleratedMs} milliseconds.`,
  )

export const expiredNextToken = (): ServiceError =>
  new ServiceError('ExpiredNextTokenException', 'The NextToken has expired.')

/** `Fri Mar 15 07:58:30 UTC 2024` */
function utcText(ms: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(ms).toUTCString().split(' ')
  return `${weekday.slice(0, 3)} ${month} ${day} ${time} UTC ${year}`
}
