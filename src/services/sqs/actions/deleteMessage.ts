import type { Operation } from '../../operation.ts'
import type { Queues } from '../queues.ts'
import { tokenOf } from '../receiptHandle.ts'

interface Input {
  readonly QueueUrl?: string
  readonly ReceiptHandle?: string
}

/**
 * `DeleteMessage`. On a standard queue it always succeeds: a message that is gone stays gone, and with the handle of
 * an earlier receive nothing happens.
 */
export const createDeleteMessage =
  (queues: Queues): Operation<Input> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    await queues.edges.store.settle([tokenOf(queue, input.ReceiptHandle)])
    queue.arrivals.look()
  }
