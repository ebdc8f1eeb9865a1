/** A shard, as far as the order of reading depends on it. */
export interface ShardFacts {
  readonly id: string
  readonly parents: readonly string[]
  /** No record will be added any more. */
  readonly isClosed: boolean
}

/** A place between the records of a shard; JSON, so that it can be kept. */
export type ShardPosition =
  | { readonly kind: 'oldest' }
  | { readonly kind: 'after'; readonly sequenceNumber: string }
  | { readonly kind: 'time'; readonly ms: number }
  /** Of streams elsewhere; never one of ours. */
  | { readonly kind: 'iterator'; readonly iterator: string; readonly takenMs: number }

/** What one read of a shard brings. */
export interface ShardPage<StreamRecord> {
  readonly records: readonly StreamRecord[]
  readonly next: ShardPosition
  readonly isEnd: boolean
  readonly millisBehindLatest: number
}

export interface ReadOptions {
  readonly from: ShardPosition
  readonly limit: number
  /** Clock time; a time in the past only looks. */
  readonly waitUntilMs?: number
  readonly signal: AbortSignal
}

/** Reads one stream without HTTP; waits on the store, and never asks twice. */
export interface StreamReader<StreamRecord> {
  /** Parents before their children; those whose records are all too old are gone. Rejects when there is no such stream. */
  shards(): Promise<readonly ShardFacts[]>
  /** Behind everything that the shard holds now. */
  latest(shardId: string): Promise<ShardPosition>
  /**
   * Waits until there is something behind `from`, or the end of the shard, and answers up to `limit` records; with
   * `waitUntilMs` a page without records when nothing came by then. Rejects with the signal's reason when aborted, and
   * with AWS's error when stream or shard are gone. A place in an earlier stream of the same name is before the oldest.
   */
  read(shardId: string, options: ReadOptions): Promise<ShardPage<StreamRecord>>
  /**
   * Tells this very stream from one that is deleted and made anew under the same name; absent where its ARN does that.
   * Rejects when there is none.
   */
  incarnation?(): Promise<string>
  /** Calls `listener` when the stream came or went, and when its shards were split or merged. */
  onShardsChanged(listener: () => void): () => void
  retentionMs(): number | undefined
}
