import type { Operation } from '../../operation.ts'
import { checkCount, readEntries, type SentEntry } from '../batch.ts'
import type { Publisher } from '../publisher.ts'

interface Input {
  readonly TopicArn?: string
  readonly PublishBatchRequestEntries?: readonly SentEntry[]
}

/** `PublishBatch`: up to ten messages, all of them or none. */
export const createPublishBatch =
  (publisher: Publisher): Operation<Input> =>
  async ({ TopicArn, PublishBatchRequestEntries: sent = [] }, { cause, traceHeader }) => {
    checkCount(sent)
    const topic = publisher.topics.ofArn(TopicArn)
    const entries = readEntries(sent)
    const messages = entries.map(({ message }) => message)
    const messageIds = await publisher.publish(topic, messages, { cause, traceHeader })
    return {
      Failed: [],
      Successful: entries.map(({ id }, index) => ({ Id: id, MessageId: messageIds[index] })),
    }
  }
