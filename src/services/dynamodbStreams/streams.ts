import type { Store } from '../../store/index.ts'
import type { Activity, Clock, Ids } from '../../system/index.ts'
import * as errors from './errors.ts'
import { horizonOf } from './horizon.ts'
import {
  isGone,
  isOver,
  type KeptShard,
  type KeptStream,
  type KeySchemaElement,
  openShardOf,
  SHARD_LIFE_MS,
  shardIdOf,
  type Stream,
  streamOf,
  type StreamViewType,
  takeShards,
} from './stream.ts'

export interface Edges {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly activity: Activity
  readonly identity: { readonly accountId: string; readonly region: string }
  /**
   * Told of records that have become durable; `cause` is the id of what led to them. The numbers are left out where another
   * transaction stored the records.
   */
  readonly onPut?: (
    fact: {
      streamArn: string
      table: string
      shardId: string
      count: number
      sequenceNumbers: readonly string[]
    },
    cause: string | undefined,
  ) => void
}

/** A stream that a table is to have from now on. */
export interface NewStream {
  readonly tableName: string
  readonly tableArn: string
  readonly keySchema: readonly KeySchemaElement[]
  readonly viewType: StreamViewType
  /** Default: the time of its creation. */
  readonly label?: string
}

const table = 'dynamodbStreams/streams'

/** All streams of the account, by ARN. */
export class Streams {
  readonly edges: Edges
  readonly #byArn = new Map<string, Stream>()
  readonly #listeners = new Set<() => void>()

  constructor(edges: Edges) {
    this.edges = edges
    this.reload()
  }

  /** Reads the streams again: after the store was emptied. */
  reload(): void {
    this.#byArn.clear()
    for (const [arn, kept] of this.edges.store.list(table))
      this.#byArn.set(arn, streamOf(arn, kept as KeptStream))
    this.#dropOld()
    this.#tell()
  }

  get(arn: string): Stream | undefined {
    const stream = this.#byArn.get(arn)
    return stream && !isOver(stream.kept, this.edges.clock.now()) ? stream : undefined
  }

  /** By table, and of one table in the order of their creation. */
  all(): readonly Stream[] {
    this.#dropOld()
    const nowMs = this.edges.clock.now()
    return [...this.#byArn.values()]
      .filter(({ kept }) => !isOver(kept, nowMs))
      .sort((a, b) => (a.arn < b.arn ? -1 : 1))
  }

  /** The stream of that ARN; for the ARN of a table its newest one. */
  find(arn: string): Stream | undefined {
    return this.get(arn) ?? this.#newestOf(arn)
  }

  /** The same; throws AWS's error when there is none. */
  named(arn: string): Stream {
    const stream = this.find(arn)
    if (!stream) throw errors.streamNotFound(arn)
    return stream
  }

  /** Whether this very stream still exists. */
  holds(stream: Stream): boolean {
    return this.get(stream.arn) === stream
  }

  async open(wanted: NewStream): Promise<Stream> {
    this.#dropOld()
    const { clock } = this.edges
    let createdMs = clock.now()
    const arnAt = (label: string): string => `${wanted.tableArn}/stream/${label}`
    // A clock that stands still must not make two streams of one name.
    while (wanted.label === undefined && this.#byArn.has(arnAt(labelOf(createdMs)))) createdMs++
    const label = wanted.label ?? labelOf(createdMs)
    const known = this.get(arnAt(label))
    if (known) return known
    const stream = streamOf(arnAt(label), {
      tableName: wanted.tableName,
      label,
      keySchema: wanted.keySchema,
      viewType: wanted.viewType,
      createdMs,
      shards: [this.#newShard(0, createdMs)],
      shardsEver: 1,
    })
    this.#byArn.set(stream.arn, stream)
    try {
      // Alone: nobody puts into a stream that is not durable yet.
      await stream.gate.alone(() => this.edges.store.set(table, stream.arn, stream.kept))
    } catch (error) {
      this.#byArn.delete(stream.arn)
      throw error
    }
    this.#tell()
    return stream
  }

  /** Disables a stream: its shards are closed, its records stay until they are too old. */
  async close(stream: Stream): Promise<void> {
    await stream.gate.alone(async () => {
      if (stream.kept.closedMs !== undefined) return
      const nowMs = this.edges.clock.now()
      await this.#keep(stream, { shards: this.#closedShards(stream, nowMs), closedMs: nowMs })
    })
  }

  /** Lets another shard go on where the open one has taken records for long enough. */
  async roll(stream: Stream): Promise<void> {
    if (!this.#isRollDue(stream)) return
    await stream.gate.alone(async () => {
      if (!this.#isRollDue(stream)) return
      const nowMs = this.edges.clock.now()
      const { shardsEver } = stream.kept
      const child = this.#newShard(shardsEver, nowMs, openShardOf(stream)?.id)
      await this.#keep(stream, {
        shards: [...this.#closedShards(stream, nowMs), child],
        shardsEver: shardsEver + 1,
      })
    })
  }

  /** Calls `listener` when a stream came or went, or has other shards than before. */
  watchShards(listener: () => void): () => void {
    const mine = (): void => listener()
    this.#listeners.add(mine)
    return () => void this.#listeners.delete(mine)
  }

  #newestOf(tableArn: string): Stream | undefined {
    return this.all()
      .filter(({ arn }) => arn.startsWith(`${tableArn}/stream/`))
      .toSorted((a, b) => a.kept.createdMs - b.kept.createdMs)
      .at(-1)
  }

  #isRollDue(stream: Stream): boolean {
    const open = openShardOf(stream)
    return open !== undefined && open.kept.createdMs + SHARD_LIFE_MS <= this.edges.clock.now()
  }

  #newShard(index: number, createdMs: number, parent?: string): KeptShard {
    const id = shardIdOf(createdMs, this.edges.ids.hex(8))
    return { id, index, createdMs, ...(parent !== undefined && { parent }) }
  }

  /** Closed now, where they were open; without those that hold nothing any more. */
  #closedShards({ kept, log }: Stream, nowMs: number): KeptShard[] {
    const { store } = this.edges
    return kept.shards
      .filter((shard) => !isGone(shard, nowMs))
      .map((shard) =>
        shard.closed
          ? shard
          : { ...shard, closed: { lastSequence: store.lastSequence(log, shard.id), atMs: nowMs } },
      )
  }

  async #keep(stream: Stream, change: Partial<KeptStream>): Promise<void> {
    const kept = { ...stream.kept, ...change } as KeptStream
    const gone = stream.kept.shards.filter(({ id }) => !kept.shards.some((shard) => shard.id === id))
    await this.edges.store.set(table, stream.arn, kept)
    stream.kept = kept
    takeShards(stream)
    for (const { id } of gone) await this.edges.store.removeShard(stream.log, id)
    this.#tell()
  }

  #dropOld(): void {
    const { clock, activity } = this.edges
    for (const stream of this.#byArn.values()) {
      for (const shard of stream.shards.values()) horizonOf(this, stream, shard)
      if (isOver(stream.kept, clock.now()))
        activity.track(`drop the stream ${stream.arn}`, this.#remove(stream)).catch(() => {})
    }
  }

  async #remove(stream: Stream): Promise<void> {
    const { store } = this.edges
    await store.remove(table, stream.arn)
    this.#byArn.delete(stream.arn)
    for (const id of stream.shards.keys()) await store.removeShard(stream.log, id)
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** ISO 8601 with milliseconds, without zone: `2026-01-01T10:00:00.123`. */
const labelOf = (ms: number): string => new Date(ms).toISOString().slice(0, -1)
