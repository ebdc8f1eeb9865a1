import {
  checkOnFailure,
  commonAfter,
  newCommonSettings,
  newRetrySettings,
  retriesAfter,
  secondsToMs,
} from './commonSettings.ts'
import type { SettingsInput } from './input.ts'
import type { StreamSettings } from './settings.ts'
import type { ReadPosition } from './startingPosition.ts'

const USUAL_BATCH_SIZE = 100

export const newStreamSettings = (input: SettingsInput, position: ReadPosition): StreamSettings =>
  streamSettingsAfter(
    {
      kind: 'stream',
      ...newCommonSettings(USUAL_BATCH_SIZE),
      ...newRetrySettings,
      startingPosition: position.startingPosition ?? 'TRIM_HORIZON',
      startingTimestampMs: position.startingTimestampMs,
      windowMs: 0,
      parallelizationFactor: 1,
      tumblingWindowMs: 0,
    },
    input,
  )

export const streamSettingsAfter = (before: StreamSettings, input: SettingsInput): StreamSettings => ({
  ...before,
  ...commonAfter(before, input),
  ...retriesAfter(before, input),
  windowMs: secondsToMs(input.MaximumBatchingWindowInSeconds) ?? before.windowMs,
  parallelizationFactor: input.ParallelizationFactor ?? before.parallelizationFactor,
  tumblingWindowMs: secondsToMs(input.TumblingWindowInSeconds) ?? before.tumblingWindowMs,
})

export function checkStreamSettings({ onFailureArn }: StreamSettings): void {
  checkOnFailure(onFailureArn)
}
