import type { JsonObject } from '../../system/index.ts'
import type { NewRecord } from '../../store/index.ts'
import * as errors from './errors.ts'
import { hashKeyOf } from './hashKeys.ts'
import { noteArrival } from '../shards/horizon.ts'
import { sequenceNumberOf } from './sequenceNumbers.ts'
import type { Shard, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** A record that somebody puts. */
export interface Arrival {
  readonly partitionKey: string
  /** Decimal digits. */
  readonly explicitHashKey?: string | undefined
  readonly data: Uint8Array
}

/** Where a record went. */
export interface Placed {
  readonly shardId: string
  readonly sequenceNumber: string
}

/** What the log keeps with a record; short, since every record has it. */
export interface RecordMeta extends JsonObject {
  /** The invocation that put it. */
  readonly c?: string
  /** Put while the stream was said to be encrypted. */
  readonly k?: true
}

/**
 * A larger one is written to a file before it is logged, and a smaller one that came later would be logged before it: so
 * it is put alone.
 */
const LARGEST_IN_ORDER_BYTES = 65_536

/** Puts records into the shards that their keys belong to, those of one shard in order; resolves once they are durable. */
export function append(
  streams: Streams,
  stream: Stream,
  arrivals: readonly Arrival[],
  cause: string | undefined,
): Promise<Placed[]> {
  const isLarge = arrivals.some(({ data }) => data.length > LARGEST_IN_ORDER_BYTES)
  const work = (): Promise<Placed[]> => appendInside(streams, stream, arrivals, cause)
  return isLarge ? stream.gate.alone(work) : stream.gate.together(work)
}

async function appendInside(
  streams: Streams,
  stream: Stream,
  arrivals: readonly Arrival[],
  cause: string | undefined,
): Promise<Placed[]> {
  if (!streams.holds(stream)) throw errors.streamNotFound(stream.name, streams.edges.identity.accountId)
  const placed: Placed[] = []
  placed.length = arrivals.length
  const groups = groupByShard(stream, arrivals)
  await Promise.all(
    [...groups].map(([shard, indexes]) =>
      appendToShard(streams, stream, { shard, indexes, arrivals, placed }, cause),
    ),
  )
  return placed
}

function groupByShard(stream: Stream, arrivals: readonly Arrival[]): Map<Shard, number[]> {
  const groups = new Map<Shard, number[]>()
  for (const [index, arrival] of arrivals.entries()) {
    const shard = shardFor(stream, arrival)
    const indexes = groups.get(shard)
    if (indexes) indexes.push(index)
    else groups.set(shard, [index])
  }
  return groups
}

/** The open shard whose range holds the record's hash key. */
export function shardFor(
  { open }: Stream,
  { partitionKey, explicitHashKey }: Pick<Arrival, 'partitionKey' | 'explicitHashKey'>,
): Shard {
  let low = 0
  let high = open.length - 1
  if (high > 0) {
    const hashKey = hashKeyOf(partitionKey, explicitHashKey)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (open[middle]!.fromHex <= hashKey) low = middle
      else high = middle - 1
    }
  }
  return open[low]!
}

async function appendToShard(
  streams: Streams,
  stream: Stream,
  to: {
    shard: Shard
    indexes: readonly number[]
    arrivals: readonly Arrival[]
    placed: Placed[]
  },
  cause: string | undefined,
): Promise<void> {
  const { shard, indexes, arrivals, placed } = to
  const { store, onPut } = streams.edges
  const atMs = noteArrival(streams, stream, shard)
  const meta = metaOf(stream, cause)
  const records = indexes.map((index): NewRecord => {
    const { partitionKey: key, data } = arrivals[index]!
    return meta ? { key, data, atMs, meta } : { key, data, atMs }
  })
  const sequences = await store.append(stream.log, shard.id, records)
  for (const [position, index] of indexes.entries()) {
    const sequenceNumber = sequenceNumberOf(shard.prefix, sequences[position]!)
    placed[index] = { shardId: shard.id, sequenceNumber }
  }
  if (!onPut) return
  const sequenceNumbers = indexes.map((index) => placed[index]!.sequenceNumber)
  onPut({ stream: stream.name, shardId: shard.id, count: indexes.length, sequenceNumbers }, cause)
}

function metaOf({ record }: Stream, cause: string | undefined): RecordMeta | undefined {
  const isEncrypted = record.keyId !== undefined
  if (cause === undefined && !isEncrypted) return undefined
  return { ...(cause !== undefined && { c: cause }), ...(isEncrypted && { k: true as const }) }
}
