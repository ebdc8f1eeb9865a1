import type { ClaimedItem } from '../../store/index.ts'
import * as errors from './errors.ts'
import { deadLetterMeta } from './message.ts'
import type { Queue, Queues } from './queues.ts'

export interface TakeOptions {
  readonly limit: number
  readonly visibilityMs: number
}

/**
 * Takes what is due now, at most `limit` messages; those received too often go to the dead-letter queue instead.
 * Throws `OverLimit` when too many are in flight.
 */
export async function take(queues: Queues, queue: Queue, options: TakeOptions): Promise<ClaimedItem[]> {
  const { store, clock } = queues.edges
  const nowMs = clock.now()
  if (nowMs >= queue.nextExpiryMs) await queues.expire(queue)
  const dueMs = store.nextDueMs(queue.items)
  if (dueMs === undefined || dueMs > nowMs) return []
  checkInFlight(queues, queue, nowMs)
  const { redrive, retentionMs } = queue.settings
  // A redrive to a queue that is gone moves nothing: messages stay and can be received.
  const deadLetters = redrive && queues.byArn(redrive.deadLetterArn)
  const items = await store.claim(queue.items, {
    nowMs,
    limit: options.limit,
    leaseMs: options.visibilityMs,
    expiredBeforeMs: nowMs - retentionMs,
    ...(deadLetters && {
      overflow: {
        maxClaims: redrive.maxReceiveCount,
        queue: deadLetters.items,
        meta: deadLetterMeta(queue.arn),
        moved: (messageIds) =>
          queues.edges.onDeadLettered?.({ queue: queue.name, deadLetterQueue: deadLetters.name, messageIds }),
      },
    }),
  })
  queue.inFlightAllowance -= items.length
  return items
}

export interface WaitOptions extends TakeOptions {
  /** Clock time; a past time only looks. */
  readonly untilMs: number
  /** Asked for only when there is a wait. */
  readonly signalOf: () => AbortSignal
  /** Told when nothing but the clock or a sender can help, and when it goes on. */
  readonly pause: { park(): void; unpark(): void }
}

/** Takes messages, waiting for the first; nothing when none came in time, or when the signal is aborted. */
export async function takeOrWait(queues: Queues, queue: Queue, options: WaitOptions): Promise<ClaimedItem[]> {
  const items = await take(queues, queue, options)
  return items.length > 0 || queues.edges.clock.now() >= options.untilMs
    ? items
    : waitAndTake(queues, queue, options)
}

async function waitAndTake(queues: Queues, queue: Queue, options: WaitOptions): Promise<ClaimedItem[]> {
  const { clock } = queues.edges
  const { untilMs, pause } = options
  const signal = options.signalOf()
  try {
    for (;;) {
      if (signal.aborted || !queues.holds(queue)) return []
      pause.park()
      await queue.arrivals.wait(untilMs, signal)
      pause.unpark()
      const items = signal.aborted ? [] : await take(queues, queue, options)
      if (items.length > 0 || clock.now() >= untilMs) return items
    }
  } finally {
    // Whoever was woken took a share, or had to leave; what is left is the next reader's.
    queue.arrivals.look()
  }
}

/** In a FIFO queue as in a standard one (SQS API Reference, `ChangeMessageVisibility`). */
const maximumInFlight = 120_000

/**
 * Counting a queue is not free, so it is done only when the limit could have been reached since the last count:
 * nothing comes into flight but by {@link take}.
 */
function checkInFlight(queues: Queues, queue: Queue, nowMs: number): void {
  if (queue.inFlightAllowance > 0) return
  queue.inFlightAllowance = maximumInFlight - queues.edges.store.counts(queue.items, nowMs).inFlight
  if (queue.inFlightAllowance <= 0) throw errors.tooManyInFlight(maximumInFlight)
}
