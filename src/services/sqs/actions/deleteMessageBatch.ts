import type { Operation } from '../../operation.ts'
import { type BatchInput, type BatchOutput, entriesOf, prepareEach } from '../batch.ts'
import type { Queues } from '../queues.ts'
import { tokenOf } from '../receiptHandle.ts'

interface Entry {
  readonly ReceiptHandle?: string
}

/** `DeleteMessageBatch`: `DeleteMessage` for up to ten, in one transaction. */
export const createDeleteMessageBatch =
  (queues: Queues): Operation<BatchInput<Entry>, Promise<BatchOutput<{ readonly Id: string }>>> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    const entries = entriesOf(input, 'DeleteMessageBatchRequestEntry')
    const { accepted, failed } = prepareEach(entries, ({ ReceiptHandle }) => tokenOf(queue, ReceiptHandle))
    if (accepted.length > 0) {
      await queues.edges.store.settle(accepted.map(({ value }) => value))
      queue.arrivals.look()
    }
    return { Successful: accepted.map(({ id }) => ({ Id: id })), Failed: failed }
  }
