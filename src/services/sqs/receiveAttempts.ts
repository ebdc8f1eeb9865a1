import type { ClaimedItem, DelayQueues } from '../../store/index.ts'

interface Attempt {
  readonly endsMs: number
  readonly items: readonly ClaimedItem[]
}

/** How long a receive can be repeated. */
const repeatableMs = 300_000

/**
 * The receives of a FIFO queue that were named by a `ReceiveRequestAttemptId`: whoever lost the answer asks again and
 * gets the same messages with the same handles, for as long as nothing has happened to any of them. They are
 * forgotten when the process ends.
 */
export class ReceiveAttempts {
  readonly #store: DelayQueues
  readonly #queue: string
  /** In the order in which they end. */
  readonly #attempts = new Map<string, Attempt>()

  constructor(store: DelayQueues, queue: string) {
    this.#store = store
    this.#queue = queue
  }

  remember(attemptId: string, items: readonly ClaimedItem[], nowMs: number): void {
    for (const [old, { endsMs }] of this.#attempts) {
      if (endsMs > nowMs) break
      this.#attempts.delete(old)
    }
    this.#attempts.delete(attemptId)
    if (items.length > 0) this.#attempts.set(attemptId, { endsMs: nowMs + repeatableMs, items })
  }

  /** The same messages once more, hidden until `visibleAgainMs`; `undefined` when they are not to be had any more. */
  async repeat(
    attemptId: string,
    nowMs: number,
    visibleAgainMs: number,
  ): Promise<readonly ClaimedItem[] | undefined> {
    const attempt = this.#attempts.get(attemptId)
    if (!attempt || attempt.endsMs <= nowMs) return undefined
    if (!attempt.items.every((item) => this.#isUntouched(item, nowMs))) return undefined
    const changes = attempt.items.map(({ token }) => ({ token, dueMs: visibleAgainMs }))
    const outcomes = await this.#store.extend(changes)
    if (outcomes.some((outcome) => outcome !== 'done')) return undefined
    const items = attempt.items.map((item) => ({ ...item, dueMs: visibleAgainMs }))
    this.#attempts.set(attemptId, { endsMs: attempt.endsMs, items })
    return items
  }

  #isUntouched({ sequence, claims, dueMs }: ClaimedItem, nowMs: number): boolean {
    const [item] = this.#store.peek(this.#queue, 1, sequence - 1)
    return item?.sequence === sequence && item.claims === claims && item.dueMs === dueMs && dueMs > nowMs
  }
}
