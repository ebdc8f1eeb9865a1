import type { JsonObject } from '../../system/index.ts'
import { Gate } from '../gate.ts'
import { hexOf } from './hashKeys.ts'
import { prefixOf, sequenceNumberOf } from './sequenceNumbers.ts'

export type StreamMode = 'PROVISIONED' | 'ON_DEMAND'

/** A stream as it is kept in the store; its records are in a log. */
export interface StreamRecord extends JsonObject {
  /** 12 digits, drawn at the creation: in its log's name, its iterators and its sequence numbers. */
  readonly mark: string
  /** `StreamId`. */
  readonly id: string
  readonly createdMs: number
  readonly mode: StreamMode
  readonly retentionHours: number
  readonly maximumRecordKiB: number
  readonly warmMiBps?: number
  readonly tags: Readonly<Record<string, string>>
  /** Shard-level metrics that were asked for. */
  readonly metrics: readonly string[]
  /** The key that records are said to be encrypted with. */
  readonly keyId?: string
  /** The resource policy, JSON. */
  readonly policy?: string
  /** In the order of their numbers; closed ones until their records are too old. */
  readonly shards: readonly ShardRecord[]
  /** How many shards `lambda.yml` said last that there are to be. */
  readonly declaredShards?: number
  /** Each shard has its share, and more is refused. */
  readonly limitsThroughput?: boolean
  /** How many shards there ever were: the next one's number. */
  readonly shardsEver: number
  readonly consumers: readonly ConsumerRecord[]
}

/** A shard as it is kept. */
export interface ShardRecord extends JsonObject {
  /** The number in its name. */
  readonly index: number
  /** Names; of a merge the second one is the adjacent parent. */
  readonly parents: readonly string[]
  /** Decimal digits; both ends are included. */
  readonly from: string
  readonly to: string
  readonly createdMs: number
  readonly closed?: { readonly lastSequence: number; readonly atMs: number }
}

/** A registered consumer (enhanced fan-out) as it is kept. */
export interface ConsumerRecord extends JsonObject {
  readonly name: string
  readonly createdMs: number
  readonly tags: Readonly<Record<string, string>>
  /** Its resource policy, JSON. */
  readonly policy?: string
}

/** A shard in memory. */
export interface Shard {
  readonly id: string
  readonly record: ShardRecord
  /** What its sequence numbers begin with. */
  readonly prefix: string
  /** Its range as 32 hexadecimal digits each. */
  readonly fromHex: string
  readonly toHex: string
  /** When its newest record came; `undefined` before that was looked up. A later record is never given an earlier time. */
  newestMs: number | undefined
  /** Records up to this sequence are too old. */
  horizon: number
  /** Nothing in it can be too old before this time. */
  nextExpiryMs: number
}

/** A stream in memory: what is kept, and what that means. */
export interface Stream {
  readonly name: string
  readonly arn: string
  /** The store's name for its records. */
  readonly log: string
  readonly retentionMs: number
  /** Puts go in together, whoever changes the shards alone: no record comes behind the end of its shard. */
  readonly gate: Gate
  record: StreamRecord
  shards: ReadonlyMap<string, Shard>
  /** The shards that take records, in the order of their ranges. */
  open: readonly Shard[]
}

export const shardIdOf = (index: number): string => `shardId-${String(index).padStart(12, '0')}`

/** Brings a stream from its record into memory. */
export function streamOf(name: string, arn: string, record: StreamRecord): Stream {
  const stream: Stream = {
    name,
    arn,
    log: `kinesis/${name}/${record.mark}`,
    get retentionMs() {
      return this.record.retentionHours * 3_600_000
    },
    gate: new Gate(),
    record,
    shards: new Map(),
    open: [],
  }
  takeShards(stream)
  return stream
}

/** Brings the shards of a stream in line with its record; what is known of those that stay is kept. */
export function takeShards(stream: Stream): void {
  const before = stream.shards
  const shards = stream.record.shards.map((record) => shardOf(stream, record, before))
  stream.shards = new Map(shards.map((shard) => [shard.id, shard]))
  stream.open = shards
    .filter(({ record }) => !record.closed)
    .sort((one, other) => (one.fromHex < other.fromHex ? -1 : 1))
}

function shardOf({ record: { mark } }: Stream, record: ShardRecord, before: Stream['shards']): Shard {
  const id = shardIdOf(record.index)
  const known = before.get(id)
  return {
    id,
    record,
    prefix: prefixOf(mark, record),
    fromHex: hexOf(BigInt(record.from)),
    toHex: hexOf(BigInt(record.to)),
    newestMs: known?.newestMs,
    horizon: known?.horizon ?? 0,
    nextExpiryMs: known?.nextExpiryMs ?? 0,
  }
}

/** Before the first record that the shard can have. */
export const startOf = ({ prefix }: Shard): string => sequenceNumberOf(prefix, 0)

/** Behind the last record of a closed shard. */
export const endOf = ({ prefix, record: { closed } }: Shard): string | undefined =>
  closed && sequenceNumberOf(prefix, closed.lastSequence + 1)

/** Whether a closed shard holds nothing any more that is young enough: then it is as good as gone. */
export const isGone = (stream: Stream, { record: { closed } }: Shard, nowMs: number): boolean =>
  closed !== undefined && closed.atMs + stream.retentionMs < nowMs

/** The shards that hold records or may get some, in the order of their numbers: parents before children. */
export const listedShards = (stream: Stream, nowMs: number): Shard[] =>
  [...stream.shards.values()].filter((shard) => !isGone(stream, shard, nowMs))

/** The shard that a caller names: `shardId-000000000007`, or just by its number, as AWS allows it. */
export function findShard(stream: Stream, name: string, nowMs: number): Shard | undefined {
  const number = /^(?:shardId-)?0*(\d{1,12})$/.exec(name)?.[1]
  const shard = number === undefined ? undefined : stream.shards.get(shardIdOf(Number(number)))
  return shard && !isGone(stream, shard, nowMs) ? shard : undefined
}

export const childrenOf = (stream: Stream, shardId: string): Shard[] =>
  [...stream.shards.values()].filter(({ record }) => record.parents.includes(shardId))
