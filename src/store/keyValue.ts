/**
 * The small ordered key-value interface that all three primitives are written over. Keys are strings of characters
 * up to U+00FF, compared character by character (which is byte by byte on disk), at most 2,000 long (LMDB takes 4,026 with
 * our page size).
 */
export interface Reader {
  /** The value is good until the next read: copy what is kept, and never change it. */
  get(key: string): Buffer | undefined
  /**
   * Keys from `start` (inclusive) to `end` (exclusive), in order, at most `limit`. Ranges lie in one space: both ends
   * begin with the same character, or `end` with the next one. `from` leaves out the keys before it: whoever reads a
   * range in parts keeps its start, by which others know it again.
   */
  keys(start: string, end: string, limit: number, from?: string): string[]
}

/** A read of what is committed. Its entries are the caller's own, unlike what `get` answers. */
export interface CommittedReader extends Reader {
  entries(start: string, end: string, limit: number): [string, Buffer][]
  count(start: string, end: string): number
}

/** Reads its own writes and those of the transactions before it. */
export interface Transaction extends Reader {
  /** The value belongs to the store from now on and is not changed any more. */
  put(key: string, value: Buffer): void
  /**
   * The same for a key that is not there, as its writer knows: a new number is part of it, or it was looked for. When
   * it is removed again soon, as most messages are, nothing of it reaches the trees on disk.
   */
  insert(key: string, value: Buffer): void
  remove(key: string): void
  /** Runs once the transaction is durable, and never when it is not. */
  afterCommit(run: () => void): void
}

export interface KeyValue extends CommittedReader {
  /**
   * Runs `run` (synchronous, and its reads and writes only through `tx`) and resolves with its result once the
   * writes are durable. Callers that come while a commit is on its way share the next one. When `run` throws, its
   * writes are undone and only its caller is rejected; when the commit fails, all its callers are.
   */
  transact<T>(run: (tx: Transaction) => T): Promise<T>
  /** Removes everything but `keep`, as one commit. */
  clear(keep: () => [string, Buffer][]): Promise<void>
  /** Lets what was accepted finish. */
  close(): Promise<void>
}

/** What a commit changes. A key is in one of the two. */
export interface Changes {
  /** Keys that were not there before. */
  readonly added: ReadonlyMap<string, Buffer>
  /** Keys that may have been there; `null` removes one. */
  readonly changed: ReadonlyMap<string, Buffer | null>
}

/** What lies below {@link KeyValue}: a place that holds committed entries. One commit is under way at a time. */
export interface Backing extends CommittedReader {
  /** Applies all changes or none; resolves once they are durable and visible to reads. */
  commit(changes: Changes): Promise<void>
  clear(keep: readonly [string, Buffer][]): Promise<void>
  close(): Promise<void>
}
