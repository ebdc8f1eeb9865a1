import type { JsonObject } from '../system/index.ts'
import type { ConfigFragment } from './defineSource.ts'
import type { RecordFilter } from './recordFilter.ts'

/** A shard, as far as the order of reading depends on it. */
export interface ShardFacts {
  readonly id: string
  /** The shards that it came from: none, one (split), or two (merge). They are read to their ends first. */
  readonly parents: readonly string[]
  /** No record will be added any more. */
  readonly isClosed: boolean
}

/** A place between the records of a shard; JSON, so that it can be kept. */
export type ShardPosition =
  /** Before the oldest record that is still there. */
  | { readonly kind: 'oldest' }
  | { readonly kind: 'after'; readonly sequenceNumber: string }
  /** Before the first record that arrived at this time or later, epoch milliseconds. */
  | { readonly kind: 'time'; readonly ms: number }
  /** As a foreign stream named it, for a place that no record is at yet. It may expire there. */
  | { readonly kind: 'iterator'; readonly iterator: string; readonly takenMs: number }

/** What one read of a shard brings. */
export interface ShardPage<StreamRecord> {
  readonly records: readonly StreamRecord[]
  /** Behind these records. */
  readonly next: ShardPosition
  /** The shard is closed, and nothing comes behind these records. */
  readonly isEnd: boolean
  /** How far behind the newest record the page ends; 0 when there is nothing more. */
  readonly millisBehindLatest: number
}

/** Reads one stream for an event source mapping, wherever the stream is. */
export interface StreamReader<StreamRecord> {
  /**
   * All shards that hold records or may get some, parents before their children. A parent that is not among them is gone,
   * and counts as read. Rejects with AWS's error when there is no such stream.
   */
  shards(): Promise<readonly ShardFacts[]>
  /** Behind everything that the shard holds now. */
  latest(shardId: string): Promise<ShardPosition>
  /**
   * Waits until there is something behind `from`, or the end of the shard, and answers up to `limit` records. With
   * `waitUntilMs` (clock time) it answers a page without records when nothing came by then; a time in the past only looks.
   * Rejects with the signal's reason when aborted. Where records behind `from` are gone by age it goes on with the oldest, and
   * so it does where `from` is a place in an earlier stream of the same name.
   */
  read(
    shardId: string,
    options: {
      readonly from: ShardPosition
      readonly limit: number
      readonly waitUntilMs?: number
      readonly signal: AbortSignal
    },
  ): Promise<ShardPage<StreamRecord>>
  /**
   * Tells this very stream from one that is deleted and made anew under the same name. Absent where a stream's ARN does
   * that. Rejects with AWS's error when there is no such stream.
   */
  incarnation?(): Promise<string>
  /** Calls `listener` when shards have come or were closed, where the stream can tell that by itself. */
  onShardsChanged(listener: () => void): () => void
  /** How long the stream keeps a record, where that is known. */
  retentionMs(): number | undefined
}

export type StartingPosition = 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP'

/** How a mapping reads a stream, with AWS's defaults filled in. */
export interface StreamMappingSettings {
  /** As it was given: for enhanced fan-out that of a consumer. */
  readonly streamArn: string
  readonly startingPosition: StartingPosition
  /** Epoch milliseconds, with `AT_TIMESTAMP`. */
  readonly startingTimestampMs: number | null
  readonly batchSize: number
  readonly windowMs: number
  /** Batches of one shard that may be with the function at once; records of one key stay in order. */
  readonly parallelizationFactor: number
  /** `null`: until the record expires. */
  readonly maximumRetryAttempts: number | null
  /** `null`: until the record expires. */
  readonly maximumRecordAgeMs: number | null
  readonly bisectsOnError: boolean
  /** 0: no tumbling windows. */
  readonly tumblingWindowMs: number
  /** ARN of the queue, topic or bucket that is told of records that were given up. */
  readonly onFailureArn: string | null
  readonly reportsItemFailures: boolean
  /** Patterns as JSON text, of which a record has to match one; empty lets every record through. */
  readonly filters: readonly string[]
  /** Names of the figures that are asked for: `EventCount`. */
  readonly metrics: readonly string[]
  readonly isEnabled: boolean
}

/** What goes into a record of an event beside the stream's own record. */
export interface StreamRecordContext {
  readonly settings: StreamMappingSettings
  readonly region: string
  readonly shardId: string
  /** The function's execution role. */
  readonly roleArn: string
}

/** A source whose records are read from the shards of a stream. The engine in `mappings/` does all the rest. */
export interface StreamSource<Config, StreamRecord> {
  /** `kinesis`, `dynamodb`: as messages and the ledger call it. */
  readonly name: string
  readonly config: ConfigFragment
  readonly examples: readonly Config[]
  settings(config: Config): StreamMappingSettings
  /** Compiles the mapping's filters for records of this source; throws a `PatternError` with AWS's reason. */
  filter(settings: StreamMappingSettings): RecordFilter
  /** Decimal digits; greater ones come later. What `batchItemFailures` names. */
  sequenceNumber(record: StreamRecord): string
  /** Records with the same key are worked on in their order. */
  orderKey(record: StreamRecord): string
  /** When the record came into the stream, epoch milliseconds. */
  arrivedMs(record: StreamRecord): number
  /** How the record looks in the event's `Records`. */
  record(record: StreamRecord, context: StreamRecordContext): JsonObject
  /** The invocation that put the record, if a handler did. */
  cause(record: StreamRecord): string | undefined
  /** How a failure record names a batch of this source, and writes its times. */
  readonly failure: {
    readonly infoMember: 'KinesisBatchInfo' | 'DDBStreamBatchInfo'
    /** A time as ISO 8601: with milliseconds for Kinesis, without for DynamoDB. */
    time(ms: number): string
  }
}

/** Describes a stream that mappings can read. */
export function defineStream<Config, StreamRecord>(
  source: StreamSource<Config, StreamRecord>,
): StreamSource<Config, StreamRecord> {
  return source
}
