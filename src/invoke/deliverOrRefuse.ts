import type { Deliver, DeliveredMessage, Delivery } from '../store/index.ts'

/**
 * Hands a failed or finished invocation's message over. A target that cannot take it is an answer, not an error: what it
 * was about is over all the same, and the handler must not run again because of it.
 */
export function deliverOrRefuse(arn: string, deliver: Deliver, message: DeliveredMessage): Delivery {
  // Lambda sends neither group nor deduplication id, so AWS's own delivery to these fails as well.
  if (/^arn:aws:(sqs|sns):.*\.fifo$/.test(arn))
    return { kind: 'refused', reason: 'Lambda cannot deliver to a FIFO queue or topic' }
  try {
    return deliver(arn, message)
  } catch (error) {
    return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) }
  }
}
