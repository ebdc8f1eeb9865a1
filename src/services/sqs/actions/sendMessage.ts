import type { PutResult } from '../../../store/index.ts'
import type { Operation } from '../../operation.ts'
import { sequenceNumberOf } from '../fifoMessage.ts'
import { prepareMessage, type PreparedMessage, type SentMessage } from '../message.ts'
import type { Queues } from '../queues.ts'

interface Input extends SentMessage {
  readonly QueueUrl?: string
}

/** `SendMessage`: answered once the message is durable, or was known to be a duplicate. */
export const createSendMessage = (queues: Queues): Operation<Input> => {
  const { store, clock, ids, onSent } = queues.edges
  return async (input, { cause, traceHeader }) => {
    const queue = queues.ofUrl(input.QueueUrl)
    const prepared = prepareMessage(queue, input, {
      nowMs: clock.now(),
      messageId: ids.uuid(),
      cause,
      traceHeader,
    })
    const [result] = await store.put([prepared.item])
    if (result?.kind === 'stored') onSent?.({ queue: queue.name, messageIds: [prepared.messageId] }, cause)
    return sentAnswer(prepared, result)
  }
}

/** What a sender is told; SDKs check the digests. A duplicate is told the first one's id and number. */
export const sentAnswer = (prepared: PreparedMessage, result: PutResult | undefined) => ({
  MD5OfMessageAttributes: prepared.md5OfAttributes,
  MD5OfMessageBody: prepared.md5OfBody,
  MD5OfMessageSystemAttributes: prepared.md5OfSystemAttributes,
  MessageId: result?.kind === 'duplicate' ? result.id : prepared.messageId,
  ...(result && prepared.item.group !== undefined && { SequenceNumber: sequenceNumberOf(result.sequence) }),
})
