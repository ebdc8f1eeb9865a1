/** How a mapping reads its source, with AWS's defaults filled in. Types, not interfaces: they are kept as JSON. */
export type MappingSettings = QueueSettings | StreamSettings | BrokerSettings

/** What all kinds have. */
type CommonSettings = {
  readonly batchSize: number
  /** Patterns as JSON text. */
  readonly filters: readonly string[]
  /** Names of the figures that are asked for. */
  readonly metrics: readonly string[]
  readonly reportsItemFailures: boolean
  readonly isEnabled: boolean
}

export type Pollers = { readonly minimum: number; readonly maximum: number }

/** Of a queue of SQS. */
export type QueueSettings = CommonSettings & {
  readonly kind: 'queue'
  readonly windowMs: number
  readonly maximumConcurrency: number | null
  readonly provisionedPollers: Pollers | null
}

export type StartingPosition = 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP'

/** What is common to sources that are read again after a failure. */
type RetrySettings = {
  /** `null`: until the record expires. */
  readonly maximumRetryAttempts: number | null
  /** `null`: until the record expires. */
  readonly maximumRecordAgeMs: number | null
  readonly bisectsOnError: boolean
  /** ARN of the queue, topic or bucket that is told of records that were given up. */
  readonly onFailureArn: string | null
  /** Epoch milliseconds, with `AT_TIMESTAMP`. */
  readonly startingTimestampMs: number | null
}

/** Of a stream of Kinesis or DynamoDB. */
export type StreamSettings = CommonSettings &
  RetrySettings & {
    readonly kind: 'stream'
    readonly startingPosition: StartingPosition
    readonly windowMs: number
    readonly parallelizationFactor: number
    /** 0: no tumbling windows. */
    readonly tumblingWindowMs: number
  }

export type BrokerSource = 'msk' | 'selfManagedKafka' | 'mq'

/** Of a Kafka cluster, or of a broker of Amazon MQ. */
export type BrokerSettings = CommonSettings &
  RetrySettings & {
    readonly kind: 'broker'
    readonly source: BrokerSource
    /** `host:port`, for a Kafka cluster of one's own; otherwise empty. */
    readonly bootstrapServers: readonly string[]
    /** One for Kafka. */
    readonly topics: readonly string[]
    /** One for Amazon MQ. */
    readonly queues: readonly string[]
    /** `null`: the mapping's own id. */
    readonly consumerGroupId: string | null
    /** Of RabbitMQ; `null`: `/`. */
    readonly virtualHost: string | null
    /** As they were given, that of the virtual host included. */
    readonly sourceAccess: readonly { readonly type: string; readonly uri: string }[]
    /** `null` where the source has no positions. */
    readonly startingPosition: StartingPosition | null
    /** `null`: as AWS does it when nothing is said, 500 ms. */
    readonly windowMs: number | null
    readonly provisionedPollers: Pollers | null
  }

/** Settings as JSON, from which those of queues are recognized that were kept before there were other kinds. */
export type KeptSettings = MappingSettings | Omit<QueueSettings, 'kind'>

export const settingsOf = (kept: KeptSettings): MappingSettings =>
  'kind' in kept ? kept : { kind: 'queue', ...kept }

/** What a declaration says, as text to be compared. That of a queue has no kind, as it was before there were others. */
export function textOf(settings: MappingSettings): string {
  if (settings.kind !== 'queue') return JSON.stringify(settings)
  const { kind: _, ...rest } = settings
  return JSON.stringify(rest)
}
