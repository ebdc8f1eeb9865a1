import type { Operation } from '../../operation.ts'
import type { Queues } from '../queues.ts'

/** `ListQueueTags`: without tags the answer has no map at all. */
export const createListQueueTags =
  (queues: Queues): Operation<{ readonly QueueUrl?: string }> =>
  ({ QueueUrl }) => {
    const { tags } = queues.ofUrl(QueueUrl).record
    return Object.keys(tags).length > 0 ? { Tags: tags } : {}
  }
