import * as errors from '../errors.ts'
import { isFifo } from './mapping.ts'
import type { SettingsInput } from './input.ts'
import type { MappingSettings, Pollers, StreamSettings } from './settings.ts'

type Common = Pick<MappingSettings, 'batchSize' | 'filters' | 'metrics' | 'reportsItemFailures' | 'isEnabled'>
type Retries = Pick<
  StreamSettings,
  'maximumRetryAttempts' | 'maximumRecordAgeMs' | 'bisectsOnError' | 'onFailureArn'
>

const DESTINATION_SERVICES = new Set(['sqs', 'sns', 's3'])

export const newCommonSettings = (batchSize: number): Common => ({
  batchSize,
  filters: [],
  metrics: [],
  reportsItemFailures: false,
  isEnabled: true,
})

/** What all kinds have, after a request. */
export function commonAfter(before: Common, input: SettingsInput): Common {
  const { FilterCriteria: criteria, MetricsConfig: metrics, FunctionResponseTypes: responses } = input
  return {
    batchSize: input.BatchSize ?? before.batchSize,
    filters: criteria ? (criteria.Filters ?? []).map(({ Pattern }) => Pattern ?? '') : before.filters,
    metrics: metrics ? (metrics.Metrics ?? []) : before.metrics,
    reportsItemFailures: responses ? responses.length > 0 : before.reportsItemFailures,
    isEnabled: input.Enabled ?? before.isEnabled,
  }
}

export const newRetrySettings: Retries = {
  maximumRetryAttempts: null,
  maximumRecordAgeMs: null,
  bisectsOnError: false,
  onFailureArn: null,
}

/** What sources have that are read again after a failure, after a request. */
export function retriesAfter(before: Retries, input: SettingsInput): Retries {
  const { MaximumRetryAttempts: attempts, MaximumRecordAgeInSeconds: age, DestinationConfig: to } = input
  return {
    maximumRetryAttempts: limitAfter(before.maximumRetryAttempts, attempts),
    maximumRecordAgeMs: limitAfter(before.maximumRecordAgeMs, age, 1_000),
    bisectsOnError: input.BisectBatchOnFunctionError ?? before.bisectsOnError,
    onFailureArn: to ? to.OnFailure?.Destination || null : before.onFailureArn,
  }
}

/** -1 is how AWS writes that there is no limit. */
function limitAfter(before: number | null, given: number | null | undefined, unit = 1): number | null {
  if (typeof given !== 'number') return before
  return given === -1 ? null : given * unit
}

export const secondsToMs = (seconds: number | null | undefined): number | undefined =>
  typeof seconds === 'number' ? seconds * 1_000 : undefined

/** The pollers of provisioned mode; `null` for a block that switches it off. */
export function pollersOf(
  given: NonNullable<SettingsInput['ProvisionedPollerConfig']>,
  usual: Pollers,
): Pollers | null {
  const { MinimumPollers, MaximumPollers } = given
  const isGiven = typeof MinimumPollers === 'number' || typeof MaximumPollers === 'number'
  if (!isGiven) return null
  const minimum = MinimumPollers ?? usual.minimum
  return { minimum, maximum: MaximumPollers ?? Math.max(minimum, usual.maximum) }
}

export function checkPollers({ minimum, maximum }: Pollers): void {
  if (maximum < minimum)
    throw errors.invalidParameterValue('MaximumPollers must be greater than or equal to MinimumPollers.')
}

/** Who is told of records that were given up: a standard queue or topic, or a bucket. */
export function checkOnFailure(arn: string | null): void {
  if (arn === null) return
  const isAllowed = DESTINATION_SERVICES.has(arn.split(':')[2] ?? '') && !isFifo(arn)
  if (!isAllowed) throw errors.invalidDestinations(undefined, arn)
}
