import { ServiceError } from '../operation.ts'

/** S3's errors (S3 API Reference, "Error responses"). */

const error = (status: number, code: string, message: string, details: Record<string, string> = {}) =>
  new ServiceError(code, message, { status, details })

export const noSuchBucket = (name: string): ServiceError =>
  error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name })

export const noSuchKey = (key: string): ServiceError =>
  error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key })

export const invalidBucketName = (name: string): ServiceError =>
  error(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name })

export const bucketAlreadyOwnedByYou = (name: string): ServiceError =>
  error(
    409,
    'BucketAlreadyOwnedByYou',
    'Your previous request to create the named bucket succeeded and you already own it.',
    { BucketName: name },
  )

export const bucketNotEmpty = (name: string): ServiceError =>
  error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', { BucketName: name })

export const illegalLocation = (constraint: string): ServiceError =>
  error(
    400,
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  )

export const keyTooLong = (bytes: number, limit: number): ServiceError =>
  error(400, 'KeyTooLongError', 'Your key is too long', {
    Size: String(bytes),
    MaxSizeAllowed: String(limit),
  })

export const metadataTooLarge = (bytes: number, limit: number): ServiceError =>
  error(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
    Size: String(bytes),
    MaxSizeAllowed: String(limit),
  })

/** Its code and text; the gateway says the same of a body that it does not even read. */
export const tooLarge = {
  code: 'EntityTooLarge',
  message: 'Your proposed upload exceeds the maximum allowed size',
  status: 400,
} as const

export const entityTooLarge = (bytes: number, limit: number): ServiceError =>
  error(tooLarge.status, tooLarge.code, tooLarge.message, {
    ProposedSize: String(bytes),
    MaxSizeAllowed: String(limit),
  })

export const preconditionFailed = (condition: string): ServiceError =>
  error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  })

/** What a caller has already; it gets the headers that say so, and no body. */
export const notModified = (headers: Record<string, string>): ServiceError =>
  new ServiceError('NotModified', 'Not Modified', { status: 304, headers })

export const invalidRange = (range: string, size: number): ServiceError =>
  error(416, 'InvalidRange', 'The requested range is not satisfiable', {
    RangeRequested: range,
    ActualObjectSize: String(size),
  })

export const invalidArgument = (message: string, name: string, value: string): ServiceError =>
  error(400, 'InvalidArgument', message, { ArgumentName: name, ArgumentValue: value })

export const invalidRequest = (message: string): ServiceError => error(400, 'InvalidRequest', message)

export const malformedXml = (): ServiceError =>
  error(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )

export const invalidUri = (path: string): ServiceError =>
  error(400, 'InvalidURI', "Couldn't parse the specified URI.", { URI: path })

export const methodNotAllowed = (method: string, level: string): ServiceError =>
  error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    Method: method,
    ResourceType: level.toUpperCase(),
  })

export const accessDenied = (): ServiceError => error(403, 'AccessDenied', 'Access Denied')

export const aclNotSupported = (): ServiceError =>
  error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs')

/** A header whose meaning cannot be kept here; S3 has the same answer for headers of its own kind. */
export const headerNotImplemented = (header: string): ServiceError =>
  error(501, 'NotImplemented', `The s3 header ${header} is not supported here.`, { Header: header })

export const parameterNotImplemented = (parameter: string): ServiceError =>
  error(501, 'NotImplemented', `The s3 parameter ${parameter} is not supported here.`, {
    Parameter: parameter,
  })

export const invalidDigest = (sent: string): ServiceError =>
  error(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.', { 'Content-MD5': sent })

export const badContentMd5 = (expected: string, calculated: string): ServiceError =>
  error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    ExpectedDigest: expected,
    CalculatedDigest: calculated,
  })

export const badChecksum = (algorithm: string): ServiceError =>
  error(400, 'BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)

export const contentSha256Mismatch = (sent: string, calculated: string): ServiceError =>
  error(
    400,
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: sent, S3ComputedContentSHA256: calculated },
  )
