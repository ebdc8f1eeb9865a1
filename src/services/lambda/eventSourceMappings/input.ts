import {
  listOf,
  longest,
  matching,
  oneOf,
  refuse,
  required,
  typed,
  typedList,
  within,
} from '../constraints.ts'
import type * as errors from '../errors.ts'
import { accessViolations, BROKER_BLOCKS, brokerViolations, checkBrokerTypes } from './brokerInput.ts'

/** What `CreateEventSourceMapping` and `UpdateEventSourceMapping` have in common. */
export interface SettingsInput {
  readonly FunctionName?: string | null
  readonly Enabled?: boolean | null
  readonly BatchSize?: number | null
  readonly MaximumBatchingWindowInSeconds?: number | null
  readonly FilterCriteria?: {
    readonly Filters?: readonly { readonly Pattern?: string | null }[] | null
  } | null
  readonly DestinationConfig?: DestinationInput | null
  readonly FunctionResponseTypes?: readonly string[] | null
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number | null } | null
  readonly ProvisionedPollerConfig?: {
    readonly MinimumPollers?: number | null
    readonly MaximumPollers?: number | null
    readonly PollerGroupName?: string | null
  } | null
  readonly MetricsConfig?: { readonly Metrics?: readonly string[] | null } | null
  readonly KMSKeyArn?: string | null
  readonly ParallelizationFactor?: number | null
  readonly MaximumRecordAgeInSeconds?: number | null
  readonly MaximumRetryAttempts?: number | null
  readonly BisectBatchOnFunctionError?: boolean | null
  readonly TumblingWindowInSeconds?: number | null
  readonly SourceAccessConfigurations?: readonly SourceAccessInput[] | null
  readonly AmazonManagedKafkaEventSourceConfig?: KafkaInput | null
  readonly SelfManagedKafkaEventSourceConfig?: KafkaInput | null
  readonly DocumentDBEventSourceConfig?: {
    readonly DatabaseName?: string | null
    readonly CollectionName?: string | null
    readonly FullDocument?: string | null
  } | null
  readonly LoggingConfig?: { readonly SystemLogLevel?: string | null } | null
}

export interface SourceAccessInput {
  readonly Type?: string | null
  readonly URI?: string | null
}

export interface KafkaInput {
  readonly ConsumerGroupId?: string | null
  readonly SchemaRegistryConfig?: object | null
}

interface DestinationInput {
  readonly OnSuccess?: { readonly Destination?: string | null } | null
  readonly OnFailure?: { readonly Destination?: string | null } | null
}

export interface CreateInput extends SettingsInput {
  readonly EventSourceArn?: string | null
  readonly StartingPosition?: string | null
  /** Epoch seconds. */
  readonly StartingPositionTimestamp?: number | null
  readonly SelfManagedEventSource?: {
    readonly Endpoints?: { readonly KAFKA_BOOTSTRAP_SERVERS?: readonly string[] | null } | null
  } | null
  readonly Topics?: readonly string[] | null
  readonly Queues?: readonly string[] | null
  readonly Tags?: Readonly<Record<string, string>> | null
}

export interface UpdateInput extends SettingsInput {
  readonly UUID: string
}

