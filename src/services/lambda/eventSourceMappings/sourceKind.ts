import * as errors from '../errors.ts'
import type { CreateInput } from './input.ts'
import type { DeclaredMapping } from './mapping.ts'

/** The kinds of sources that Lambda reads. */
export type SourceKind = 'sqs' | 'kinesis' | 'dynamodb' | 'msk' | 'selfManagedKafka' | 'mq' | 'documentDb'

const KIND_OF_SERVICE: Readonly<Record<string, SourceKind>> = {
  sqs: 'sqs',
  kinesis: 'kinesis',
  dynamodb: 'dynamodb',
  kafka: 'msk',
  mq: 'mq',
  rds: 'documentDb',
}

const NAMES: Readonly<Record<SourceKind, string>> = {
  sqs: 'SQS',
  kinesis: 'Kinesis',
  dynamodb: 'DynamoDB',
  msk: 'Amazon MSK',
  selfManagedKafka: 'self-managed Apache Kafka',
  mq: 'Amazon MQ',
  documentDb: 'Amazon DocumentDB',
}

/** As messages call it. */
export const nameOf = (kind: SourceKind): string => NAMES[kind]

/** Which kind of source a request means. */
export function sourceKindOf(input: CreateInput): SourceKind {
  if (input.SelfManagedEventSource) {
    if (!input.SourceAccessConfigurations) throw missing('sourceAccessConfigurations')
    return 'selfManagedKafka'
  }
  const kind = kindOfArn(input.EventSourceArn ?? '')
  if (kind === undefined) throw errors.invalidParameterValue('Unrecognized event source.')
  return kind
}

/** Which kind of source a mapping that is kept reads. */
export function kindOf({
  settings,
  eventSourceArn,
}: Pick<DeclaredMapping, 'settings' | 'eventSourceArn'>): SourceKind {
  if (settings.kind === 'broker') return settings.source
  if (settings.kind === 'queue') return 'sqs'
  return kindOfArn(eventSourceArn ?? '') === 'dynamodb' ? 'dynamodb' : 'kinesis'
}

function kindOfArn(arn: string): SourceKind | undefined {
  const service = arn.split(':')[2] ?? ''
  return Object.hasOwn(KIND_OF_SERVICE, service) ? KIND_OF_SERVICE[service] : undefined
}

/** What is said of a parameter without which a source of that kind cannot be read. */
export const missing = (member: string): Error =>
  errors.invalidParameterValue(`Required '${member}' parameter is missing.`)

/** What is said of a source that is fine, and that nothing here can read. */
export function notHosted(kind: SourceKind): Error {
  const what = `Event source mappings of ${NAMES[kind]} are not supported`
  const endpoint = ENDPOINTS[kind]
  return errors.invalidParameterValue(
    endpoint === undefined
      ? `${what} by this version.`
      : `${what} without a broker to read: set \`${endpoint}\` in lambda.yml.`,
  )
}

const ENDPOINTS: Readonly<Partial<Record<SourceKind, string>>> = {
  msk: 'endpoints.kafka',
  selfManagedKafka: 'endpoints.kafka',
  mq: 'endpoints.rabbitmq` or `endpoints.activemq',
}
