import type { BusEvent } from './busEvent.ts'

/** The latest events of each bus, in memory: for tests and for people who look. */
export class Received {
  readonly #most: number
  readonly #byBus = new Map<string, BusEvent[]>()

  constructor(most: number) {
    this.#most = most
  }

  add(bus: string, event: BusEvent): void {
    const events = this.#byBus.get(bus) ?? []
    this.#byBus.set(bus, events)
    events.push(event)
    // Cut off many at a time: shifting a long list for every event would cost more than all the rest.
    if (events.length >= 2 * this.#most) events.splice(0, events.length - this.#most)
  }

  /** Oldest first, at most `limit`. */
  latest(bus: string, limit = this.#most): readonly BusEvent[] {
    const most = Math.min(limit, this.#most)
    return most > 0 ? (this.#byBus.get(bus)?.slice(-most) ?? []) : []
  }

  clear(): void {
    this.#byBus.clear()
  }
}
