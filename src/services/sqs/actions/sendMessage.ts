import type { Operation } from '../../operation.ts'
import { prepareMessage, type PreparedMessage, type SentMessage } from '../message.ts'
import type { Queues } from '../queues.ts'

interface Input extends SentMessage {
  readonly QueueUrl?: string
}

/** `SendMessage`: answered once the message is durable. */
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
    await store.put([prepared.item])
    onSent?.({ queue: queue.name, messageIds: [prepared.messageId] }, cause)
    return sentAnswer(prepared)
  }
}

/** What a sender is told; SDKs check the digests. */
export const sentAnswer = (prepared: PreparedMessage) => ({
  MD5OfMessageAttributes: prepared.md5OfAttributes,
  MD5OfMessageBody: prepared.md5OfBody,
  MD5OfMessageSystemAttributes: prepared.md5OfSystemAttributes,
  MessageId: prepared.messageId,
})
