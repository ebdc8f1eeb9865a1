import type { Operation } from '../../operation.ts'
import { mergeAttributes } from '../attributes.ts'
import * as errors from '../errors.ts'
import { withoutPermission } from '../permissions.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly QueueUrl?: string
  readonly Label?: string
}

/** `RemovePermission`: takes the statements of a label out of the queue's policy. */
export const createRemovePermission =
  (queues: Queues): Operation<Input> =>
  async ({ QueueUrl, Label }) => {
    const queue = queues.ofUrl(QueueUrl)
    if (Label === undefined) throw errors.missingParameter('Label')
    const { attributes } = queue.record
    const Policy = withoutPermission(attributes['Policy'], queue.arn, Label)
    await queues.change(queue, { attributes: mergeAttributes(attributes, { Policy }) })
  }
