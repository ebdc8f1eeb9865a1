import type { Operation } from '../../operation.ts'
import { type BatchInput, type BatchOutput, entriesOf, prepareEach } from '../batch.ts'
import * as errors from '../errors.ts'
import { groupOf } from '../fifoMessage.ts'
import { messageBytes, prepareMessage, type SentMessage } from '../message.ts'
import type { Queues } from '../queues.ts'
import { sentAnswer } from './sendMessage.ts'

const maximumBatchBytes = 1_048_576

/** `SendMessageBatch`: entries fail one by one; those that are accepted become durable together. */
export const createSendMessageBatch = (
  queues: Queues,
): Operation<BatchInput<SentMessage>, Promise<BatchOutput<object>>> => {
  const { store, clock, ids, onSent } = queues.edges
  return async (input, { cause, traceHeader }) => {
    const queue = queues.ofUrl(input.QueueUrl)
    const entries = entriesOf(input, 'SendMessageBatchRequestEntry')
    const bytes = entries.reduce((sum, entry) => sum + messageBytes(entry), 0)
    if (bytes > maximumBatchBytes) throw errors.batchTooLong(maximumBatchBytes, bytes)

    const { fifo } = queue.settings
    if (fifo) for (const entry of entries) groupOf(fifo, entry, errors.missingInBatch)

    const nowMs = clock.now()
    const { accepted, failed } = prepareEach(entries, (entry) =>
      prepareMessage(queue, entry, { nowMs, messageId: ids.uuid(), cause, traceHeader, isBatch: true }),
    )
    const results = accepted.length > 0 ? await store.put(accepted.map(({ value }) => value.item)) : []
    const stored = accepted.filter((_, index) => results[index]?.kind === 'stored')
    if (stored.length > 0)
      onSent?.({ queue: queue.name, messageIds: stored.map(({ value }) => value.messageId) }, cause)
    return {
      Successful: accepted.map(({ id, value }, index) =>
        Object.assign(sentAnswer(value, results[index]), { Id: id }),
      ),
      Failed: failed,
    }
  }
}
