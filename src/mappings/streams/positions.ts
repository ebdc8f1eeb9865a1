import type { ShardFacts, ShardPosition, StreamMappingSettings, StreamReader } from '../../sources/index.ts'
import type { Effect, Store } from '../../store/index.ts'
import type { JsonObject } from '../../system/index.ts'
import type { TumblingWindow } from './tumbling.ts'

/** What is kept of a shard between two starts. */
export interface ShardEntry {
  /** Everything before this is over. */
  readonly position: ShardPosition
  /** The shard is closed, and nothing of it is left. */
  readonly isRead: boolean
  readonly window: TumblingWindow | undefined
}

/** A shard that is seen for the first time came after the mapping: all of it is new. */
export const FROM_THE_BEGINNING: ShardEntry = {
  position: { kind: 'oldest' },
  isRead: false,
  window: undefined,
}

/** Entries by mapping and shard; that of a mapping alone says that it has begun. */
const TABLE = 'mapping positions'
const keyOf = (uuid: string, shardId: string): string => `${uuid}/${shardId}`

/** The log whose leases keep an old instance of a mapping from moving a newer one's positions. */
export const leaseLogOf = (uuid: string): string => `mapping ${uuid}`

export interface StartOptions {
  readonly uuid: string
  readonly settings: Pick<StreamMappingSettings, 'startingPosition' | 'startingTimestampMs'>
  readonly reader: Pick<StreamReader<never>, 'shards' | 'latest' | 'incarnation'>
  readonly store: Store
}

/**
 * Fixes durably where a new mapping begins to read, for all shards that there are; shards that come later are read from
 * their beginning. Done once: for a mapping that has begun it changes nothing. Rejects with the reader's error when the
 * stream cannot be read.
 */
export async function takePositions({ uuid, settings, reader, store }: StartOptions): Promise<void> {
  if (store.get(TABLE, uuid) !== undefined) return
  const incarnation = await reader.incarnation?.()
  const shards = await reader.shards()
  const entries = await Promise.all(shards.map((shard) => firstEntry(shard, settings, reader)))
  await store.apply([
    begunEffect(uuid, { startingPosition: settings.startingPosition, incarnation }),
    ...shards.map(({ id }, index) => entryEffect(uuid, id, entries[index] ?? FROM_THE_BEGINNING)),
  ])
}

/** What is kept of a mapping that has begun. */
interface Begun {
  readonly startingPosition: string
  /** The very stream that its positions are in; `undefined` where the ARN says that. */
  readonly incarnation: string | undefined
}

const begunEffect = (uuid: string, { startingPosition, incarnation }: Begun): Effect => ({
  kind: 'set',
  table: TABLE,
  key: uuid,
  value: { startingPosition, ...(incarnation !== undefined && { incarnation }) },
})

/**
 * Whether the positions of a mapping that has begun are in another stream than there is now: one of the same name, by now
 * deleted, or none at all. Rejects with the reader's error when there is no stream.
 */
export async function isInOldStream({
  uuid,
  reader,
  store,
}: Omit<StartOptions, 'settings'>): Promise<boolean> {
  const begun = store.get(TABLE, uuid) as unknown as Begun | undefined
  return begun !== undefined && begun.incarnation !== (await reader.incarnation?.())
}

/** From now on the positions are in the stream that there is now: all that is in it is new. */
export async function enterStream({ uuid, reader, store }: Omit<StartOptions, 'settings'>): Promise<void> {
  const begun = store.get(TABLE, uuid) as unknown as Begun
  const incarnation = await reader.incarnation?.()
  await forgetShards(uuid, [...readEntries(uuid, store).keys()], store)
  await store.apply([begunEffect(uuid, { ...begun, incarnation })])
}

async function firstEntry(
  shard: ShardFacts,
  { startingPosition, startingTimestampMs }: StartOptions['settings'],
  reader: StartOptions['reader'],
): Promise<ShardEntry> {
  switch (startingPosition) {
    case 'TRIM_HORIZON':
      return FROM_THE_BEGINNING
    case 'AT_TIMESTAMP':
      return { ...FROM_THE_BEGINNING, position: { kind: 'time', ms: startingTimestampMs ?? 0 } }
    case 'LATEST':
      return shard.isClosed
        ? { ...FROM_THE_BEGINNING, isRead: true }
        : { ...FROM_THE_BEGINNING, position: await reader.latest(shard.id) }
  }
}

/** Forgets where a mapping was, when it is deleted. */
export async function forgetPositions(uuid: string, store: Store): Promise<void> {
  await forgetShards(uuid, [...readEntries(uuid, store).keys()], store)
  await store.remove(TABLE, uuid)
}

/** Forgets shards that are not there any more. */
export async function forgetShards(uuid: string, shardIds: readonly string[], store: Store): Promise<void> {
  await store.apply(shardIds.map((id) => ({ kind: 'remove', table: TABLE, key: keyOf(uuid, id) })))
  await Promise.all(shardIds.map((id) => store.removeShard(leaseLogOf(uuid), id)))
}

/** What is kept of each shard. */
export function readEntries(uuid: string, store: Store): Map<string, ShardEntry> {
  const prefix = keyOf(uuid, '')
  return new Map(
    store.list(TABLE, { prefix }).map(([key, value]) => {
      const entry = value as unknown as StoredEntry
      return [key.slice(prefix.length), { ...entry, window: windowIn(entry, store.body(TABLE, key)) }]
    }),
  )
}

/** The change that keeps an entry. */
export function entryEffect(uuid: string, shardId: string, entry: ShardEntry): Effect {
  const { position, isRead, window } = entry
  const stored: StoredEntry = {
    position,
    isRead,
    ...(window && { window: { startMs: window.startMs, ...(window.range && { range: window.range }) } }),
  }
  return {
    kind: 'set',
    table: TABLE,
    key: keyOf(uuid, shardId),
    value: stored as unknown as JsonObject,
    ...(window && { body: Buffer.from(window.state) }),
  }
}

/** As it lies in the table; the window's state, which may be big, is the entry's body. */
interface StoredEntry {
  readonly position: ShardPosition
  readonly isRead: boolean
  readonly window?: Omit<TumblingWindow, 'state' | 'range'> & Partial<Pick<TumblingWindow, 'range'>>
}

const windowIn = ({ window }: StoredEntry, body: Uint8Array | undefined): TumblingWindow | undefined =>
  window && {
    startMs: window.startMs,
    range: window.range,
    state: Buffer.from(body ?? []).toString() || '{}',
  }