const ARN = String.raw`arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`
const arn =
  /^arn:aws[a-zA-Z0-9-]*:[a-zA-Z0-9-]+:(?:(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d)?:(?:\d{12})?:.*$/
const KEY_ARN = String.raw`(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()`
const keyArn = /^(?:arn:(?:aws[a-zA-Z-]*)?:[a-z0-9\-.]+:.*)?$/

const DESTINATION = String.raw`$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`
const destination =
  /^(?:|kafka:\/\/[^.][a-zA-Z0-9\-_.]{0,248}|arn:aws[a-zA-Z0-9-]*:[a-zA-Z0-9-]+:(?:[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d)?:(?:\d{12})?:.*)$/
const LONGEST_DESTINATION = 350

const LONGEST_PATTERN = 4_096
const RESPONSE_TYPES = ['ReportBatchItemFailures']
const METRICS = ['EventCount', 'ErrorCount', 'KafkaMetrics']
/** In the order of AWS's message. */
const STARTING_POSITIONS = ['LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON']

/** Checks each member by itself, whatever the source is. */
export function checkCreate(input: CreateInput): void {
  checkTypes(input)
  typed('EventSourceArn', input.EventSourceArn, 'string')
  typed('StartingPosition', input.StartingPosition, 'string')
  typed('StartingPositionTimestamp', input.StartingPositionTimestamp, 'number')
  typed('SelfManagedEventSource', input.SelfManagedEventSource, 'object')
  typed('Endpoints', input.SelfManagedEventSource?.Endpoints, 'object')
  typedList('Topics', input.Topics, 'string')
  typedList('Queues', input.Queues, 'string')
  typed('Tags', input.Tags, 'object')
  refuse(
    matching('eventSourceArn', input.EventSourceArn ?? undefined, ARN, arn),
    required('functionName', input.FunctionName),
    violations(input),
    oneOf('startingPosition', input.StartingPosition ?? undefined, STARTING_POSITIONS),
    brokerViolations(input),
  )
}

/** Likewise for an update. */
export function checkUpdate(input: UpdateInput): void {
  checkTypes(input)
  refuse(violations(input), accessViolations(input))
}

function checkTypes(input: SettingsInput): void {
  for (const member of ['FunctionName', 'KMSKeyArn'] as const) typed(member, input[member], 'string')
  for (const member of NUMBERS) typed(member, input[member], 'integer')
  for (const member of ['Enabled', 'BisectBatchOnFunctionError'] as const)
    typed(member, input[member], 'boolean')
  for (const member of BLOCKS) typed(member, input[member], 'object')
  for (const side of ['OnSuccess', 'OnFailure'] as const) {
    typed(side, input.DestinationConfig?.[side], 'object')
    typed('Destination', input.DestinationConfig?.[side]?.Destination, 'string')
  }
  typed('MaximumConcurrency', input.ScalingConfig?.MaximumConcurrency, 'integer')
  typed('MinimumPollers', input.ProvisionedPollerConfig?.MinimumPollers, 'integer')
  typed('MaximumPollers', input.ProvisionedPollerConfig?.MaximumPollers, 'integer')
  typedList('FunctionResponseTypes', input.FunctionResponseTypes, 'string')
  typedList('Metrics', input.MetricsConfig?.Metrics, 'string')
  typedList('Filters', input.FilterCriteria?.Filters, 'object')
  for (const filter of input.FilterCriteria?.Filters ?? []) typed('Pattern', filter.Pattern, 'string')
  checkBrokerTypes(input)
}

const NUMBERS = [
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ParallelizationFactor',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'TumblingWindowInSeconds',
] as const

const BLOCKS = [
  'FilterCriteria',
  'DestinationConfig',
  'ScalingConfig',
  'ProvisionedPollerConfig',
  'MetricsConfig',
  'LoggingConfig',
  ...BROKER_BLOCKS,
] as const

const violations = (input: SettingsInput): errors.Violation[] => [
  ...within('batchSize', input.BatchSize ?? undefined, 1, 10_000),
  ...(input.FilterCriteria?.Filters ?? []).flatMap(({ Pattern }, index) =>
    longest(`filterCriteria.filters.${index + 1}.member.pattern`, Pattern ?? undefined, LONGEST_PATTERN),
  ),
  ...within('maximumBatchingWindowInSeconds', input.MaximumBatchingWindowInSeconds ?? undefined, 0, 300),
  ...within('parallelizationFactor', input.ParallelizationFactor ?? undefined, 1, 10),
  ...destinationViolations('onSuccess', input.DestinationConfig?.OnSuccess?.Destination),
  ...destinationViolations('onFailure', input.DestinationConfig?.OnFailure?.Destination),
  ...within('maximumRecordAgeInSeconds', input.MaximumRecordAgeInSeconds ?? undefined, -1, 604_800),
  ...within('maximumRetryAttempts', input.MaximumRetryAttempts ?? undefined, -1, 10_000),
  ...within('tumblingWindowInSeconds', input.TumblingWindowInSeconds ?? undefined, 0, 900),
  ...listOf('functionResponseTypes', input.FunctionResponseTypes, RESPONSE_TYPES, 1),
  ...within(
    'scalingConfig.maximumConcurrency',
    input.ScalingConfig?.MaximumConcurrency ?? undefined,
    2,
    1_000,
  ),
  ...matching('kMSKeyArn', input.KMSKeyArn ?? undefined, KEY_ARN, keyArn),
  ...listOf('metricsConfig.metrics', input.MetricsConfig?.Metrics, METRICS, 3),
  ...within(
    'provisionedPollerConfig.minimumPollers',
    input.ProvisionedPollerConfig?.MinimumPollers ?? undefined,
    1,
    200,
  ),
  ...within(
    'provisionedPollerConfig.maximumPollers',
    input.ProvisionedPollerConfig?.MaximumPollers ?? undefined,
    1,
    2_000,
  ),
]

const destinationViolations = (side: string, given: string | null | undefined): errors.Violation[] => {
  const path = `destinationConfig.${side}.destination`
  return [
    ...longest(path, given ?? undefined, LONGEST_DESTINATION),
    ...matching(path, given ?? undefined, DESTINATION, destination),
  ]
}
