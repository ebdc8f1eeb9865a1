import type { JsonObject } from '../../system/index.ts'
import * as errors from './errors.ts'
import { listedShards, type Shard, type Stream } from './stream.ts'

/** Which shards `ListShards` shows (Kinesis API Reference, `ShardFilter`). */
export interface ShardFilter extends JsonObject {
  readonly Type: string
  readonly ShardId?: string
  /** Epoch seconds. */
  readonly Timestamp?: number
}

export const filterTypes = [
  'AFTER_SHARD_ID',
  'AT_TRIM_HORIZON',
  'FROM_TRIM_HORIZON',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'FROM_TIMESTAMP',
] as const

/** In the order of their numbers. */
export function filterShards(stream: Stream, filter: ShardFilter | undefined, nowMs: number): Shard[] {
  const listed = listedShards(stream, nowMs)
  const horizonMs = Math.max(stream.record.createdMs, nowMs - stream.retentionMs)
  switch (filter?.Type) {
    case 'AFTER_SHARD_ID':
      return listed.filter(({ id }) => id > shardIdIn(filter))
    case 'AT_LATEST':
      return listed.filter(({ record }) => !record.closed)
    case 'AT_TRIM_HORIZON':
      return listed.filter((shard) => isOpenAt(shard, horizonMs))
    case 'AT_TIMESTAMP': {
      const atMs = timeIn(filter, horizonMs, nowMs)
      return listed.filter((shard) => isOpenAt(shard, atMs))
    }
    case 'FROM_TIMESTAMP': {
      const fromMs = timeIn(filter, horizonMs, nowMs)
      return listed.filter((shard) => closedMsOf(shard) >= fromMs)
    }
    default:
      return listed
  }
}

/** A shard that was split or merged at this very time is there as well as its children. */
const isOpenAt = (shard: Shard, ms: number): boolean =>
  shard.record.createdMs <= ms && closedMsOf(shard) >= ms

const closedMsOf = ({ record }: Shard): number => record.closed?.atMs ?? Infinity

function shardIdIn({ ShardId: shardId }: ShardFilter): string {
  if (shardId === undefined)
    throw errors.invalidArgument('ShardId must be specified for a ShardFilter of type AFTER_SHARD_ID.')
  return shardId
}

/** What is before the oldest record means the oldest record. */
function timeIn({ Type, Timestamp }: ShardFilter, horizonMs: number, nowMs: number): number {
  if (Timestamp === undefined)
    throw errors.invalidArgument(`Timestamp must be specified for a ShardFilter of type ${Type}.`)
  const ms = Math.round(Timestamp * 1_000)
  if (ms > nowMs) throw errors.invalidArgument('The Timestamp of a ShardFilter must not be in the future.')
  return Math.max(ms, horizonMs)
}
