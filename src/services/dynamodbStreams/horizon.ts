import { RETENTION_MS, type Shard, type Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** What is too old: by the clock at every look, and dropped from the store on the way; no alarm waits for that. */

/** The time of a record that arrives now: never before that of the record in front of it. */
export function noteArrival(streams: Streams, stream: Stream, shard: Shard): number {
  const nowMs = streams.edges.clock.now()
  shard.newestMs = Math.max(nowMs, newestMsOf(streams, stream, shard))
  horizonOf(streams, stream, shard)
  return shard.newestMs
}

/** When the newest record of a shard came; 0 if there is none. */
export function newestMsOf({ edges: { store } }: Streams, { log }: Stream, shard: Shard): number {
  if (shard.newestMs !== undefined) return shard.newestMs
  const [newest] = store.read(log, shard.id, store.lastSequence(log, shard.id) - 1, 1)
  return (shard.newestMs = newest?.atMs ?? 0)
}

/** The sequence up to which a shard's records are too old now. */
export function horizonOf(streams: Streams, stream: Stream, shard: Shard): number {
  const { store, clock, activity } = streams.edges
  const nowMs = clock.now()
  if (nowMs < shard.nextExpiryMs) return shard.horizon
  const before = shard.horizon
  shard.horizon = beforeTime(streams, stream, shard, nowMs - RETENTION_MS)
  const [oldest] = store.read(stream.log, shard.id, shard.horizon, 1)
  shard.nextExpiryMs = (oldest?.atMs ?? nowMs) + RETENTION_MS + 1
  if (shard.horizon > before) {
    const trimming = store.trim(stream.log, shard.id, shard.horizon)
    // What is not dropped now is not shown either, and goes with the next that is too old.
    activity.track(`drop old records of ${stream.arn}`, trimming).catch(() => {})
  }
  return shard.horizon
}

/** The sequence behind which the first record of `ms` or later is; found by halving, since times never decrease. */
export function beforeTime(
  { edges: { store } }: Streams,
  { log }: Stream,
  { id, horizon }: Shard,
  ms: number,
): number {
  let low = horizon
  let high = store.lastSequence(log, id)
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [record] = store.read(log, id, middle, 1)
    if (!record || record.atMs >= ms) high = middle
    else low = record.sequence
  }
  return low
}
