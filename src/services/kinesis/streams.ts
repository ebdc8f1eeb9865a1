import type { Store } from '../../store/index.ts'
import type { Activity, Clock, Ids } from '../../system/index.ts'
import * as errors from './errors.ts'
import { evenRanges } from './hashKeys.ts'
import { horizonOf } from '../shards/horizon.ts'
import type { StreamInput } from './members.ts'
import { Removals } from './removals.ts'
import {
  type ShardRecord,
  type Stream,
  type StreamMode,
  streamOf,
  type StreamRecord,
  takeShards,
} from './stream.ts'
import { Throughput } from './throughput.ts'

export interface Edges {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly activity: Activity
  readonly identity: { readonly accountId: string; readonly region: string }
  /** Told of records that have become durable, once for each shard of a call; `cause` is the id of what led to them. */
  readonly onPut?: (
    fact: { stream: string; shardId: string; count: number; sequenceNumbers: readonly string[] },
    cause: string | undefined,
  ) => void
}

/** How a stream is to be. */
export interface NewStream {
  readonly mode: StreamMode
  readonly shardCount: number
  readonly tags?: Readonly<Record<string, string>>
  readonly retentionHours?: number
  readonly maximumRecordKiB?: number
  readonly warmMiBps?: number
  readonly declaredShards?: number
  /**
   * Refuses what is above a shard's share, as AWS does: 1 MiB or 1,000 records a second in, 2 MiB or 5 reads a second
   * out. Default: false.
   */
  readonly limitsThroughput?: boolean
}

/** What changes in a stream; a member that is `undefined` goes. */
export type StreamChange = {
  readonly [Name in keyof StreamRecord]?: StreamRecord[Name] | undefined
}

const table = 'kinesis/streams'

/** All streams of the account, by name. */
export class Streams {
  readonly edges: Edges
  readonly removals: Removals
  readonly #throughput: Throughput
  readonly #byName = new Map<string, Stream>()
  readonly #listeners = new Map<string, Set<() => void>>()

  constructor(edges: Edges) {
    this.edges = edges
    this.removals = new Removals(edges)
    this.#throughput = new Throughput(edges)
    this.reload()
    this.removals.resume()
  }

