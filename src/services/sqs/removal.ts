import type { Token, TokenOutcome } from '../../store/index.ts'
import * as errors from './errors.ts'
import type { Queue, Queues } from './queues.ts'
import { tokenOf } from './receiptHandle.ts'

/** The right to delete one message. */
export interface Removal {
  readonly handle: string
  readonly token: Token
}

/** Reads a handle; throws AWS's errors. On a FIFO queue it expires with the message's visibility timeout. */
export function prepareRemoval(queues: Queues, queue: Queue, handle: string | undefined): Removal {
  const token = tokenOf(queue, handle)
  if (isExpired(queues, queue, token)) throw errors.receiptHandleExpired(handle ?? '')
  return { handle: handle ?? '', token }
}

/** Whether the message has become visible again on a FIFO queue; what is gone has not. */
export function isExpired({ edges: { store, clock } }: Queues, queue: Queue, token: Token): boolean {
  if (!queue.settings.fifo) return false
  const [item] = store.peek(queue.items, 1, token.sequence - 1)
  return item?.sequence === token.sequence && item.dueMs <= clock.now()
}

/**
 * Deletes messages in one transaction. On a standard queue that always succeeds: a message that is gone stays gone,
 * and with the handle of an earlier receive nothing happens. On a FIFO queue such a handle has expired.
 */
export async function remove(
  queues: Queues,
  queue: Queue,
  removals: readonly Removal[],
): Promise<('done' | 'expired')[]> {
  const outcomes = await queues.edges.store.settle(removals.map(({ token }) => token))
  queue.arrivals.look()
  return outcomes.map((outcome: TokenOutcome) =>
    queue.settings.fifo && outcome === 'stale' ? 'expired' : 'done',
  )
}
