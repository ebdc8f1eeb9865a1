import type { Store } from '../../store/index.ts'
import type { Activity, Clock } from '../../system/index.ts'

/** What Kinesis and DynamoDB Streams have in common: shards of a log, whose records grow too old. */

/** A stream, as far as its shards need to know. */
export interface ShardedStream {
  /** The store's name for its records. */
  readonly log: string
  /** As people call it. */
  readonly name: string
  /** How long it keeps a record. */
  readonly retentionMs: number
}

/** What is remembered of a shard beside what is kept of it. */
export interface ShardMemory {
  readonly id: string
  /** When its newest record came; `undefined` before that was looked up. A later record is never given an earlier time. */
  newestMs: number | undefined
  /** Records up to this sequence are too old. */
  horizon: number
  /** Nothing in it can be too old before this time. */
  nextExpiryMs: number
}

/** Whoever has streams. */
export interface StreamHost {
  readonly edges: { readonly store: Store; readonly clock: Clock; readonly activity: Activity }
}
