import type { Operation } from '../../operation.ts'
import type { Queues } from '../queues.ts'

/** `DeleteQueue`: with all its messages. The name can be used again at once, unlike at AWS. */
export const createDeleteQueue =
  (queues: Queues): Operation<{ readonly QueueUrl?: string }, Promise<void>> =>
  ({ QueueUrl }) =>
    queues.remove(queues.ofUrl(QueueUrl))
