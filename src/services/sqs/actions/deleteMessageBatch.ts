import type { Operation } from '../../operation.ts'
import { type BatchInput, type BatchOutput, entriesOf, failureOf, prepareEach } from '../batch.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'
import { prepareRemoval, remove } from '../removal.ts'

interface Entry {
  readonly ReceiptHandle?: string
}

/** `DeleteMessageBatch`: `DeleteMessage` for up to ten, in one transaction. */
export const createDeleteMessageBatch =
  (queues: Queues): Operation<BatchInput<Entry>, Promise<BatchOutput<{ readonly Id: string }>>> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    const entries = entriesOf(input, 'DeleteMessageBatchRequestEntry')
    const { accepted, failed } = prepareEach(entries, ({ ReceiptHandle }) =>
      prepareRemoval(queues, queue, ReceiptHandle),
    )
    const removals = accepted.map(({ value }) => value)
    const outcomes = removals.length > 0 ? await remove(queues, queue, removals) : []
    const late = accepted.filter((_, index) => outcomes[index] === 'expired')
    return {
      Successful: accepted.filter((_, index) => outcomes[index] === 'done').map(({ id }) => ({ Id: id })),
      Failed: [
        ...failed,
        ...late.map(({ id, value }) => failureOf(id, errors.receiptHandleExpired(value.handle))),
      ],
    }
  }
