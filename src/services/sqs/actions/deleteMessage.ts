import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'
import { prepareRemoval, remove } from '../removal.ts'

interface Input {
  readonly QueueUrl?: string
  readonly ReceiptHandle?: string
}

/** `DeleteMessage`: fails only on a FIFO queue, for a handle that has expired. */
export const createDeleteMessage =
  (queues: Queues): Operation<Input> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    const removal = prepareRemoval(queues, queue, input.ReceiptHandle)
    const [outcome] = await remove(queues, queue, [removal])
    if (outcome === 'expired') throw errors.receiptHandleExpired(removal.handle)
  }
