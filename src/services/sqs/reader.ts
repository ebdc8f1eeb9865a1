import type { ClaimedItem } from '../../store/index.ts'
import type { Activity } from '../../system/index.ts'
import { bodyOf, metaOf, systemAttributesOf } from './message.ts'
import * as errors from './errors.ts'
import type { MessageAttributes } from './messageAttributes.ts'
import type { Queue, Queues } from './queues.ts'
import { receiptHandleOf, tokenOf } from './receiptHandle.ts'
import { isExpired } from './removal.ts'
import { takeOrWait } from './receive.ts'
import { change } from './visibility.ts'

/** A received message, as code in this process reads it. */
export interface ReceivedMessage {
  readonly messageId: string
  readonly receiptHandle: string
  readonly body: string
  readonly md5OfBody: string
  /** All system attributes; every value is text. */
  readonly attributes: Readonly<Record<string, string>>
  readonly messageAttributes: Readonly<Record<string, ReceivedAttribute>>
  /** `undefined` without message attributes. */
  readonly md5OfMessageAttributes: string | undefined
  readonly visibleAgainMs: number
  /** The invocation that sent it, if a handler did. */
  readonly cause: string | undefined
}

export interface ReceivedAttribute {
  readonly dataType: string
  readonly stringValue?: string
  /** Base64. */
  readonly binaryValue?: string
}

/** Reads one queue without HTTP, with the redrive and the visibility of `ReceiveMessage`. */
export interface QueueReader {
  /**
   * Waits until there is something, then answers up to `limit` messages, now invisible to others. With `waitUntilMs`
   * (clock time) it answers nothing when nothing came by then. Rejects with the signal's reason when aborted.
   */
  receive(options: { limit: number; waitUntilMs?: number; signal: AbortSignal }): Promise<ReceivedMessage[]>
  /** Deletes messages; one that somebody else received in the meantime stays, on a FIFO queue one that could be. */
  remove(messages: readonly Pick<ReceivedMessage, 'receiptHandle'>[]): Promise<void>
  /** Makes messages visible again at once; their receive counts stay. */
  release(messages: readonly Pick<ReceivedMessage, 'receiptHandle'>[]): Promise<void>
}

/** Creates a reader. The queue is looked up at each call, so a reader outlives its queue and finds a new one. */
export function createQueueReader(queues: Queues, activity: Activity, queueName: string): QueueReader {
  const find = (): Queue => {
    const queue = queues.get(queueName)
    if (!queue) throw errors.queueDoesNotExist()
    return queue
  }
  const label = `receive from ${queueName}`

  return {
    async receive({ limit, waitUntilMs = Infinity, signal }) {
      signal.throwIfAborted()
      const queue = find()
      let work = activity.begin(label)
      try {
        const items = await takeOrWait(queues, queue, {
          limit,
          visibilityMs: queue.settings.visibilityMs,
          untilMs: waitUntilMs,
          signalOf: () => signal,
          // A reader at rest is no work at all: nobody should have to wait for it, or be told of it.
          pause: { park: () => work.end(), unpark: () => void (work = activity.begin(label)) },
        })
        if (items.length === 0) {
          signal.throwIfAborted()
          find()
        }
        return items.map((item) => receivedMessage(queue, item, queues.edges.identity.accountId))
      } finally {
        work.end()
      }
    },
    async remove(messages) {
      const queue = queues.get(queueName)
      if (!queue) return
      const tokens = messages.map(({ receiptHandle }) => tokenOf(queue, receiptHandle))
      await queues.edges.store.settle(tokens.filter((token) => !isExpired(queues, queue, token)))
      queue.arrivals.look()
    },
    async release(messages) {
      const queue = queues.get(queueName)
      if (!queue) return
      const dueMs = queues.edges.clock.now()
      const changes = messages.map(({ receiptHandle: handle }) => ({
        handle,
        token: tokenOf(queue, handle),
        dueMs,
      }))
      await change(queues, queue, changes)
    },
  }
}

function receivedMessage(queue: Queue, item: ClaimedItem, accountId: string): ReceivedMessage {
  const meta = metaOf(item)
  return {
    messageId: item.id,
    receiptHandle: receiptHandleOf(queue, item.token),
    body: bodyOf(item),
    md5OfBody: meta.md5,
    attributes: systemAttributesOf(item, accountId),
    messageAttributes: meta.attributes ? receivedAttributes(meta.attributes) : {},
    md5OfMessageAttributes: meta.md5OfAttributes,
    visibleAgainMs: item.dueMs,
    cause: meta.cause,
  }
}

const receivedAttributes = (attributes: MessageAttributes): Record<string, ReceivedAttribute> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
      },
    ]),
  )
