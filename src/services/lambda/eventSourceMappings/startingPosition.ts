import * as errors from '../errors.ts'
import type { CreateInput } from './input.ts'
import type { StartingPosition } from './settings.ts'
import type { SourceKind } from './sourceKind.ts'

const REQUIRED: ReadonlySet<SourceKind> = new Set(['kinesis', 'dynamodb', 'msk', 'documentDb'])

/** Where reading is to begin; the time in epoch milliseconds. */
export interface ReadPosition {
  readonly startingPosition: StartingPosition | null
  readonly startingTimestampMs: number | null
}

/** Reads where a new mapping begins; kinds that have no positions answer `null`. */
export function readStartingPosition(kind: SourceKind, input: CreateInput, nowMs: number): ReadPosition {
  const { StartingPosition: given, EventSourceArn: arn, StartingPositionTimestamp: seconds } = input
  // Not a ValidationException, though it reads like one.
  if (!given && REQUIRED.has(kind))
    throw errors.invalidParameterValue(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    )
  if (kind === 'dynamodb' && given === 'AT_TIMESTAMP')
    throw errors.invalidParameterValue(`Unsupported starting position for arn type: ${arn}`)
  const startingTimestampMs = typeof seconds === 'number' ? Math.round(seconds * 1_000) : null
  checkTime(given, startingTimestampMs, nowMs)
  return { startingPosition: (given as StartingPosition | undefined) ?? usualOf(kind), startingTimestampMs }
}

const usualOf = (kind: SourceKind): StartingPosition | null =>
  kind === 'selfManagedKafka' ? 'TRIM_HORIZON' : null

function checkTime(position: string | null | undefined, timeMs: number | null, nowMs: number): void {
  if (position === 'AT_TIMESTAMP' && timeMs === null)
    throw errors.invalidParameterValue(
      'StartingPositionTimestamp is required when StartingPosition is AT_TIMESTAMP.',
    )
  if (position !== 'AT_TIMESTAMP' && timeMs !== null)
    throw errors.invalidParameterValue(
      'StartingPositionTimestamp can be set only when StartingPosition is AT_TIMESTAMP.',
    )
  if (timeMs !== null && timeMs > nowMs)
    throw errors.invalidParameterValue('StartingPositionTimestamp cannot be in the future.')
}
