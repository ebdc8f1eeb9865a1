import type { Page } from './readPage.ts'
import type { ShardedStream, ShardMemory, StreamHost } from './shard.ts'
import { somethingNew, type Waiting } from './somethingNew.ts'

export interface PageRequest extends Omit<Waiting, 'label'> {
  /** Reads what there is now; throws when stream or shard are gone. */
  readonly read: () => Page
}

/**
 * Waits until there is something to read, or the end of the shard, and answers it; a page without records when the time
 * has come before. Rejects with the signal's reason when aborted.
 */
export async function nextPage(
  host: StreamHost,
  stream: ShardedStream,
  shard: ShardMemory,
  { read, ...waiting }: PageRequest,
): Promise<Page> {
  const { clock, activity } = host.edges
  const { untilMs, signal } = waiting
  const label = `read ${shard.id} of ${stream.name}`
  let work = activity.begin(label)
  try {
    for (;;) {
      const page = read()
      if (page.records.length > 0 || page.isEnd || clock.now() >= untilMs) return page
      // A reader at rest is no work at all: nobody should have to wait for it, or be told of it.
      work.end()
      await somethingNew(host, stream, shard, { ...waiting, label: `read of ${stream.name}` })
      work = activity.begin(label)
      signal.throwIfAborted()
    }
  } finally {
    work.end()
  }
}
