import type { Token, TokenOutcome } from '../../store/index.ts'
import * as errors from './errors.ts'
import type { Queue, Queues } from './queues.ts'
import { tokenOf } from './receiptHandle.ts'

export interface VisibilityInput {
  readonly ReceiptHandle?: string
  readonly VisibilityTimeout?: number
}

/** One message's new due time. */
export interface VisibilityChange {
  readonly handle: string
  readonly token: Token
  readonly dueMs: number
}

/** Checks a change of visibility; throws AWS's errors. */
export function prepareChange(queues: Queues, queue: Queue, input: VisibilityInput): VisibilityChange {
  const { VisibilityTimeout: seconds, ReceiptHandle: handle = '' } = input
  if (seconds === undefined) throw errors.missingParameter('VisibilityTimeout')
  if (seconds > 43_200)
    throw errors.invalidValue(
      seconds,
      'VisibilityTimeout',
      'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
    )
  if (seconds < 0)
    throw errors.invalidValue(seconds, 'VisibilityTimeout', 'Must be between 0 and 43200, if provided.')
  const token = tokenOf(queue, handle)
  const { clock, store } = queues.edges
  const nowMs = clock.now()
  // The store's tokens outlive the visibility timeout; the right to change it does not.
  const [item] = store.peek(queue.items, 1, token.sequence - 1)
  if (item?.sequence !== token.sequence || item.dueMs <= nowMs)
    throw errors.notAvailableForVisibilityChange(handle)
  return { handle, token, dueMs: nowMs + seconds * 1_000 }
}

/** Carries changes out in one transaction. */
export async function change(
  queues: Queues,
  queue: Queue,
  changes: readonly VisibilityChange[],
): Promise<TokenOutcome[]> {
  const outcomes = await queues.edges.store.extend(changes)
  queue.arrivals.look()
  return outcomes
}
