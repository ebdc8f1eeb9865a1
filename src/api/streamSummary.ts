/** A stream at a glance. */
export interface StreamSummary {
  readonly name: string
  readonly arn: string
  readonly kind: 'kinesis' | 'dynamodb'
  /** How long a record is kept; `null` when nobody here knows. */
  readonly retentionHours: number | null
  /** Parents before their children. Closed ones are here for as long as they hold records. */
  readonly shards: readonly ShardSummary[]
  /** Names of registered consumers. */
  readonly consumers: readonly string[]
  readonly mappings: readonly StreamReaderSummary[]
  /** That there is no such stream, or why one that is elsewhere cannot be asked. */
  readonly problem?: string
}

/** One shard of a stream. */
export interface ShardSummary {
  readonly id: string
  readonly isClosed: boolean
  /** The shards that it was split or merged from. */
  readonly parents: readonly string[]
  readonly records: number
  readonly lastSequenceNumber: string | null
  /** When its newest record came, epoch milliseconds. */
  readonly newestMs: number | null
}

/** An event source mapping that reads the stream. */
export interface StreamReaderSummary {
  readonly uuid: string
  readonly functionName: string
  /** The version or alias that it invokes; `null` for the function as it is now. */
  readonly qualifier: string | null
  /** As AWS words it: `Enabled`, `Disabled` ... */
  readonly state: string
  /** `No records processed`, `OK`, `PROBLEM: Function call failed`. */
  readonly lastProcessingResult: string
  /** What keeps it from reading. */
  readonly lastProblem: string | null
  /** The figures that the mapping is asked for, by their names in CloudWatch; absent when it is asked for none. */
  readonly metrics?: Readonly<Record<string, number>>
  readonly positions: readonly ShardProgress[]
}

/** How far a mapping has come in a shard. */
export interface ShardProgress {
  readonly shardId: string
  /**
   * `resting` while the mapping does not run, `waiting` for its parents, `reading`, `blocked` by a batch that fails, `ended` at
   * the end of a closed shard.
   */
  readonly state: 'resting' | 'waiting' | 'reading' | 'blocked' | 'ended'
  /** The record up to which all are done; `null` before the first. */
  readonly sequenceNumber: string | null
  /** How old the oldest record is that is not done; 0 when all are. */
  readonly iteratorAgeMs: number
  /** Records that were read and are not done. */
  readonly buffered: number
  /** When they go on, epoch milliseconds: the next attempt, the end of the batching window; `null` when nothing is waited for. */
  readonly dueMs: number | null
}

/** A record as it goes by. */
export interface SeenRecord {
  readonly shardId: string
  readonly sequenceNumber: string
  readonly partitionKey: string
  /** Epoch milliseconds. */
  readonly arrivedMs: number
  /** Base64. */
  readonly data: string
}
