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

/** Creates the gate; call `limitsChanged` after `limits` would answer something else. */
export function createConcurrencyGate(limits: () => ConcurrencyLimits): ConcurrencyGate {
  const running = new Map<string, number>()
  const listeners = new Set<() => void>()
  let { account, reserved } = limits()
  let unreservedShare = 0
  let unreservedRunning = 0
  recount()

  /** Kept as two numbers, so that a run costs the same with one function and with hundreds. */
  function recount(): void {
    ;({ account, reserved } = limits())
    unreservedShare = account
    for (const share of reserved.values()) unreservedShare -= share
    unreservedRunning = 0
    for (const [name, count] of running) if (!reserved.has(name)) unreservedRunning += count
  }

  function free(functionName: string): number {
    const own = reserved.get(functionName)
    return own === undefined ? unreservedShare - unreservedRunning : own - (running.get(functionName) ?? 0)
  }

  function count(functionName: string, change: 1 | -1): void {
    const now = (running.get(functionName) ?? 0) + change
    if (now > 0) running.set(functionName, now)
    else running.delete(functionName)
    if (!reserved.has(functionName)) unreservedRunning += change
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
      notify()
    },
    free: (functionName) => Math.max(0, free(functionName)),
    onFreed(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    limitsChanged() {
      recount()
      notify()
    },
  }
}
