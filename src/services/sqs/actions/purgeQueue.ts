import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'

const cooldownMs = 60_000

/** `PurgeQueue`: removes all messages, in flight or not; once a minute. */
export const createPurgeQueue =
  (queues: Queues): Operation<{ readonly QueueUrl?: string }> =>
  async ({ QueueUrl }) => {
    const queue = queues.ofUrl(QueueUrl)
    const nowMs = queues.edges.clock.now()
    if (nowMs - queue.lastPurgeMs < cooldownMs) throw errors.purgeInProgress(queue.name)
    queue.lastPurgeMs = nowMs
    await queues.edges.store.purge(queue.items)
    queue.arrivals.look()
  }
