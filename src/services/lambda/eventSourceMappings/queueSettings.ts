import * as errors from '../errors.ts'
import { checkPollers, commonAfter, newCommonSettings, pollersOf, secondsToMs } from './commonSettings.ts'
import type { SettingsInput } from './input.ts'
import { isFifo } from './mapping.ts'
import type { Pollers, QueueSettings } from './settings.ts'

const USUAL_POLLERS: Pollers = { minimum: 2, maximum: 200 }
const FEWEST_POLLERS = 2
/** Above this a batch needs a window. */
const MOST_WITHOUT_WINDOW = 10

const untouched: QueueSettings = {
  kind: 'queue',
  ...newCommonSettings(10),
  windowMs: 0,
  maximumConcurrency: null,
  provisionedPollers: null,
}

export const newQueueSettings = (input: SettingsInput): QueueSettings => queueSettingsAfter(untouched, input)

export function queueSettingsAfter(before: QueueSettings, input: SettingsInput): QueueSettings {
  const { ScalingConfig: scaling, ProvisionedPollerConfig: pollers } = input
  return {
    kind: 'queue',
    ...commonAfter(before, input),
    windowMs: secondsToMs(input.MaximumBatchingWindowInSeconds) ?? before.windowMs,
    maximumConcurrency: scaling ? (scaling.MaximumConcurrency ?? null) : before.maximumConcurrency,
    provisionedPollers: pollers ? pollersOf(pollers, USUAL_POLLERS) : before.provisionedPollers,
  }
}

export function checkQueueSettings(settings: QueueSettings, queueArn: string): void {
  const { batchSize, windowMs, maximumConcurrency, provisionedPollers } = settings
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
  if (provisionedPollers !== null) checkQueuePollers(provisionedPollers)
}

function checkQueuePollers(pollers: Pollers): void {
  for (const [member, value] of [
    ['MinimumPollers', pollers.minimum],
    ['MaximumPollers', pollers.maximum],
  ] as const)
    if (value < FEWEST_POLLERS)
      throw errors.invalidParameterValue(
        `${member} must be at least ${FEWEST_POLLERS} for SQS event sources.`,
      )
  checkPollers(pollers)
}
