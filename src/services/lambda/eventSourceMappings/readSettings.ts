import { compilePattern, eventSourceMapping, PatternError } from '../../../patterns/index.ts'
import type { JsonValue } from '../../../system/index.ts'
import * as errors from '../errors.ts'
import type { SettingsInput } from './input.ts'
import { isFifo, type MappingSettings } from './mapping.ts'
import type { SourceKind } from './sourceKind.ts'

export const defaultSettings: MappingSettings = {
  batchSize: 10,
  windowMs: 0,
  reportsItemFailures: false,
  maximumConcurrency: null,
  provisionedPollers: null,
  filters: [],
  metrics: [],
  isEnabled: true,
}

const MOST_FILTERS = 10
const FEWEST_POLLERS = 2
const USUAL_MOST_POLLERS = 200
/** Above this a batch needs a window. */
const MOST_WITHOUT_WINDOW = 10
const SHORTEST_RECORD_AGE = 60

/** Parameters that say nothing to a queue. */
const NOT_FOR_QUEUES = [
  'ParallelizationFactor',
  'StartingPositionTimestamp',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'TumblingWindowInSeconds',
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
  'LoggingConfig',
] as const

/** Refuses what no kind of source has, before anybody asks for the kind. */
export function checkDestination({ DestinationConfig: to }: SettingsInput): void {
  if (to?.OnSuccess) throw unsupported('DestinationConfig')
}

/** Refuses what a source of this kind has no use for. */
export function checkSupported(kind: SourceKind, input: SettingsInput): void {
  const { DestinationConfig: to, MaximumRecordAgeInSeconds: age } = input
  if (kind === 'sqs') {
    if (to?.OnFailure?.Destination) throw unsupported('DestinationConfig')
    const given = input as Readonly<Record<string, unknown>>
    for (const member of NOT_FOR_QUEUES)
      if (given[member] !== undefined && given[member] !== null) throw unsupported(member)
    if (input.ProvisionedPollerConfig?.PollerGroupName) throw unsupported('PollerGroupName')
  } else if (typeof age === 'number' && age !== -1 && age < SHORTEST_RECORD_AGE)
    throw errors.invalidParameterValue(
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    )
}

const unsupported = (member: string): Error =>
  errors.invalidParameterValue(`Unsupported ${member} parameter for given event source mapping type.`)

/** The settings after a request: what it does not mention stays, and empty blocks take away what was there. */
export function settingsAfter(before: MappingSettings, input: SettingsInput): MappingSettings {
  const { FilterCriteria: criteria, ScalingConfig: scaling, MetricsConfig: metrics } = input
  return {
    batchSize: input.BatchSize ?? before.batchSize,
    windowMs: secondsToMs(input.MaximumBatchingWindowInSeconds) ?? before.windowMs,
    reportsItemFailures: input.FunctionResponseTypes
      ? input.FunctionResponseTypes.length > 0
      : before.reportsItemFailures,
    maximumConcurrency: scaling ? (scaling.MaximumConcurrency ?? null) : before.maximumConcurrency,
    provisionedPollers: input.ProvisionedPollerConfig
      ? pollersOf(input.ProvisionedPollerConfig)
      : before.provisionedPollers,
    filters: criteria ? (criteria.Filters ?? []).map(({ Pattern }) => Pattern ?? '') : before.filters,
    metrics: metrics ? (metrics.Metrics ?? []) : before.metrics,
    isEnabled: input.Enabled ?? before.isEnabled,
  }
}

const secondsToMs = (seconds: number | null | undefined): number | undefined =>
  typeof seconds === 'number' ? seconds * 1_000 : undefined

function pollersOf(
  given: NonNullable<SettingsInput['ProvisionedPollerConfig']>,
): MappingSettings['provisionedPollers'] {
  const { MinimumPollers, MaximumPollers } = given
  const isGiven = typeof MinimumPollers === 'number' || typeof MaximumPollers === 'number'
  if (!isGiven) return null
  const minimum = MinimumPollers ?? FEWEST_POLLERS
  return { minimum, maximum: MaximumPollers ?? Math.max(minimum, USUAL_MOST_POLLERS) }
}

/** Checks settings against each other and against what their queue can do. */
export function checkQueueSettings(settings: MappingSettings, queueArn: string): void {
  const { batchSize, windowMs, maximumConcurrency, provisionedPollers, metrics } = settings
  if (isFifo(queueArn) && windowMs > 0)
    throw errors.invalidParameterValue('Batching window is not supported for FIFO queues')
  if (batchSize > MOST_WITHOUT_WINDOW && windowMs === 0)
    throw errors.invalidParameterValue(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    )
  if (maximumConcurrency !== null && provisionedPollers !== null)
    throw errors.invalidParameterValue(
      'ScalingConfig and ProvisionedPollerConfig cannot be set at the same time.',
    )
  if (provisionedPollers !== null) checkPollers(provisionedPollers)
  const foreign = metrics.find((name) => name !== 'EventCount')
  if (foreign !== undefined)
    throw errors.invalidParameterValue(`The metric ${foreign} is not supported for SQS event sources.`)
  checkFilters(settings.filters)
}

function checkPollers({ minimum, maximum }: { minimum: number; maximum: number }): void {
  for (const [member, value] of [
    ['MinimumPollers', minimum],
    ['MaximumPollers', maximum],
  ] as const)
    if (value < FEWEST_POLLERS)
      throw errors.invalidParameterValue(
        `${member} must be at least ${FEWEST_POLLERS} for SQS event sources.`,
      )
  if (maximum < minimum)
    throw errors.invalidParameterValue('MaximumPollers must be greater than or equal to MinimumPollers.')
}

function checkFilters(filters: readonly string[]): void {
  if (filters.length > MOST_FILTERS)
    throw errors.invalidParameterValue(`A mapping has at most ${MOST_FILTERS} filters.`)
  for (const text of filters) {
    try {
      compilePattern(JSON.parse(text) as JsonValue, eventSourceMapping)
    } catch (error) {
      if (error instanceof PatternError || error instanceof SyntaxError)
        throw errors.invalidParameterValue('Invalid filter pattern definition.')
      throw error
    }
  }
}
