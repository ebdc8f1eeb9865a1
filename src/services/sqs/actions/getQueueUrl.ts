import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly QueueName?: string
  readonly QueueOwnerAWSAccountId?: string
}

/** `GetQueueUrl`: other accounts have no queues here. */
export const createGetQueueUrl =
  (queues: Queues): Operation<Input> =>
  ({ QueueName, QueueOwnerAWSAccountId }, { baseUrl, accountId }) => {
    if (QueueName === undefined) throw errors.missingParameter('QueueName')
    const isOurs = (QueueOwnerAWSAccountId ?? accountId) === accountId
    if (!isOurs || !queues.get(QueueName)) throw errors.queueDoesNotExist()
    return { QueueUrl: queues.urlOf(QueueName, baseUrl) }
  }
