import type { Operation } from '../../operation.ts'
import { mergeAttributes } from '../attributes.ts'
import * as errors from '../errors.ts'
import { checkPermission, withPermission } from '../permissions.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly QueueUrl?: string
  readonly Label?: string
  readonly AWSAccountIds?: readonly string[]
  readonly Actions?: readonly string[]
}

/** `AddPermission`: a statement more in the queue's policy, for other accounts. */
export const createAddPermission =
  (queues: Queues): Operation<Input> =>
  async ({ QueueUrl, Label, AWSAccountIds = [], Actions = [] }) => {
    const queue = queues.ofUrl(QueueUrl)
    if (Label === undefined) throw errors.missingParameter('Label')
    if (AWSAccountIds.length === 0) throw errors.missingParameter('AWSAccountIds')
    if (Actions.length === 0) throw errors.missingParameter('Actions')
    const permission = { label: Label, accountIds: AWSAccountIds, actions: Actions }
    checkPermission(permission)
    const { attributes } = queue.record
    const Policy = withPermission(attributes['Policy'], queue.arn, permission)
    await queues.change(queue, { attributes: mergeAttributes(attributes, { Policy }) })
  }
