import type { Operation } from '../../operation.ts'
import { checkAttributes, mergeAttributes, type QueueAttributes } from '../attributes.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly QueueUrl?: string
  readonly Attributes?: QueueAttributes
}

/** `SetQueueAttributes`: holds for the next receive or send; messages that are there keep their times. */
export const createSetQueueAttributes =
  (queues: Queues): Operation<Input> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    if (!input.Attributes) throw errors.missingParameter('Attributes')
    checkAttributes(input.Attributes, queues.surroundings(queue.name))
    await queues.change(queue, {
      attributes: mergeAttributes(queue.record.attributes, input.Attributes),
    })
  }
