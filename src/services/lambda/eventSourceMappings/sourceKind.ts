import * as errors from '../errors.ts'
import type { CreateInput } from './input.ts'

/** The kinds of sources that Lambda reads; only queues are hosted here. */
export type SourceKind = 'sqs' | 'kinesis' | 'dynamodb' | 'msk' | 'selfManagedKafka' | 'mq' | 'documentDb'

const KIND_OF_SERVICE: Readonly<Record<string, SourceKind>> = {
  sqs: 'sqs',
  kinesis: 'kinesis',
  dynamodb: 'dynamodb',
  kafka: 'msk',
  mq: 'mq',
  rds: 'documentDb',
}

const NAMES: Readonly<Partial<Record<SourceKind, string>>> = {
  msk: 'Amazon MSK',
  selfManagedKafka: 'self-managed Apache Kafka',
  mq: 'Amazon MQ',
  documentDb: 'Amazon DocumentDB',
}

/** Which kind of source a request means. */
export function sourceKindOf(input: CreateInput): SourceKind {
  if (input.SelfManagedEventSource) {
    if (!input.SourceAccessConfigurations)
      throw errors.invalidParameterValue("Required 'sourceAccessConfigurations' parameter is missing.")
    return 'selfManagedKafka'
  }
  const service = input.EventSourceArn?.split(':')[2] ?? ''
  const kind = Object.hasOwn(KIND_OF_SERVICE, service) ? KIND_OF_SERVICE[service] : undefined
  if (kind === undefined) throw errors.invalidParameterValue('Unrecognized event source.')
  return kind
}

/** Checks where reading is to begin, as far as the kind of the source decides. */
export function checkStartingPosition(kind: SourceKind, input: CreateInput): void {
  const { StartingPosition: position, EventSourceArn: arn } = input
  if (kind === 'sqs' && position)
    throw errors.invalidParameterValue('StartingPosition is not valid for SQS event sources.')
  if (kind !== 'kinesis' && kind !== 'dynamodb') return
  // Not a ValidationException, though it reads like one.
  if (!position)
    throw errors.invalidParameterValue(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    )
  if (kind === 'dynamodb' && position === 'AT_TIMESTAMP')
    throw errors.invalidParameterValue(`Unsupported starting position for arn type: ${arn}`)
}

/** What is said of a source that no service here has. */
export function notHosted(kind: SourceKind, arn: string): Error {
  const name = NAMES[kind]
  return errors.invalidParameterValue(
    name === undefined
      ? `Stream not found: ${arn}`
      : `Event source mappings of ${name} are not supported by this version.`,
  )
}
