import type { Shard, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** Resolves at the next record, when shards change, when the time has come, or when aborted. */
export function somethingNew(
  streams: Streams,
  stream: Stream,
  shard: Shard,
  { untilMs, signal, label }: { untilMs: number; signal: AbortSignal; label: string },
): Promise<void> {
  const { store, clock } = streams.edges
  return new Promise((resolve) => {
    const wake = (): void => {
      for (const end of ends) end()
      resolve()
    }
    const ends = [
      store.watchLog(stream.log, shard.id, wake),
      streams.watchShards(wake),
      () => signal.removeEventListener('abort', wake),
    ]
    // The end of a wait is nothing that anybody waits for: it counts as recurring.
    const deadline = untilMs === Infinity ? undefined : clock.at(untilMs, label, wake, { recurring: true })
    if (deadline) ends.push(() => deadline.cancel())
    signal.addEventListener('abort', wake)
    if (signal.aborted) wake()
  })
}
