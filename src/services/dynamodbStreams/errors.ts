import { ServiceError } from '../operation.ts'

/** The errors of DynamoDB Streams. Texts that are nowhere recorded are those of the API Reference. */

export const streamNotFound = (arn: string): ServiceError => notFound(`Stream: ${arn}`)

export const shardNotFound = (arn: string, shardId: string): ServiceError =>
  notFound(`Shard: ${shardId} in Stream: ${arn}`)

const notFound = (what: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Requested resource not found: ${what} not found`)

export const expiredIterator = (): ServiceError =>
  new ServiceError(
    'ExpiredIteratorException',
    'The shard iterator has expired and can no longer be used to retrieve stream records. A shard iterator expires 15 minutes after it is retrieved using the GetShardIterator action.',
  )

export const trimmedData = (): ServiceError =>
  new ServiceError(
    'TrimmedDataAccessException',
    'The operation attempted to read past the oldest stream record in a shard.',
  )

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message)
