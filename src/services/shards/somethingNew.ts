import type { ShardedStream, ShardMemory, StreamHost } from './shard.ts'

export interface Waiting {
  /** Calls `wake` when the stream's shards change. */
  readonly watchShards: (wake: () => void) => () => void
  readonly untilMs: number
  readonly signal: AbortSignal
  readonly label: string
}

/** Resolves at the next record, when the stream's shards change, when the time has come, or when aborted. */
export function somethingNew(
  { edges: { store, clock } }: StreamHost,
  { log }: ShardedStream,
  { id }: ShardMemory,
  { watchShards, untilMs, signal, label }: Waiting,
): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      for (const end of ends) end()
      resolve()
    }
    const ends = [
      store.watchLog(log, id, wake),
      watchShards(wake),
      () => signal.removeEventListener('abort', wake),
    ]
    // The end of a wait is nothing that anybody waits for: it counts as recurring.
    const deadline = untilMs === Infinity ? undefined : clock.at(untilMs, label, wake, { recurring: true })
    if (deadline) ends.push(() => deadline.cancel())
    signal.addEventListener('abort', wake)
    if (signal.aborted) wake()
  })
}
