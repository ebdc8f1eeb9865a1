import type { BrokerSettings, DeclaredMapping } from '../../services/lambda/index.ts'
import type { BrokerMappingSettings } from '../../sources/index.ts'
import type { BrokerConnection, DeclaredBroker } from './connections.ts'

/** AWS's batching window for brokers when none is set. */
const USUAL_WINDOW_MS = 500

/** The Lambda API's settings of a mapping as the engine knows them. */
export function engineSettings(
  { eventSourceArn, settings }: { readonly eventSourceArn: string | null; readonly settings: BrokerSettings },
  connection: BrokerConnection,
): BrokerMappingSettings {
  return {
    sourceArn: eventSourceArn,
    channel: [...settings.topics, ...settings.queues][0] ?? '',
    virtualHost: settings.virtualHost ?? '/',
    bootstrapServers: 'servers' in connection ? connection.servers : [],
    consumerGroupId: settings.consumerGroupId,
    startingPosition: settings.startingPosition ?? 'TRIM_HORIZON',
    startingTimestampMs: settings.startingTimestampMs,
    batchSize: settings.batchSize,
    windowMs: settings.windowMs ?? USUAL_WINDOW_MS,
    provisionedPollers: settings.provisionedPollers,
    maximumRetryAttempts: settings.maximumRetryAttempts,
    maximumRecordAgeMs: settings.maximumRecordAgeMs,
    bisectsOnError: settings.bisectsOnError,
    reportsItemFailures: settings.reportsItemFailures,
    filters: settings.filters,
    metrics: settings.metrics,
    isEnabled: settings.isEnabled,
  }
}

/** A mapping of `lambda.yml` as the Lambda API keeps it. */
export function declaredMapping({
  functionName,
  settings,
  connection,
  access,
}: DeclaredBroker): DeclaredMapping {
  const { source } = connection
  const isKafka = source === 'kafka' || source === 'msk'
  return {
    functionName,
    qualifier: null,
    eventSourceArn: settings.sourceArn,
    settings: {
      kind: 'broker',
      source: source === 'kafka' ? 'selfManagedKafka' : source === 'msk' ? 'msk' : 'mq',
      batchSize: settings.batchSize,
      windowMs: settings.windowMs,
      filters: settings.filters,
      metrics: settings.metrics,
      reportsItemFailures: settings.reportsItemFailures,
      isEnabled: settings.isEnabled,
      bootstrapServers: source === 'kafka' ? settings.bootstrapServers : [],
      topics: isKafka ? [settings.channel] : [],
      queues: isKafka ? [] : [settings.channel],
      consumerGroupId: settings.consumerGroupId,
      virtualHost: settings.virtualHost === '/' ? null : settings.virtualHost,
      sourceAccess: access,
      startingPosition: isKafka ? settings.startingPosition : null,
      startingTimestampMs: settings.startingTimestampMs,
      provisionedPollers: settings.provisionedPollers,
      maximumRetryAttempts: settings.maximumRetryAttempts,
      maximumRecordAgeMs: settings.maximumRecordAgeMs,
      bisectsOnError: settings.bisectsOnError,
      onFailureArn: null,
    },
  }
}
