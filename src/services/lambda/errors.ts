import { ServiceError } from '../operation.ts'

/** Lambda's errors; which letter case a message has, and whether there is a `Type`, differs from one to the next. */

const user = { Type: 'User' }

export const functionNotFound = (arn: string): ServiceError => resourceNotFound(`Function not found: ${arn}`)

export const otherRegion = (theirs: string, ours: string): ServiceError =>
  resourceNotFound(`Functions from '${theirs}' are not reachable in this region ('${ours}')`)

export const resourceNotFound = (message: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', message, {
    status: 404,
    messageMember: 'Message',
    details: user,
  })

export const aliasNotFound = (arn: string): ServiceError => resourceNotFound(`Cannot find alias arn: ${arn}`)

/** What operations on function URLs say. */
export const functionDoesNotExist = (): ServiceError => resourceNotFound('Function does not exist')

/** Of a policy, a function URL or a mapping that is not there. */
export const noSuchResource = (): ServiceError =>
  resourceNotFound('The resource you requested does not exist.')

export const noCodeSigningConfig = (arn: string): ServiceError =>
  new ServiceError(
    'CodeSigningConfigNotFoundException',
    `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`,
    { status: 404, messageMember: 'Message', details: user },
  )

export const noEventInvokeConfig = (arn: string): ServiceError =>
  resourceNotFound(`The function ${arn} doesn't have an EventInvokeConfig`)

export const ownDestination = (): ServiceError =>
  invalidParameterValue("You can't specify the function as a destination for itself.")

export const invalidDestination = (arn: string): ServiceError =>
  invalidParameterValue(`The destination ARN ${arn} is invalid.`)

export const invalidDestinations = (
  onSuccess: string | undefined,
  onFailure: string | undefined,
): ServiceError => {
  const success = onSuccess === undefined ? 'null' : `OnSuccess(destination=${onSuccess})`
  const failure = onFailure === undefined ? 'null' : `OnFailure(destination=${onFailure})`
  return invalidParameterValue(
    `The provided destination config DestinationConfig(onSuccess=${success}, onFailure=${failure}) is invalid.`,
  )
}

/** Another account's function; AWS does not even say so, the message is null. */
export const accessDenied = (): ServiceError =>
  new ServiceError('AccessDeniedException', '', { status: 403, messageMember: 'Message' })

export const qualifierMismatch = (): ServiceError =>
  invalidParameterValue(
    'The derived qualifier from the function name does not match the specified qualifier.',
  )

export const invalidParameterValue = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValueException', message, { details: user })

export const policyTooLong = (bytes: number, limitBytes: number): ServiceError =>
  new ServiceError(
    'PolicyLengthExceededException',
    `The final policy size (${bytes}) is bigger than the limit (${limitBytes}).`,
    { details: user },
  )

export const invalidRequestContent = (message: string): ServiceError =>
  new ServiceError('InvalidRequestContentException', message, { details: user })

export const unreadableMember = (member: string, value: unknown, type: string): ServiceError =>
  new ServiceError(
    'SerializationException',
    `${typeName(value)} value can not be converted to ${type}: ${member}`,
  )

const typeName = (value: unknown): string => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

export const preconditionFailed = (): ServiceError =>
  new ServiceError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    { status: 412, details: user },
  )

export const resourceConflict = (message: string): ServiceError =>
  new ServiceError('ResourceConflictException', message, { status: 409, details: user })

export const resourceInUse = (message: string): ServiceError =>
  new ServiceError('ResourceInUseException', message, { messageMember: 'Message', details: user })

export const unparsablePayload = (detail: string): ServiceError =>
  invalidRequestContent(
    `Could not parse request body into json: Could not parse payload into json: ${detail}`,
  )

export const packageTooLarge = (limitBytes: number): ServiceError =>
  new ServiceError('RequestEntityTooLargeException', `Zipped size must be smaller than ${limitBytes} bytes`, {
    status: 413,
    messageMember: 'Message',
  })

export const updateInProgress = (arn: string): ServiceError =>
  resourceConflict(
    `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
  )

export const eventTooLarge = (bytes: number, limitBytes: number): ServiceError =>
  new ServiceError(
    'RequestEntityTooLargeException',
    `${bytes} byte payload is too large for the Event invocation type (limit ${limitBytes} bytes)`,
    { status: 413, messageMember: 'Message' },
  )

export const throttled = (reason: string): ServiceError =>
  new ServiceError('TooManyRequestsException', 'Rate Exceeded.', {
    status: 429,
    details: { Reason: reason, ...user },
    headers: { 'Retry-After': '1' },
  })

export const noProvisionedConcurrency = (): ServiceError =>
  new ServiceError(
    'ProvisionedConcurrencyConfigNotFoundException',
    'No Provisioned Concurrency Config found for this function',
    { status: 404, details: user },
  )

/** An alias and its version cannot both have provisioned concurrency. */
export const versionProvisioned = (): ServiceError =>
  resourceConflict(
    "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
  )

export const notPublished = (): ServiceError =>
  invalidParameterValue('The function resource provided must be an alias or a published version.')

export const unpublishedProvisioned = (): ServiceError =>
  invalidParameterValue('Provisioned Concurrency Configs cannot be applied to unpublished function versions.')

/** The spaces are AWS's, and so is that this one error has no `Type`. */
export const reservedBelowProvisioned = (reserved: number, provisioned: number): ServiceError =>
  new ServiceError(
    'InvalidParameterValueException',
    ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`,
  )

/** The function has run too often in one chain of events; AWS's own text is not recorded anywhere. */
export const recursionStopped = (): ServiceError =>
  new ServiceError(
    'RecursiveInvocationException',
    'Lambda has detected your function being invoked in a recursive loop and stopped the invocation.',
    { messageMember: 'Message', details: user },
  )

export const serviceFailure = (message: string): ServiceError =>
  new ServiceError('ServiceException', message, { status: 500, messageMember: 'Message' })

/** One member that breaks its constraint. */
export interface Violation {
  /** `null` for a member that is missing. */
  readonly value: string | null
  /** `functionName`: the member in lower camel case. */
  readonly path: string
  /** `Member must satisfy ...` */
  readonly constraint: string
}

export function validation(violations: readonly Violation[]): ServiceError {
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: `
  const texts = violations.map(
    ({ value, path, constraint }) =>
      `Value ${value === null ? 'null' : `'${value}'`} at '${path}' failed to satisfy constraint: ${constraint}`,
  )
  return new ServiceError('ValidationException', count + texts.join('; '))
}
