import type { ShardFacts, ShardPosition } from '../../sources/index.ts'

/** What one call brings. */
export interface ForeignPage<StreamRecord> {
  readonly records: readonly StreamRecord[]
  /** For what comes next; `undefined` at the end of a closed shard. */
  readonly next: string | undefined
  /** 0 where the service does not tell. */
  readonly millisBehindLatest: number
}

/** Where reading begins, in the words that both services have. */
export type Start = ShardPosition | { readonly kind: 'latest' }

/** A stream at a foreign endpoint: the calls, with the SDK's errors. */
export interface ForeignApi<StreamRecord> {
  /** For messages. */
  readonly streamName: string
  /** Where it is, for messages. */
  readonly url: string
  /** How often a shard is asked, as Lambda does it. */
  readonly pollMs: number
  readonly mostRecords: number
  /** In any order. */
  shards(signal?: AbortSignal): Promise<readonly ShardFacts[]>
  iterator(shardId: string, start: Start, signal?: AbortSignal): Promise<string>
  records(iterator: string, limit: number, signal: AbortSignal): Promise<ForeignPage<StreamRecord>>
  /** What a service without a position by time has brought from before one is left out. */
  isBefore(record: StreamRecord, ms: number): boolean
  sequenceNumber(record: StreamRecord): string
  retentionMs(): number | undefined
}
