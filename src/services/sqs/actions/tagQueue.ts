import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly QueueUrl?: string
  readonly Tags?: Readonly<Record<string, string>>
}

const maximumTags = 50

/** `TagQueue`: adds tags, or replaces their values. */
export const createTagQueue =
  (queues: Queues): Operation<Input> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    if (!input.Tags) throw errors.missingParameter('Tags')
    const tags = { ...queue.record.tags, ...input.Tags }
    if (Object.keys(tags).length > maximumTags)
      throw errors.invalidParameter(`Too many tags added for queue ${queue.name}.`)
    await queues.change(queue, { tags })
  }
