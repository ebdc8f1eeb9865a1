import * as errors from './errors.ts'
import { Lineage } from './lineage.ts'
import { isGone, shardIdOf, type Stream } from './stream.ts'
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
    const goneIds = new Set(gone.map(({ id }) => id))
    const kept = shards.filter(({ index }) => !goneIds.has(shardIdOf(index)))
    await streams.change(stream, { shards: kept, shardsEver })
    for (const { id } of gone) await store.removeShard(stream.log, id)
  })
}
