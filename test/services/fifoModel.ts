// oxlint-disable vitest/no-standalone-expect, vitest/no-conditional-expect -- the property that uses it drives the assertions
import { expect } from 'vitest'

/** A message that was accepted, as the model of a FIFO queue remembers it. */
interface ModelMessage {
  readonly id: string
  readonly number: string
  readonly group: string
  readonly body: string
  /** The one handle that is good; it goes with the visibility timeout. */
  handle: string | undefined
  visibleMs: number
  receives: number
}

/** What an answer to a receive shows of a message. */
export interface Delivered {
  readonly MessageId: string
  readonly Body: string
  readonly ReceiptHandle: string
  readonly Attributes: Readonly<Record<string, string>>
}

const deduplicationMs = 300_000

/** What a FIFO queue with a dead-letter queue promises, said as plainly as possible. */
export class FifoModel {
  readonly #maxReceiveCount: number
  /** What is in the queue, in order of arrival. */
  #messages: ModelMessage[] = []
  readonly #dead: ModelMessage[] = []
  /** Every handle that was given out. */
  readonly #byHandle = new Map<string, ModelMessage>()
  readonly #firsts = new Map<string, { readonly untilMs: number; readonly message: ModelMessage }>()

  constructor(maxReceiveCount: number) {
    this.#maxReceiveCount = maxReceiveCount
  }

  get size(): number {
    return this.#messages.length
  }

  sent(
    deduplicationId: string,
    message: { id: string; number: string; group: string; body: string },
    nowMs: number,
  ): void {
    const first = this.#firsts.get(deduplicationId)
    if (first && nowMs < first.untilMs) {
      // A duplicate is told the first one's name, whatever became of that.
      expect([message.id, message.number]).toEqual([first.message.id, first.message.number])
      return
    }
    const last = this.#messages.at(-1)
    if (last) expect(message.number > last.number).toBe(true)
    const added = { ...message, handle: undefined, visibleMs: nowMs, receives: 0 }
    this.#messages.push(added)
    this.#firsts.set(deduplicationId, { untilMs: nowMs + deduplicationMs, message: added })
  }

  received(
    delivered: readonly Delivered[],
    limit: number,
    visibilityMs: number,
    deadIds: readonly string[],
    nowMs: number,
  ): void {
    this.#moved(deadIds, nowMs)
    const groups = new Map<string, Delivered[]>()
    let previous: string | undefined
    for (const message of delivered) {
      const group = message.Attributes['MessageGroupId'] ?? ''
      if (group !== previous) expect(groups.has(group), 'a group comes in one piece').toBe(false)
      groups.set(group, [...(groups.get(group) ?? []), message])
      previous = group
    }
    for (const [group, received] of groups) {
      const expected = this.#of(group).slice(0, received.length)
      expect(received.map(({ Body }) => Body)).toEqual(expected.map(({ body }) => body))
      for (const [index, message] of expected.entries()) {
        expect(message.visibleMs, 'only what is visible is delivered').toBeLessThanOrEqual(nowMs)
        expect(message.receives, 'what was received too often is moved').toBeLessThan(this.#maxReceiveCount)
        message.receives++
        expect(received[index]?.MessageId).toBe(message.id)
        expect(received[index]?.Attributes).toMatchObject({
          SequenceNumber: message.number,
          ApproximateReceiveCount: String(message.receives),
        })
        message.handle = received[index]?.ReceiptHandle ?? ''
        this.#byHandle.set(message.handle, message)
        message.visibleMs = nowMs + visibilityMs
      }
    }
    expect(delivered.length).toBeLessThanOrEqual(limit)
    if (delivered.length < limit) this.#expectNothingLeft(delivered, nowMs)
  }

  /** Answers whether the queue must take it: it refuses what is there again, or in other hands. */
  deleted(handle: string, nowMs: number): boolean {
    const message = this.#byHandle.get(handle)
    if (!message || !this.#messages.includes(message)) return true
    if (!isHeld(message, handle, nowMs)) return false
    this.#messages = this.#messages.filter((each) => each !== message)
    return true
  }

  /** Answers whether the queue must take it. */
  hidden(handle: string, visibleMs: number, nowMs: number): boolean {
    const message = this.#byHandle.get(handle)
    if (!message || !this.#messages.includes(message) || !isHeld(message, handle, nowMs)) return false
    message.visibleMs = visibleMs
    return true
  }

  /** Ids in the order in which they must lie in the queue, or the dead-letter queue, of each group. */
  idsIn(place: 'queue' | 'dead', group: string): string[] {
    const messages = place === 'queue' ? this.#messages : this.#dead
    return messages.filter((each) => each.group === group).map(({ id }) => id)
  }

  /** Takes over what a receive has moved to the dead-letter queue: heads that were received too often. */
  #moved(deadIds: readonly string[], nowMs: number): void {
    for (const id of deadIds.slice(this.#dead.length)) {
      const message = this.#messages.find((each) => each.id === id)
      if (!message) throw new Error(`${id} is in the dead-letter queue, but was not in the queue`)
      expect(this.#of(message.group)[0]).toBe(message)
      expect(message.receives).toBeGreaterThanOrEqual(this.#maxReceiveCount)
      expect(message.visibleMs).toBeLessThanOrEqual(nowMs)
      this.#messages = this.#messages.filter((each) => each !== message)
      this.#dead.push(message)
    }
  }

  /** A receive that was not full has left nothing that could be had. */
  #expectNothingLeft(delivered: readonly Delivered[], nowMs: number): void {
    const ids = new Set(delivered.map(({ MessageId }) => MessageId))
    for (const group of new Set(this.#messages.map((each) => each.group))) {
      const next = this.#of(group).find(({ id, visibleMs }) => !ids.has(id) || visibleMs > nowMs)
      expect(next === undefined || next.visibleMs > nowMs, `nothing of ${group} is left`).toBe(true)
    }
  }

  #of(group: string): ModelMessage[] {
    return this.#messages.filter((each) => each.group === group)
  }
}

const isHeld = (message: ModelMessage, handle: string, nowMs: number): boolean =>
  message.handle === handle && message.visibleMs > nowMs
