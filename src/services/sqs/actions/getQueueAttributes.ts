import type { Operation } from '../../operation.ts'
import { isAttributeName } from '../attributes.ts'
import * as errors from '../errors.ts'
import type { Queue, Queues } from '../queues.ts'

interface Input {
  readonly QueueUrl?: string
  readonly AttributeNames?: readonly string[]
}

/** `GetQueueAttributes`: those asked for, all as text; without names there is nothing to answer. */
export const createGetQueueAttributes =
  (queues: Queues): Operation<Input> =>
  async (input) => {
    const queue = queues.ofUrl(input.QueueUrl)
    const names = input.AttributeNames ?? []
    for (const name of names) if (!isAttributeName(name)) throw errors.unknownAttribute(name)
    await queues.expire(queue)
    const isWanted = (name: string): boolean => names.includes('All') || names.includes(name)
    const wanted = Object.entries(allAttributes(queues, queue)).filter(([name]) => isWanted(name))
    return wanted.length > 0 ? { Attributes: Object.fromEntries(wanted) } : {}
  }

function allAttributes(queues: Queues, queue: Queue): Record<string, unknown> {
  const { store, clock } = queues.edges
  const { ready, inFlight, delayed } = store.counts(queue.items, clock.now())
  const { attributes, createdSeconds, modifiedSeconds } = queue.record
  return {
    // Of no meaning without a key.
    ...(attributes['KmsMasterKeyId'] !== undefined && { KmsDataKeyReusePeriodSeconds: '300' }),
    ...attributes,
    ApproximateNumberOfMessages: String(ready),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    CreatedTimestamp: String(createdSeconds),
    LastModifiedTimestamp: String(modifiedSeconds),
    QueueArn: queue.arn,
  }
}
