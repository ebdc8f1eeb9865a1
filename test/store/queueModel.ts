import type { TokenOutcome } from '../../src/store/index.ts'

/** An item of the model; `fence` counts claims, 0 before the first. */
export interface ModelItem {
  readonly id: string
  readonly group: string | undefined
  readonly enqueuedMs: number
  dueMs: number
  claims: number
  fence: number
  wasClaimed: boolean
}

export interface ModelToken {
  readonly id: string
  readonly fence: number
}

interface Claim {
  readonly limit: number
  readonly leaseMs: number
  readonly maxClaims: number | undefined
  readonly retentionMs: number | undefined
}

/** What a delay queue with an overflow queue does, said as plainly as possible: lists, in order of arrival. */
export class QueueModel {
  nowMs = 1_000_000
  items: ModelItem[] = []
  dead: string[] = []
  #keys = new Map<string, { id: string; untilMs: number }>()
  #fences = 0

  /** Answers `stored`, or the id of the first item with the same key. */
  put(id: string, more: { group?: string; key?: string; delayMs: number }): string {
    if (more.key !== undefined) {
      const first = this.#keys.get(more.key)
      if (first && this.nowMs < first.untilMs) return first.id
      this.#keys.set(more.key, { id, untilMs: this.nowMs + 100 })
    }
    this.items.push({
      id,
      group: more.group,
      enqueuedMs: this.nowMs,
      dueMs: this.nowMs + more.delayMs,
      claims: 0,
      fence: 0,
      wasClaimed: false,
    })
    return 'stored'
  }

  claim(options: Claim): ModelToken[] {
    const tokens: ModelToken[] = []
    const offered = this.items
      .filter((item) => item.group === undefined || this.#groupOf(item)[0] === item)
      .filter((item) => item.dueMs <= this.nowMs)
      .toSorted(
        (left, right) => left.dueMs - right.dueMs || Number(left.wasClaimed) - Number(right.wasClaimed),
      )
    for (const first of offered) {
      for (const item of first.group === undefined ? [first] : this.#groupOf(first)) {
        if (tokens.length === options.limit || item.dueMs > this.nowMs) break
        this.#take(item, options, tokens)
      }
    }
    return tokens
  }

  settle(token: ModelToken): TokenOutcome {
    const outcome = this.check(token)
    if (outcome === 'done') this.items = this.items.filter(({ id }) => id !== token.id)
    return outcome
  }

  extend(token: ModelToken, dueMs: number): TokenOutcome {
    const outcome = this.check(token)
    if (outcome === 'done') this.#find(token.id)!.dueMs = dueMs
    return outcome
  }

  check(token: ModelToken): TokenOutcome {
    const item = this.#find(token.id)
    if (!item) return 'gone'
    return item.fence === token.fence ? 'done' : 'stale'
  }

  release(): void {
    for (const item of this.items) {
      if (item.wasClaimed && item.dueMs > this.nowMs) item.dueMs = this.nowMs
    }
  }

  purge(): number {
    const count = this.items.length
    this.items = []
    this.#keys.clear()
    return count
  }

  counts(): { ready: number; inFlight: number; delayed: number } {
    const waiting = this.items.filter((item) => item.dueMs > this.nowMs)
    const inFlight = waiting.filter((item) => item.wasClaimed).length
    return { ready: this.items.length - waiting.length, inFlight, delayed: waiting.length - inFlight }
  }

  nextDueMs(): number | undefined {
    const offered = this.items.filter((item) => item.group === undefined || this.#groupOf(item)[0] === item)
    return offered.length === 0 ? undefined : Math.min(...offered.map(({ dueMs }) => dueMs))
  }

  #take(item: ModelItem, options: Claim, tokens: ModelToken[]): void {
    const isExpired = options.retentionMs !== undefined && item.enqueuedMs < this.nowMs - options.retentionMs
    const isSpent = options.maxClaims !== undefined && item.claims >= options.maxClaims
    if (isExpired || isSpent) {
      this.items = this.items.filter((other) => other !== item)
      if (!isExpired) this.dead.push(item.id)
      return
    }
    item.claims++
    item.wasClaimed = true
    item.dueMs = this.nowMs + options.leaseMs
    item.fence = ++this.#fences
    tokens.push({ id: item.id, fence: item.fence })
  }

  #groupOf(item: ModelItem): ModelItem[] {
    return this.items.filter(({ group }) => group === item.group)
  }

  #find(id: string): ModelItem | undefined {
    return this.items.find((item) => item.id === id)
  }
}
