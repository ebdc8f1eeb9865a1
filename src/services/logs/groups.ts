import type { Effect, History, Store } from '../../store/index.ts'
import type { Activity, Clock, Ids } from '../../system/index.ts'
import * as errors from './errors.ts'
import { FunctionLines } from './functionLines.ts'
import { type GroupRecord, type LogGroup, type LogStream, streamOf, type StreamRecord } from './group.ts'

export interface Edges {
  readonly store: Store
  readonly history: History
  readonly clock: Clock
  readonly ids: Ids
  readonly activity: Activity
  readonly identity: { readonly accountId: string; readonly region: string }
}

const GROUPS = 'logs/groups'
/** By `group:stream`; neither name holds a colon. */
const STREAMS = 'logs/streams'
/** By group, or by `group:stream`: the sequence number up to which a function's lines are deleted. */
const DELETED = 'logs/deleted'

/** How a group is to be. */
export type NewGroup = Partial<Omit<GroupRecord, 'id' | 'createdMs' | 'streamsEver'>>

/** A member that is `undefined` goes. */
export type GroupChange = { readonly [Name in keyof GroupRecord]?: GroupRecord[Name] | undefined }

/** All log groups of the account. */
export class Groups {
  readonly edges: Edges
  readonly lines: FunctionLines
  readonly #byName = new Map<string, LogGroup>()
  readonly #deleted = new Map<string, number>()
  #isRead = false

  constructor(edges: Edges) {
    this.edges = edges
    this.lines = new FunctionLines(edges.history, (name, createdMs) => this.#ofFunction(name, createdMs))
  }

  /** Forgets what it knows: after the store and the history were emptied. */
  reload(): void {
    this.#byName.clear()
    this.#deleted.clear()
    this.#isRead = false
    this.lines.clear()
  }

  get(name: string): LogGroup | undefined {
    return this.#groups().get(name)
  }

  /** Throws AWS's error when there is none. */
  named(name: string): LogGroup {
    const group = this.get(name)
    if (!group) throw errors.groupNotFound()
    return group
  }

  /** In the order of their names. */
  all(): LogGroup[] {
    return [...this.#groups().values()].sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  arnOf(name: string): string {
    const { region, accountId } = this.edges.identity
    return `arn:aws:logs:${region}:${accountId}:log-group:${name}`
  }

  async create(name: string, wanted: NewGroup, createdMs = this.edges.clock.now()): Promise<LogGroup> {
    if (this.get(name)) throw errors.groupExists()
    const group = this.#add(name, {
      tags: {},
      ...wanted,
      id: this.edges.ids.hex(16),
      createdMs,
      streamsEver: 0,
    })
    try {
      await this.edges.store.set(GROUPS, name, group.record)
    } catch (error) {
      if (this.#byName.get(name) === group) this.#byName.delete(name)
      throw error
    }
    return group
  }

  async change(group: LogGroup, change: GroupChange): Promise<void> {
    const { store } = this.edges
    group.record = withoutUndefined({ ...group.record, ...change })
    await store.set(GROUPS, group.name, group.record)
  }

  /** Removes a group with everything in it. */
  async remove(group: LogGroup): Promise<void> {
    const { store } = this.edges
    this.#byName.delete(group.name)
    const upTo = this.lines.forget(group.name)
    this.#deleted.set(group.name, upTo)
    const effects: Effect[] = [...group.streams.keys()].map((name) => ({
      kind: 'remove',
      table: STREAMS,
      key: keyOf(group, name),
    }))
    effects.push({ kind: 'remove', table: GROUPS, key: group.name })
    if (upTo > 0) effects.push({ kind: 'set', table: DELETED, key: group.name, value: upTo })
    await store.apply(effects)
    for (const stream of group.streams.values()) await this.#removeEvents(group, stream)
  }

  async createStream(group: LogGroup, name: string): Promise<LogStream> {
    const { clock, store } = this.edges
    const number = group.record.streamsEver + 1
    const stream = streamOf(name, { number, createdMs: clock.now(), bytes: 0 })
    group.record = { ...group.record, streamsEver: number }
    group.streams.set(name, stream)
    try {
      await store.apply([
        { kind: 'set', table: GROUPS, key: group.name, value: group.record },
        this.noteStream(group, stream),
      ])
    } catch (error) {
      group.streams.delete(name)
      throw error
    }
    return stream
  }

  /** The change that stores what is known of a stream. */
  noteStream(group: LogGroup, { name, record }: LogStream): Effect {
    return { kind: 'set', table: STREAMS, key: keyOf(group, name), value: record }
  }

  async removeStream(group: LogGroup, name: string): Promise<void> {
    const stream = group.streams.get(name)
    group.streams.delete(name)
    const upTo = this.lines.latest(group.name).at(-1)?.sequence ?? this.edges.history.lastSequence
    this.#deleted.set(keyOf(group, name), upTo)
    const effects: Effect[] = [{ kind: 'remove', table: STREAMS, key: keyOf(group, name) }]
    if (upTo > 0) effects.push({ kind: 'set', table: DELETED, key: keyOf(group, name), value: upTo })
    await this.edges.store.apply(effects)
    if (stream) await this.#removeEvents(group, stream)
  }

  /** The sequence number up to which a function's lines are deleted. */
  deletedUpTo(group: LogGroup, streamName?: string): number {
    return this.#deleted.get(streamName === undefined ? group.name : keyOf(group, streamName)) ?? 0
  }

  /** The shard of the store's log that holds a stream's events. */
  placeOf(group: LogGroup, { record }: LogStream): { readonly log: string; readonly shard: string } {
    return { log: `logs/${group.record.id}`, shard: String(record.number) }
  }

  /** Behind the puts that are under way. */
  #removeEvents(group: LogGroup, stream: LogStream): Promise<void> {
    const { log, shard } = this.placeOf(group, stream)
    stream.events = []
    return stream.gate.alone(() => this.edges.store.removeShard(log, shard))
  }

  /** A function's group is there from its first line on, also after a restart. */
  #ofFunction(name: string, createdMs: number): void {
    if (this.get(name)) return
    const { activity } = this.edges
    activity.track(`creating log group ${name}`, this.create(name, {}, createdMs)).catch(() => {})
  }

  /** Read when they are first asked for: a start should not wait for them. */
  #groups(): Map<string, LogGroup> {
    if (this.#isRead) return this.#byName
    this.#isRead = true
    const { store } = this.edges
    for (const [name, record] of store.list(GROUPS)) this.#add(name, record as GroupRecord)
    for (const [key, record] of store.list(STREAMS)) {
      const [group = '', name = ''] = key.split(':')
      this.#byName.get(group)?.streams.set(name, streamOf(name, record as StreamRecord))
    }
    for (const [key, upTo] of store.list(DELETED)) this.#deleted.set(key, upTo as number)
    return this.#byName
  }

  #add(name: string, record: GroupRecord): LogGroup {
    const group = { name, arn: this.arnOf(name), record, streams: new Map<string, LogStream>() }
    this.#byName.set(name, group)
    return group
  }
}

const keyOf = ({ name }: LogGroup, stream: string): string => `${name}:${stream}`

const withoutUndefined = (record: object): GroupRecord =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as GroupRecord
