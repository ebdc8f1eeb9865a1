import type { RequestContext } from '../../operation.ts'
import type { EventSourceMapping, MappingState } from './mapping.ts'
import type { BrokerSettings, MappingSettings, QueueSettings, StreamSettings } from './settings.ts'

type Account = Pick<RequestContext, 'accountId' | 'region'>

/** What is known of a mapping that runs. */
export interface RunningState {
  readonly problem?: string | undefined
  readonly lastProcessingResult?: string | undefined
}

export const mappingArn = (uuid: string, { accountId, region }: Account): string =>
  `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${uuid}`

/** The ARN with the qualifier that the caller gave, if any. */
export const functionArn = (
  { functionName, qualifier }: Pick<EventSourceMapping, 'functionName' | 'qualifier'>,
  { accountId, region }: Account,
): string =>
  `arn:aws:lambda:${region}:${accountId}:function:${functionName}${qualifier === null ? '' : `:${qualifier}`}`

/** The members in AWS's order. */
const ORDER = [
  'UUID',
  'StartingPosition',
  'StartingPositionTimestamp',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ParallelizationFactor',
  'EventSourceArn',
  'FilterCriteria',
  'FunctionArn',
  'LastModified',
  'LastProcessingResult',
  'State',
  'StateTransitionReason',
  'DestinationConfig',
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
  'SelfManagedEventSource',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'TumblingWindowInSeconds',
  'FunctionResponseTypes',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
  'ScalingConfig',
  'KMSKeyArn',
  'EventSourceMappingArn',
  'MetricsConfig',
  'ProvisionedPollerConfig',
] as const

type Members = Partial<Record<(typeof ORDER)[number], unknown>>

/**
 * A mapping as AWS shows it. Blocks that are not set are absent, and filters that a key of the caller's encrypts are null
 * in lists.
 */
export function shown(
  mapping: EventSourceMapping,
  state: MappingState,
  account: Account,
  options: RunningState & { readonly isListed?: boolean } = {},
): object {
  const { uuid, settings, kmsKeyArn, eventSourceArn } = mapping
  const { filters, metrics } = settings
  const criteria = { Filters: filters.map((Pattern) => ({ Pattern })) }
  const isHidden = options.isListed === true && kmsKeyArn !== null
  const members: Members = {
    UUID: uuid,
    BatchSize: settings.batchSize,
    ...(eventSourceArn !== null && { EventSourceArn: eventSourceArn }),
    ...(filters.length > 0 && { FilterCriteria: isHidden ? null : criteria }),
    FunctionArn: functionArn(mapping, account),
    LastModified: mapping.modifiedMs / 1_000,
    ...lastProcessingResult(settings, options),
    State: state,
    StateTransitionReason: settings.kind === 'stream' ? 'User action' : 'USER_INITIATED',
    ...(kmsKeyArn !== null && { KMSKeyArn: kmsKeyArn }),
    EventSourceMappingArn: mappingArn(uuid, account),
    ...(metrics.length > 0 && { MetricsConfig: { Metrics: metrics } }),
    ...ofKind(mapping),
  }
  return Object.fromEntries(ORDER.flatMap((key) => (key in members ? [[key, members[key]]] : [])))
}

/** On AWS a queue's mapping has none; here it says what keeps it from reading, for as long as that is so. */
function lastProcessingResult(
  settings: MappingSettings,
  { problem, lastProcessingResult: last }: RunningState,
): Members {
  if (problem !== undefined) return { LastProcessingResult: `PROBLEM: ${problem}` }
  return settings.kind === 'queue' ? {} : { LastProcessingResult: last ?? 'No records processed' }
}

function ofKind({ uuid, settings }: EventSourceMapping): Members {
  switch (settings.kind) {
    case 'queue':
      return ofQueue(settings)
    case 'stream':
      return ofStream(settings)
    case 'broker':
      return ofBroker(uuid, settings)
  }
}

const ofQueue = (settings: QueueSettings): Members => ({
  MaximumBatchingWindowInSeconds: settings.windowMs / 1_000,
  FunctionResponseTypes: responseTypes(settings),
  ...(settings.maximumConcurrency !== null && {
    ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency },
  }),
  ...pollers(settings),
})

const ofStream = (settings: StreamSettings): Members => ({
  ...position(settings),
  MaximumBatchingWindowInSeconds: settings.windowMs / 1_000,
  ParallelizationFactor: settings.parallelizationFactor,
  DestinationConfig: {
    OnFailure: settings.onFailureArn === null ? {} : { Destination: settings.onFailureArn },
  },
  MaximumRecordAgeInSeconds: settings.maximumRecordAgeMs === null ? -1 : settings.maximumRecordAgeMs / 1_000,
  BisectBatchOnFunctionError: settings.bisectsOnError,
  MaximumRetryAttempts: settings.maximumRetryAttempts ?? -1,
  TumblingWindowInSeconds: settings.tumblingWindowMs / 1_000,
  FunctionResponseTypes: responseTypes(settings),
})

const ofBroker = (uuid: string, settings: BrokerSettings): Members => ({
  ...position(settings),
  ...(settings.windowMs !== null && { MaximumBatchingWindowInSeconds: settings.windowMs / 1_000 }),
  ...(settings.onFailureArn !== null && {
    DestinationConfig: { OnFailure: { Destination: settings.onFailureArn } },
  }),
  ...(settings.topics.length > 0 && { Topics: settings.topics }),
  ...(settings.queues.length > 0 && { Queues: settings.queues }),
  ...(settings.sourceAccess.length > 0 && {
    SourceAccessConfigurations: settings.sourceAccess.map(({ type, uri }) => ({ Type: type, URI: uri })),
  }),
  ...(settings.maximumRecordAgeMs !== null && {
    MaximumRecordAgeInSeconds: settings.maximumRecordAgeMs / 1_000,
  }),
  ...(settings.bisectsOnError && { BisectBatchOnFunctionError: true }),
  ...(settings.maximumRetryAttempts !== null && { MaximumRetryAttempts: settings.maximumRetryAttempts }),
  ...(settings.reportsItemFailures && { FunctionResponseTypes: responseTypes(settings) }),
  ...cluster(uuid, settings),
  ...pollers(settings),
})

function cluster(uuid: string, { source, bootstrapServers, consumerGroupId }: BrokerSettings): Members {
  const config = { ConsumerGroupId: consumerGroupId ?? uuid }
  if (source === 'msk') return { AmazonManagedKafkaEventSourceConfig: config }
  if (source === 'mq') return {}
  return {
    SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: bootstrapServers } },
    SelfManagedKafkaEventSourceConfig: config,
  }
}

const position = ({
  startingPosition,
  startingTimestampMs: ms,
}: Pick<BrokerSettings, 'startingPosition' | 'startingTimestampMs'>): Members => ({
  ...(startingPosition !== null && { StartingPosition: startingPosition }),
  ...(ms !== null && { StartingPositionTimestamp: ms / 1_000 }),
})

const responseTypes = ({ reportsItemFailures }: MappingSettings): string[] =>
  reportsItemFailures ? ['ReportBatchItemFailures'] : []

const pollers = ({ provisionedPollers: given }: QueueSettings | BrokerSettings): Members =>
  given === null
    ? {}
    : { ProvisionedPollerConfig: { MinimumPollers: given.minimum, MaximumPollers: given.maximum } }
