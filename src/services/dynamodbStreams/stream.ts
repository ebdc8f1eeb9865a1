import type { JsonObject } from '../../system/index.ts'
import { Gate } from '../gate.ts'
import { prefixOf } from './sequenceNumbers.ts'

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

/** An attribute of a table's primary key, as the API has it. */
export interface KeySchemaElement extends JsonObject {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}

/** A stream as it is kept in the store; its records are in a log. */
export interface KeptStream extends JsonObject {
  readonly tableName: string
  /** When it was created, as its ARN ends: `2026-01-01T10:00:00.123`. */
  readonly label: string
  readonly keySchema: readonly KeySchemaElement[]
  readonly viewType: StreamViewType
  readonly createdMs: number
  /** Since when it is `DISABLED`; its records stay until they are too old. */
  readonly closedMs?: number
  /** In the order of their numbers, parents before their children; closed ones until their records are too old. */
  readonly shards: readonly KeptShard[]
  /** How many shards there ever were: the next one's number. */
  readonly shardsEver: number
}

/** A shard as it is kept. */
export interface KeptShard extends JsonObject {
  readonly id: string
  readonly index: number
  readonly parent?: string
  readonly createdMs: number
  readonly closed?: { readonly lastSequence: number; readonly atMs: number }
}

/** A shard in memory. */
export interface Shard {
  readonly id: string
  readonly kept: KeptShard
  /** What its sequence numbers begin with. */
  readonly prefix: string
  /** When its newest record came; `undefined` before that was looked up. */
  newestMs: number | undefined
  /** Records up to this sequence are too old. */
  horizon: number
  /** Nothing in it can be too old before this time. */
  nextExpiryMs: number
}

/** A stream in memory: what is kept, and what that means. */
export interface Stream {
  readonly arn: string
  /** The store's name for its records. */
  readonly log: string
  /** As people call it: its ARN. */
  readonly name: string
  readonly retentionMs: number
  /** Records go in together, whoever changes the shards alone: no record comes behind the end of its shard. */
  readonly gate: Gate
  kept: KeptStream
  shards: ReadonlyMap<string, Shard>
}

/** How long a stream keeps a record (DynamoDB Developer Guide, "Change data capture for DynamoDB Streams"). */
export const RETENTION_MS = 24 * 3_600_000
/** A shard takes records for about so long; then another one goes on. */
export const SHARD_LIFE_MS = 4 * 3_600_000

/** Brings a stream from what is kept of it into memory. */
export function streamOf(arn: string, kept: KeptStream): Stream {
  const stream: Stream = {
    arn,
    log: `dynamodbStreams/${arn}`,
    name: arn,
    retentionMs: RETENTION_MS,
    gate: new Gate(),
    kept,
    shards: new Map(),
  }
  takeShards(stream)
  return stream
}

/** Brings the shards of a stream in line with what is kept of it; what is known of those that stay is kept. */
export function takeShards(stream: Stream): void {
  const before = stream.shards
  stream.shards = new Map(stream.kept.shards.map((kept) => [kept.id, shardOf(kept, before.get(kept.id))]))
}

const shardOf = (kept: KeptShard, known: Shard | undefined): Shard => ({
  id: kept.id,
  kept,
  prefix: prefixOf(kept),
  newestMs: known?.newestMs,
  horizon: known?.horizon ?? 0,
  nextExpiryMs: known?.nextExpiryMs ?? 0,
})

/** The shard that takes records; `undefined` when the stream is disabled. */
export const openShardOf = ({ shards }: Stream): Shard | undefined =>
  [...shards.values()].findLast(({ kept }) => !kept.closed)

/** Whether a closed shard holds nothing any more that is young enough: then it is as good as gone. */
export const isGone = ({ closed }: KeptShard, nowMs: number): boolean =>
  closed !== undefined && closed.atMs + RETENTION_MS < nowMs

/** Whether a disabled stream holds nothing any more. */
export const isOver = ({ closedMs }: KeptStream, nowMs: number): boolean =>
  closedMs !== undefined && closedMs + RETENTION_MS < nowMs

/** The shards that hold records or may get some, parents before their children. */
export const listedShards = (stream: Stream, nowMs: number): Shard[] =>
  [...stream.shards.values()].filter(({ kept }) => !isGone(kept, nowMs))

export function findShard(stream: Stream, id: string, nowMs: number): Shard | undefined {
  const shard = stream.shards.get(id)
  return shard && !isGone(shard.kept, nowMs) ? shard : undefined
}

/** As AWS writes them: `shardId-00000001573689847184-864758bb`. */
export const shardIdOf = (createdMs: number, hex: string): string =>
  `shardId-${String(createdMs).padStart(20, '0')}-${hex}`
