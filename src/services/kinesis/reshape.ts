import * as errors from './errors.ts'
import { Lineage } from './lineage.ts'
import { findShard, isGone, type Shard, shardIdOf, type Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/**
 * Changes a stream's shards, alone in the stream: records that are on their way into a shard are in it before it is
 * closed. Closed shards whose records have all grown too old go on this occasion.
 */
export function reshape(streams: Streams, stream: Stream, change: (lineage: Lineage) => void): Promise<void> {
  const { store, clock, identity } = streams.edges
  return stream.gate.alone(async () => {
    if (!streams.holds(stream)) throw errors.streamNotFound(stream.name, identity.accountId)
    const ms = clock.now()
    const gone = [...stream.shards.values()].filter((shard) => isGone(stream, shard, ms))
    const lineage = new Lineage(stream.record, {
      ms,
      lastSequenceOf: (shardId) => store.lastSequence(stream.log, shardId),
    })
    change(lineage)
    const { shards, shardsEver } = lineage.result()
    const removal = { log: stream.log, shards: gone.map(({ id }) => id) }
    const kept = shards.filter(({ index }) => !removal.shards.includes(shardIdOf(index)))
    // Noted before the change: nobody reads what is that old, whether the change comes or not.
    if (gone.length > 0) await store.apply([streams.removals.note(removal)])
    await streams.change(stream, { shards: kept, shardsEver })
    if (gone.length > 0) await streams.removals.carryOut(removal)
  })
}

/** The open shard of that name. Throws AWS's error when there is none, or when it was split or merged before. */
export function openShard(
  { edges }: Streams,
  stream: Stream,
  name: string,
  purpose: 'split' | 'merge',
): Shard {
  const place = `in stream ${stream.name} under account ${edges.identity.accountId}`
  const shard = findShard(stream, name, edges.clock.now())
  if (!shard) throw errors.resourceNotFound(`Could not find shard ${name} ${place}.`)
  if (!shard.record.closed) return shard
  const what = purpose === 'split' ? ['split', 'splitting'] : ['merged', 'merging']
  throw errors.invalidArgument(
    `Shard ${shard.id} ${place} has already been ${what[0]}, and thus is not eligible for ${what[1]}.`,
  )
}

/** The shards of an on-demand stream are AWS's own affair. */
export function refuseOnDemand({ edges }: Streams, { name, record }: Stream): void {
  if (record.mode === 'PROVISIONED') return
  throw errors.validation(
    `Request is invalid. Stream ${name} under account ${edges.identity.accountId} is in On-Demand mode.`,
  )
}
