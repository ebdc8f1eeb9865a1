import type { ThrottleReason } from './outcome.ts'

/**
 * Counts what runs and refuses what would be too much, as AWS accounts for concurrency (Lambda Developer Guide,
 * "Understanding Lambda function scaling"): a function with reserved concurrency has that share for itself and is
 * capped by it; all others share what is left of the account's limit.
 */
export interface ConcurrencyGate {
  /** Takes a place for one run; answers why not when there is none. */
  enter(functionName: string): ThrottleReason | undefined
  leave(functionName: string): void
  /** How many more could enter now. */
  free(functionName: string): number
  /**
   * Promises up to `wanted` free places to one queue, so that queues of one share do not all reach for the same place.
   * A promise binds queues only: whoever waits for an answer may still enter. Give it back with `keepPromise`.
   */
  promise(functionName: string, wanted: number): number
  /** The promised places were entered, or are not needed. */
  keepPromise(functionName: string, count: number): void
  /**
   * Calls `listener` once, when a place may be promised to the function. Those that wait for places of one share are
   * called in turn, only as many as there are places.
   */
  whenFree(functionName: string, listener: () => void): void
  /** Calls `listener` whenever a place has become free, or limits have changed. */
  onFreed(listener: () => void): () => void
  /** Call after the reserved shares have changed. */
  limitsChanged(): void
}

export interface ConcurrencyLimits {
  readonly account: number
  /** Reserved concurrency by function name. */
  readonly reserved: ReadonlyMap<string, number>
}

/** The name of the share that functions without reserved concurrency have in common; no function has it. */
const COMMON = ''

/** Creates the gate; call `limitsChanged` after `limits` would answer something else. */
export function createConcurrencyGate(limits: () => ConcurrencyLimits): ConcurrencyGate {
  const running = new Map<string, number>()
  const promised = new Map<string, number>()
  const listeners = new Set<() => void>()
  /** By share, in the order in which they came. */
  const waiting = new Map<string, Set<() => void>>()
  let { account, reserved } = limits()
  let unreservedShare = 0
  let unreservedRunning = 0
  let unreservedPromised = 0
  recount()

  /** Kept as numbers, so that a run costs the same with one function and with hundreds. */
  function recount(): void {
    ;({ account, reserved } = limits())
    unreservedShare = account
    for (const share of reserved.values()) unreservedShare -= share
    unreservedRunning = sumOfUnreserved(running)
    unreservedPromised = sumOfUnreserved(promised)
  }

  function sumOfUnreserved(counts: ReadonlyMap<string, number>): number {
    let sum = 0
    for (const [name, count] of counts) if (!reserved.has(name)) sum += count
    return sum
  }

  function free(functionName: string): number {
    const own = reserved.get(functionName)
    return own === undefined ? unreservedShare - unreservedRunning : own - (running.get(functionName) ?? 0)
  }

  function promisable(functionName: string): number {
    const given = reserved.has(functionName) ? (promised.get(functionName) ?? 0) : unreservedPromised
    return free(functionName) - given
  }

  function change(counts: Map<string, number>, functionName: string, by: number): void {
    const now = (counts.get(functionName) ?? 0) + by
    if (now > 0) counts.set(functionName, now)
    else counts.delete(functionName)
  }

  function count(functionName: string, by: 1 | -1): void {
    change(running, functionName, by)
    if (!reserved.has(functionName)) unreservedRunning += by
  }

  function countPromised(functionName: string, by: number): void {
    change(promised, functionName, by)
    if (!reserved.has(functionName)) unreservedPromised += by
  }

  /** Whoever is called and still finds no place asks again, and then stands behind the others. */
  function callWaiting(functionName: string): void {
    const queue = waiting.get(reserved.has(functionName) ? functionName : COMMON)
    if (!queue) return
    const inTurn = [...queue]
    for (const listener of inTurn) {
      if (promisable(functionName) <= 0) return
      queue.delete(listener)
      listener()
    }
  }

  const notify = (): void => {
    for (const listener of listeners) listener()
  }

  return {
    enter(functionName) {
      if (free(functionName) <= 0) {
        return reserved.has(functionName)
          ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
          : 'ConcurrentInvocationLimitExceeded'
      }
      count(functionName, 1)
      return undefined
    },
    leave(functionName) {
      count(functionName, -1)
      callWaiting(functionName)
      notify()
    },
    free: (functionName) => Math.max(0, free(functionName)),
    promise(functionName, wanted) {
      const given = Math.max(0, Math.min(wanted, promisable(functionName)))
      if (given > 0) countPromised(functionName, given)
      return given
    },
    keepPromise(functionName, given) {
      countPromised(functionName, -given)
      callWaiting(functionName)
    },
    whenFree(functionName, listener) {
      const share = reserved.has(functionName) ? functionName : COMMON
      const queue = waiting.get(share)
      if (queue) queue.add(listener)
      else waiting.set(share, new Set([listener]))
    },
    onFreed(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    limitsChanged() {
      recount()
      const all = [...waiting.values()].flatMap((queue) => [...queue])
      waiting.clear()
      for (const listener of all) listener()
      notify()
    },
  }
}
