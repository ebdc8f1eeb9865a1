import { ServiceError, type SqsService } from '../services/sqs/index.ts'
import type { Ledger } from '../system/index.ts'
import { ControlError } from './controlError.ts'
import type { ForeignQueues } from './foreignQueues/index.ts'
import { checkQueue } from './queueOverview.ts'

export interface RedriveRequest {
  readonly queue: string
  /** Default: each message goes back to the queue that gave it up. */
  readonly to?: string
  /** At most so many messages. */
  readonly most?: number
}

export interface Redrive {
  readonly queue: string
  readonly moved: number
  /** How many went to which queue. */
  readonly to: Readonly<Record<string, number>>
  readonly status: string
  /** AWS's word for why it failed. */
  readonly failureReason?: string
}

/**
 * Moves messages out of a dead-letter queue, as `StartMessageMoveTask` does, and resolves once that has ended.
 * Throws {@link ControlError} for a queue that there is not, or that is nobody's dead-letter queue.
 */
export async function redrive(
  on: { sqs: SqsService; foreignQueues: ForeignQueues | undefined; ledger: Ledger },
  { queue, to, most }: RedriveRequest,
): Promise<Redrive> {
  for (const name of [queue, ...(to === undefined ? [] : [to])]) checkQueue(on, name)
  const counts: Record<string, number> = {}
  const unsubscribe = on.ledger.subscribe((entry) => {
    if (entry.kind === 'messagesMoved' && entry.from === queue)
      counts[entry.to] = (counts[entry.to] ?? 0) + entry.moves.length
  })
  try {
    const { moved, status, failureReason } = await on.sqs.moveMessages(queue, {
      ...(to !== undefined && { to }),
      ...(most !== undefined && { most }),
    })
    return { queue, moved, to: counts, status, ...(failureReason !== undefined && { failureReason }) }
  } catch (error) {
    if (error instanceof ServiceError) throw new ControlError(409, `${queue}: ${error.message}`)
    throw error
  } finally {
    unsubscribe()
  }
}
