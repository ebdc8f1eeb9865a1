import * as errors from '../errors.ts'
import type { CreateInput, SettingsInput } from './input.ts'
import type { SourceKind } from './sourceKind.ts'

type Kinds = readonly SourceKind[]

const STREAMS: Kinds = ['kinesis', 'dynamodb']
const KAFKA: Kinds = ['msk', 'selfManagedKafka']

/** Parameters that not all kinds of sources have a use for, and the kinds that do. */
const SUPPORTED = {
  EventSourceArn: ['sqs', ...STREAMS, 'msk', 'mq', 'documentDb'],
  StartingPosition: [...STREAMS, ...KAFKA, 'documentDb'],
  StartingPositionTimestamp: ['kinesis', ...KAFKA, 'documentDb'],
  ParallelizationFactor: STREAMS,
  MaximumRecordAgeInSeconds: [...STREAMS, ...KAFKA],
  BisectBatchOnFunctionError: [...STREAMS, ...KAFKA],
  MaximumRetryAttempts: [...STREAMS, ...KAFKA],
  TumblingWindowInSeconds: STREAMS,
  FunctionResponseTypes: ['sqs', ...STREAMS, ...KAFKA],
  FilterCriteria: ['sqs', ...STREAMS, ...KAFKA, 'mq'],
  ScalingConfig: ['sqs'],
  ProvisionedPollerConfig: ['sqs', ...KAFKA],
  Topics: KAFKA,
  Queues: ['mq'],
  SourceAccessConfigurations: [...KAFKA, 'mq', 'documentDb'],
  AmazonManagedKafkaEventSourceConfig: ['msk'],
  SelfManagedKafkaEventSourceConfig: ['selfManagedKafka'],
  DocumentDBEventSourceConfig: ['documentDb'],
  LoggingConfig: KAFKA,
} as const satisfies Readonly<Partial<Record<keyof CreateInput, Kinds>>>

const WITH_DESTINATION: ReadonlySet<SourceKind> = new Set([...STREAMS, ...KAFKA])
const SHORTEST_RECORD_AGE = 60

/** What only a new mapping can say. */
const NOT_UPDATABLE = [
  'EventSourceArn',
  'StartingPosition',
  'StartingPositionTimestamp',
  'SelfManagedEventSource',
  'Topics',
  'Queues',
] as const

/** Refuses what no kind of source has, before anybody asks for the kind. */
export function checkDestination({ DestinationConfig: to }: SettingsInput): void {
  if (to?.OnSuccess) throw unsupported('DestinationConfig')
}

/** Refuses what a source of this kind has no use for. */
export function checkSupported(kind: SourceKind, input: CreateInput): void {
  if (kind === 'sqs' && input.StartingPosition)
    throw errors.invalidParameterValue('StartingPosition is not valid for SQS event sources.')
  for (const [member, kinds] of Object.entries(SUPPORTED) as [keyof CreateInput, Kinds][])
    if (isGiven(input[member]) && !kinds.includes(kind)) throw unsupported(member)
  if (input.DestinationConfig?.OnFailure?.Destination && !WITH_DESTINATION.has(kind))
    throw unsupported('DestinationConfig')
  if (kind === 'sqs' && input.ProvisionedPollerConfig?.PollerGroupName) throw unsupported('PollerGroupName')
  checkRecordAge(input)
}

/** Refuses an update that names what only a new mapping can say: it would be another mapping. */
export function checkUpdatable(kind: SourceKind, input: CreateInput): void {
  for (const member of NOT_UPDATABLE)
    if (isGiven(input[member]))
      throw errors.invalidParameterValue(`${member} cannot be updated. Create another event source mapping.`)
  checkSupported(kind, input)
}

function checkRecordAge({ MaximumRecordAgeInSeconds: age }: SettingsInput): void {
  if (isGiven(age) && age !== -1 && age < SHORTEST_RECORD_AGE)
    throw errors.invalidParameterValue(
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    )
}

export const unsupported = (member: string): Error =>
  errors.invalidParameterValue(`Unsupported ${member} parameter for given event source mapping type.`)

const isGiven = <Value>(value: Value): value is NonNullable<Value> => value !== undefined && value !== null
