import type { Effect, NewRecord } from '../../store/index.ts'
import { type ItemChange, recordOf } from './change.ts'
import * as errors from './errors.ts'
import { noteArrival } from '../shards/horizon.ts'
import { sequenceNumberOf } from './sequenceNumbers.ts'
import { openShardOf, type Shard, type Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** Changes of the items of one table. */
export interface StreamChanges {
  readonly streamArn: string
  readonly changes: readonly ItemChange[]
}

/** Where a record went. */
export interface Placed {
  readonly shardId: string
  readonly sequenceNumber: string
}

/**
 * A larger one is written to a file before it is logged, and a smaller one that came later would be logged before it: so
 * it is put alone.
 */
const LARGEST_IN_ORDER_BYTES = 65_536

/** Puts changes into one stream; answers where the records went, and resolves once they are durable. */
export async function append(
  streams: Streams,
  stream: Stream,
  changes: readonly ItemChange[],
  cause: string | undefined,
): Promise<Placed[]> {
  return inside(streams, stream, changes, cause, async (shard, records) => {
    if (records.length === 0) return []
    const sequences = await streams.edges.store.append(stream.log, shard.id, records)
    const placed = sequences.map((sequence) => ({
      shardId: shard.id,
      sequenceNumber: sequenceNumberOf(shard.prefix, sequence),
    }))
    tell(
      streams,
      stream,
      shard,
      placed.map(({ sequenceNumber }) => sequenceNumber),
      cause,
      records.length,
    )
    return placed
  })
}

/**
 * Hands the effects that put changes into their streams to `commit`, which stores them with what was changed. Several
 * streams are entered in one order, so that two such calls never wait for each other.
 */
export function appendWith<Result>(
  streams: Streams,
  all: readonly StreamChanges[],
  cause: string | undefined,
  commit: (effects: readonly Effect[]) => Promise<Result>,
): Promise<Result> {
  const [first, ...rest] = all.toSorted((a, b) => (a.streamArn < b.streamArn ? -1 : 1))
  if (!first) return commit([])
  const stream = streams.named(first.streamArn)
  return inside(streams, stream, first.changes, cause, async (shard, records) => {
    const effect: Effect = { kind: 'append', log: stream.log, shard: shard.id, records }
    const mine = records.length > 0 ? [effect] : []
    const result = await appendWith(streams, rest, cause, (others) => commit([...mine, ...others]))
    tell(streams, stream, shard, [], cause, records.length)
    return result
  })
}

/** Runs `work` with the records of changes and the shard that takes them, which stays open as long as it runs. */
async function inside<Result>(
  streams: Streams,
  stream: Stream,
  changes: readonly ItemChange[],
  cause: string | undefined,
  work: (shard: Shard, records: readonly NewRecord[]) => Promise<Result>,
): Promise<Result> {
  await streams.roll(stream)
  const isLarge = changes.some(
    (change) => JSON.stringify([change.oldImage, change.newImage]).length > LARGEST_IN_ORDER_BYTES / 2,
  )
  const enter = (): Promise<Result> => {
    const shard = openShardOf(stream)
    if (!shard || !streams.holds(stream)) throw errors.streamNotFound(stream.arn)
    const atMs = noteArrival(streams, stream, shard)
    const records = changes.flatMap((change) => {
      const at = { eventId: streams.edges.ids.hex(32), atMs, cause }
      return recordOf(stream.kept, change, at) ?? []
    })
    return work(shard, records)
  }
  return isLarge ? stream.gate.alone(async () => enter()) : stream.gate.together(async () => enter())
}

function tell(
  { edges }: Streams,
  stream: Stream,
  shard: Shard,
  sequenceNumbers: readonly string[],
  cause: string | undefined,
  count: number,
): void {
  if (count === 0) return
  const { tableName } = stream.kept
  edges.onPut?.({ streamArn: stream.arn, table: tableName, shardId: shard.id, count, sequenceNumbers }, cause)
}