  /** Reads the streams again: after the store was emptied. */
  reload(): void {
    this.#byName.clear()
    for (const [name, record] of this.edges.store.list(table)) this.#add(name, record as StreamRecord)
    this.#dropOld()
    for (const name of this.#listeners.keys()) this.#tell(name)
  }

  get(name: string): Stream | undefined {
    return this.#byName.get(name)
  }

  /** In the order of their names. */
  all(): readonly Stream[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** What goes through the stream's shards, where they have shares of it; see {@link NewStream.limitsThroughput}. */
  throughputOf({ record }: Stream): Throughput | undefined {
    return record.limitsThroughput === true ? this.#throughput : undefined
  }

  /** Whether this very stream still exists. */
  holds(stream: Stream): boolean {
    return this.#byName.get(stream.name) === stream
  }

  /** Throws AWS's error when there is none. */
  named(name: string): Stream {
    const stream = this.#byName.get(name)
    if (!stream) throw errors.streamNotFound(name, this.edges.identity.accountId)
    return stream
  }

  /** The stream that an input names in one of the three ways, or in several that agree. */
  ofInput({ StreamName, StreamARN, StreamId }: StreamInput): Stream {
    const name = StreamName ?? (StreamARN === undefined ? this.#nameOfId(StreamId) : this.#nameIn(StreamARN))
    if (name === undefined)
      throw errors.invalidArgument('Either StreamName, StreamARN or StreamId must be specified.')
    const stream = this.named(name)
    const isOther =
      (StreamARN !== undefined && StreamARN !== stream.arn) ||
      (StreamId !== undefined && StreamId !== stream.record.id)
    if (isOther) throw errors.invalidArgument('StreamName, StreamARN and StreamId name different streams.')
    return stream
  }

  /** The same, if it was created at that time (epoch seconds, to the second): of streams that had one name. */
  ofInputCreated(input: StreamInput, createdSeconds: number | undefined): Stream {
    const stream = this.ofInput(input)
    const isOther =
      createdSeconds !== undefined &&
      Math.floor(createdSeconds) !== Math.floor(stream.record.createdMs / 1_000)
    if (isOther) throw errors.streamNotFound(stream.name, this.edges.identity.accountId)
    return stream
  }

  arnOf(name: string): string {
    const { region, accountId } = this.edges.identity
    return `arn:aws:kinesis:${region}:${accountId}:stream/${name}`
  }

  async create(name: string, wanted: NewStream): Promise<Stream> {
    const { clock, ids, store, identity } = this.edges
    if (this.#byName.has(name))
      throw errors.resourceInUse(`Stream ${name} under account ${identity.accountId} already exists.`)
    const createdMs = clock.now()
    const shards = evenRanges(wanted.shardCount).map(({ from, to }, index): ShardRecord => ({
      index,
      parents: [],
      from: String(from),
      to: String(to),
      createdMs,
    }))
    const stream = this.#add(name, {
      mark: String(Number.parseInt(ids.hex(10), 16) % 1e12).padStart(12, '0'),
      id: `${ids.hex(20)}-${ids.hex(3)}`,
      createdMs,
      mode: wanted.mode,
      retentionHours: wanted.retentionHours ?? 24,
      maximumRecordKiB: wanted.maximumRecordKiB ?? 1_024,
      ...(wanted.warmMiBps !== undefined && { warmMiBps: wanted.warmMiBps }),
      tags: wanted.tags ?? {},
      metrics: [],
      shards,
      ...(wanted.declaredShards !== undefined && { declaredShards: wanted.declaredShards }),
      ...(wanted.limitsThroughput === true && { limitsThroughput: true as const }),
      shardsEver: shards.length,
      consumers: [],
    })
    try {
      // Alone: nobody puts into a stream that is not durable yet.
      await stream.gate.alone(() => store.set(table, name, stream.record))
    } catch (error) {
      if (this.holds(stream)) this.#byName.delete(name)
      throw error
    }
    this.#tell(name)
    return stream
  }

  /** Stores a change of a stream. */
  async change(stream: Stream, change: StreamChange): Promise<void> {
    if (!this.holds(stream)) throw errors.streamNotFound(stream.name, this.edges.identity.accountId)
    const previous = stream.record
    const record = withoutUndefined({ ...previous, ...change })
    // Set before it is durable, so that of two changes at once the second builds on the first.
    stream.record = record
    try {
      await this.edges.store.set(table, stream.name, record)
    } catch (error) {
      if (stream.record === record) stream.record = previous
      throw error
    }
    if (change.retentionHours !== undefined) this.#lookForOld(stream)
    if (!change.shards && !change.consumers) return
    if (change.shards) takeShards(stream)
    this.#tell(stream.name)
  }

  /** Removes a stream with its records; waits for the puts that are under way. */
  async remove(stream: Stream): Promise<void> {
    await stream.gate.alone(async () => {
      if (!this.holds(stream)) return
      this.#byName.delete(stream.name)
      const removal = { log: stream.log, shards: [...stream.shards.keys()] }
      await this.edges.store.apply([{ kind: 'remove', table, key: stream.name }, this.removals.note(removal)])
      this.#tell(stream.name)
      await this.removals.carryOut(removal)
    })
  }

  /** Calls `listener` when the stream of that name came, went, or has other shards than before. */
  watchShards(name: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name)
    }
  }

  #dropOld(): void {
    for (const stream of this.#byName.values())
      for (const shard of stream.shards.values()) horizonOf(this, stream, shard)
  }

  /** After a change of what is too old. */
  #lookForOld(stream: Stream): void {
    for (const shard of stream.shards.values()) {
      shard.nextExpiryMs = 0
      horizonOf(this, stream, shard)
    }
  }

  #tell(name: string): void {
    for (const listener of this.#listeners.get(name) ?? []) listener()
  }

  #add(name: string, record: StreamRecord): Stream {
    const stream = streamOf(name, this.arnOf(name), record)
    this.#byName.set(name, stream)
    return stream
  }

  /** The name in an ARN of this region and account. */
  #nameIn(arn: string): string {
    const name = arn.slice(arn.indexOf('/') + 1)
    if (arn === this.arnOf(name)) return name
    throw errors.streamNotFound(name, arn.split(':')[4] ?? '')
  }

  #nameOfId(id: string | undefined): string | undefined {
    if (id === undefined) return undefined
    for (const { name, record } of this.#byName.values()) if (record.id === id) return name
    throw errors.resourceNotFound(`Stream ${id} under account ${this.edges.identity.accountId} not found.`)
  }
}

const withoutUndefined = (record: object): StreamRecord =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as StreamRecord
