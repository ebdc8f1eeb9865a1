import type { JsonObject, JsonValue } from '../system/index.ts'

/**
 * Everything that was accepted lives here, durably, before it is acknowledged. Three primitives: delay queues, logs
 * and tables; one set of effects that changes any of them, all or nothing. Time is always a parameter.
 */
export interface Store extends DelayQueues, Logs, Tables {
  /** Applies effects to any of the primitives in one transaction; resolves once they are durable. */
  apply(effects: readonly Effect[]): Promise<void>
  /** Removes everything: all queues, logs and tables. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** A change that a transaction makes; see {@link DelayQueues.settle} and {@link Store.apply}. */
export type Effect =
  | { readonly kind: 'put'; readonly item: NewItem }
  | {
      readonly kind: 'set'
      readonly table: string
      readonly key: string
      readonly value: JsonValue
      readonly body?: Uint8Array
    }
  | { readonly kind: 'remove'; readonly table: string; readonly key: string }
  | {
      readonly kind: 'append'
      readonly log: string
      readonly shard: string
      readonly records: readonly NewRecord[]
    }

// ---- delay queue -------------------------------------------------------------------------------------------------

/** What a caller puts into a queue. */
export interface NewItem {
  readonly queue: string
  /** The caller's name for it: a message id, a request id. Not an index; see {@link QueueItem.sequence}. */
  readonly id: string
  readonly body: Uint8Array
  /** What else belongs to it; small, JSON. */
  readonly meta: JsonObject
  readonly enqueuedMs: number
  /** Not claimable before this time, epoch milliseconds. */
  readonly dueMs: number
  /** Items of one group are claimed in order of arrival, up to the first that is not claimable. */
  readonly group?: string
  /** A second item with the same key is dropped as long as `enqueuedMs < untilMs` of the first. */
  readonly deduplication?: { readonly key: string; readonly untilMs: number }
  /** Claims already counted against it elsewhere (a message moved to a dead-letter queue keeps its count). */
  readonly claims?: number
  readonly firstClaimedMs?: number
}

/** An item as the queue holds it. */
export interface QueueItem {
  readonly queue: string
  readonly id: string
  /** Ascending in order of arrival within the queue, never reused. */
  readonly sequence: number
  readonly body: Uint8Array
  readonly meta: JsonObject
  readonly enqueuedMs: number
  readonly dueMs: number
  readonly group: string | undefined
  /** How often it was claimed. */
  readonly claims: number
  readonly firstClaimedMs: number | undefined
}

/**
 * The right to settle one item. Every claim makes a new fence, so a token from an earlier claim is stale, also after
 * a crash: fences are never reused.
 */
export interface Token {
  readonly queue: string
  readonly sequence: number
  readonly fence: number
}

export interface ClaimedItem extends QueueItem {
  readonly token: Token
}

export type PutResult =
  | { readonly kind: 'stored'; readonly sequence: number }
  /** `id` and `sequence` are the first item's. */
  | { readonly kind: 'duplicate'; readonly id: string; readonly sequence: number }

export interface ClaimOptions {
  readonly nowMs: number
  readonly limit: number
  /** A claimed item is claimable again this long after `nowMs`; 0 leaves it claimable. `Infinity`: until released. */
  readonly leaseMs: number
  /** Items enqueued before this time are dropped instead of claimed (retention). */
  readonly expiredBeforeMs?: number
  /** Items claimed `maxClaims` times already move to `queue` instead (redrive), with `meta` merged into theirs. */
  readonly overflow?: {
    readonly maxClaims: number
    readonly queue: string
    readonly meta: JsonObject
    /** Told the ids of the items that moved, once they have. */
    readonly moved?: (ids: readonly string[]) => void
  }
}

/**
 * `gone`: settled before, purged or expired. `stale`: claimed again since this token was given. Where a settle is all
 * or nothing, `done` beside another outcome says that this token was valid; nothing happened.
 */
export type TokenOutcome = 'done' | 'stale' | 'gone'

export interface QueueCounts {
  /** Due. Items behind the first of their group count as well, as the queue's own count on AWS does. */
  readonly ready: number
  /** Claimed at least once and waiting for its lease to end. */
  readonly inFlight: number
  /** Never claimed and not yet due. */
  readonly delayed: number
}

export interface DelayQueues {
  /** Stores items, in order, in one transaction; resolves once they are durable. */
  put(items: readonly NewItem[]): Promise<PutResult[]>
  /** Takes up to `limit` due items, earliest due first, in one transaction. */
  claim(queue: string, options: ClaimOptions): Promise<ClaimedItem[]>
  /**
   * Removes items. Without effects each token stands for itself. With effects it is all or nothing: they and the
   * removals happen in one transaction if every token is valid, and nothing happens otherwise.
   */
  settle(tokens: readonly Token[], effects?: readonly Effect[]): Promise<TokenOutcome[]>
  /** Moves claimed items' due time; the tokens stay valid. `dueMs` in the past or now gives them back at once. */
  extend(changes: readonly { readonly token: Token; readonly dueMs: number }[]): Promise<TokenOutcome[]>
  /** Makes all claimed items of a queue claimable at `nowMs`: after a restart, when no claimant can be alive. */
  release(queue: string, nowMs: number): Promise<void>
  /** Up to `limit` items in order of arrival, claimed or not, without touching them. */
  peek(queue: string, limit: number, afterSequence?: number): QueueItem[]
  /**
   * Removes the first items in order of arrival, claimed or not, up to one that was enqueued at `beforeMs` or later;
   * answers when that one was, or `undefined` when none is left.
   */
  expire(queue: string, beforeMs: number): Promise<number | undefined>
  /** Removes all items and deduplication keys; answers how many items went. */
  purge(queue: string): Promise<number>
  counts(queue: string, nowMs: number): QueueCounts
  /**
   * When the next item falls due (possibly past), or `undefined` when the queue is empty. `Infinity` when all that is
   * left waits for a release.
   */
  nextDueMs(queue: string): number | undefined
  /** Names of queues that hold items and start with `prefix`. */
  queueNames(prefix: string): string[]
  /** Calls `listener` after every committed change that may have brought the queue's next due time forward. */
  watch(queue: string, listener: () => void): () => void
}

// ---- log ---------------------------------------------------------------------------------------------------------

export interface NewRecord {
  readonly key: string
  readonly data: Uint8Array
  readonly atMs: number
  readonly meta?: JsonObject
}

export interface LogRecord extends NewRecord {
  /** Ascending within the shard, from 1, never reused. */
  readonly sequence: number
}

/** The right to move one reader's checkpoint on one shard; a newer lease makes it stale. */
export interface ShardLease {
  readonly log: string
  readonly shard: string
  readonly reader: string
  readonly fence: number
}

export interface Logs {
  /** Appends in order, in one transaction; resolves with the sequence numbers once durable. */
  append(log: string, shard: string, records: readonly NewRecord[]): Promise<number[]>
  /**
   * Up to `limit` records with a sequence greater than `afterSequence`. With `mostBytes` it stops before their data passes
   * that, but never before the first.
   */
  read(log: string, shard: string, afterSequence: number, limit: number, mostBytes?: number): LogRecord[]
  /** The sequence given last, also when its record has been trimmed; 0 before the first. */
  lastSequence(log: string, shard: string): number
  /** Drops records with a sequence up to and including `sequence`. */
  trim(log: string, shard: string, sequence: number): Promise<void>
  /**
   * Drops all records, and the readers with their checkpoints. The sequences go on from where they were: whoever wants a
   * fresh shard gives it another name.
   */
  removeShard(log: string, shard: string): Promise<void>
  /**
   * Takes the shard for a reader until `untilMs`, and says where it left off (0: nowhere yet). `undefined` when
   * another owner's lease is still running at `nowMs`.
   */
  lease(request: {
    log: string
    shard: string
    reader: string
    owner: string
    nowMs: number
    untilMs: number
  }): Promise<{ lease: ShardLease; checkpoint: number } | undefined>
  /** Moves the checkpoint, and applies effects with it, all or nothing; `false` when the lease is stale. */
  checkpoint(lease: ShardLease, sequence: number, effects?: readonly Effect[]): Promise<boolean>
  /** Calls `listener` after every committed append to the shard. */
  watchLog(log: string, shard: string, listener: () => void): () => void
}

// ---- table -------------------------------------------------------------------------------------------------------

export interface Tables {
  get(table: string, key: string): JsonValue | undefined
  /** The binary body that an entry has beside its value, if it has one. */
  body(table: string, key: string): Uint8Array | undefined
  /** Value and body are set together: without a body the entry has none from now on. */
  set(table: string, key: string, value: JsonValue, body?: Uint8Array): Promise<void>
  remove(table: string, key: string): Promise<void>
  /** Entries in key order. */
  list(table: string, options?: { prefix?: string; after?: string; limit?: number }): [string, JsonValue][]
}
