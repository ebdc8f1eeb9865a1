import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly QueueUrl?: string
  readonly TagKeys?: readonly string[]
}

/** `UntagQueue`: removes tags; keys that are not there do not matter. */
export const createUntagQueue =
  (queues: Queues): Operation<Input> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    const keys = input.TagKeys
    if (!keys) throw errors.missingParameter('TagKeys')
    const tags = Object.entries(queue.record.tags).filter(([key]) => !keys.includes(key))
    await queues.change(queue, { tags: Object.fromEntries(tags) })
  }
