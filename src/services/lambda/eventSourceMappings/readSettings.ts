import * as errors from '../errors.ts'
import { brokerSettingsAfter, checkBrokerSettings, newBrokerSettings } from './brokerSettings.ts'
import { checkFilters } from './filters.ts'
import type { CreateInput, SettingsInput } from './input.ts'
import type { EventSourceMapping } from './mapping.ts'
import { checkQueueSettings, newQueueSettings, queueSettingsAfter } from './queueSettings.ts'
import type { MappingSettings } from './settings.ts'
import { nameOf, type SourceKind } from './sourceKind.ts'
import { readStartingPosition } from './startingPosition.ts'
import { checkStreamSettings, newStreamSettings, streamSettingsAfter } from './streamSettings.ts'

/** The settings of a new mapping, with AWS's defaults. `undefined`: of a kind that is checked here and not kept. */
export function newSettings(
  kind: SourceKind,
  input: CreateInput,
  nowMs: number,
): MappingSettings | undefined {
  const position = readStartingPosition(kind, input, nowMs)
  switch (kind) {
    case 'sqs':
      return newQueueSettings(input)
    case 'kinesis':
    case 'dynamodb':
      return newStreamSettings(input, position)
    case 'msk':
    case 'selfManagedKafka':
    case 'mq':
      return newBrokerSettings(kind, input, position)
    case 'documentDb':
      return undefined
  }
}

/** The settings after a request: what it does not mention stays, and empty blocks take away what was there. */
export function settingsAfter(
  { uuid, settings: before }: Pick<EventSourceMapping, 'uuid' | 'settings'>,
  input: SettingsInput,
): MappingSettings {
  switch (before.kind) {
    case 'queue':
      return queueSettingsAfter(before, input)
    case 'stream':
      return streamSettingsAfter(before, input)
    case 'broker':
      return brokerSettingsAfter(before, input, uuid)
  }
}

/** Checks settings against each other and against what their source can do. */
export function checkSettings(kind: SourceKind, settings: MappingSettings, arn: string | null): void {
  if (settings.kind === 'queue') checkQueueSettings(settings, arn ?? '')
  if (settings.kind === 'stream') checkStreamSettings(settings)
  if (settings.kind === 'broker') checkBrokerSettings(settings)
  // Kafka has the others on AWS, where nothing here counts them.
  const foreign = settings.metrics.find((name) => name !== 'EventCount')
  if (foreign !== undefined)
    throw errors.invalidParameterValue(
      `The metric ${foreign} is not supported for ${nameOf(kind)} event sources${isKafka(kind) ? ' by this version' : ''}.`,
    )
  checkFilters(kind, settings.filters)
}

const isKafka = (kind: SourceKind): boolean => kind === 'msk' || kind === 'selfManagedKafka'
