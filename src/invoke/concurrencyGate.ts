import type { ThrottleReason } from './outcome.ts'

/**
 * Counts what runs and refuses what would be too much, as AWS accounts for concurrency (Lambda Developer Guide,
 * "Understanding Lambda function scaling"): a function with reserved concurrency has that share for itself and is
 * capped by it; all others share what is left of the account's limit. Provisioned concurrency of a version is taken out
 * of its function's share, whether it is used or not.
 */
export interface ConcurrencyGate {
  /** Takes a place on demand for one run; answers why not when there is none. */
  enter(functionName: string): ThrottleReason | undefined
  leave(functionName: string): void
  /** Takes a place of a version's provisioned concurrency; answers whether one was free. To be tried before `enter`. */
  enterProvisioned(functionName: string, version: string): boolean
  leaveProvisioned(functionName: string, version: string): void
  /** How many more could enter now; with a version, its provisioned places among them. */
  free(functionName: string, version?: string): number
  /**
   * Promises up to `wanted` free places to one queue, so that queues of one share do not all reach for the same place.
   * A promise binds queues only: whoever waits for an answer may still enter. Give it back with `keepPromise`.
   */
  promise(functionName: string, wanted: number, version?: string): number
  /** The promised places were entered, or are not needed. */
  keepPromise(functionName: string, count: number, version?: string): void
  /**
   * Calls `listener` once, when a place may be promised to the function. Those that wait for places of one share are
   * called in turn, only as many as there are places. With a version, a provisioned place of it counts as well.
   */
  whenFree(functionName: string, listener: () => void, version?: string): void
  /** Calls `listener` whenever a place has become free, or limits have changed. */
  onFreed(listener: () => void): () => void
  /** Call after the reserved shares have changed. */
  limitsChanged(): void
}

export interface ConcurrencyLimits {
  readonly account: number
  /** Reserved concurrency by function name. */
  readonly reserved: ReadonlyMap<string, number>
  /** By function name and version. */
  readonly provisioned?: ReadonlyMap<string, ReadonlyMap<string, ProvisionedPlaces>>
}

/** The provisioned concurrency of one version. */
export interface ProvisionedPlaces {
  /** Taken out of the function's share. */
  readonly requested: number
  /** Environments that are there to be used. */
  readonly ready: number
}

/** The name of the share that functions without reserved concurrency have in common; no function has it. */
const COMMON = ''

const NOTHING: ReadonlyMap<string, ReadonlyMap<string, ProvisionedPlaces>> = new Map()

const lineOf = (functionName: string, version: string): string => `${functionName}:${version}`

/** Creates the gate; call `limitsChanged` after `limits` would answer something else. */
export function createConcurrencyGate(limits: () => ConcurrencyLimits): ConcurrencyGate {
  const running = new Map<string, number>()
  const promised = new Map<string, number>()
  const listeners = new Set<() => void>()
  /** By share, in the order in which they came. */
  const waiting = new Map<string, Set<() => void>>()
  /** The lines in which one waits: whoever is called leaves them all. */
  const lines = new Map<() => void, Set<Set<() => void>>>()
  /** Runs in provisioned places, by function and version. */
  const inProvisioned = new Map<string, Map<string, number>>()
  /** What provisioned concurrency takes out of a function's share. */
  const held = new Map<string, number>()
  let { account, reserved, provisioned = NOTHING } = limits()
  let unreservedShare = 0
  let unreservedRunning = 0
  let unreservedPromised = 0
  recount()

  /** Kept as numbers, so that a run costs the same with one function and with hundreds. */
  function recount(): void {
    ;({ account, reserved, provisioned = NOTHING } = limits())
    unreservedShare = account
    for (const share of reserved.values()) unreservedShare -= share
    held.clear()
    for (const name of new Set([...provisioned.keys(), ...inProvisioned.keys()])) hold(name, heldBy(name))
    unreservedRunning = sumOfUnreserved(running)
    unreservedPromised = sumOfUnreserved(promised)
  }

  /** A place that is taken away while something runs in it is held until that has ended. */
  function heldBy(functionName: string): number {
    const places = provisioned.get(functionName)
    const used = inProvisioned.get(functionName)
    let sum = 0
    for (const version of new Set([...(places?.keys() ?? []), ...(used?.keys() ?? [])]))
      sum += Math.max(places?.get(version)?.requested ?? 0, used?.get(version) ?? 0)
    return sum
  }

  function hold(functionName: string, by: number): void {
    change(held, functionName, by)
    if (!reserved.has(functionName)) unreservedShare -= by
  }

  function freeProvisioned(functionName: string, version: string | undefined): number {
    if (provisioned.size === 0 || version === undefined) return 0
    const ready = provisioned.get(functionName)?.get(version)?.ready ?? 0
    return Math.max(0, ready - (inProvisioned.get(functionName)?.get(version) ?? 0))
  }

  function countProvisioned(functionName: string, version: string, by: 1 | -1): void {
    const used = inProvisioned.get(functionName) ?? new Map<string, number>()
    inProvisioned.set(functionName, used)
    change(used, version, by)
    if (used.size === 0) inProvisioned.delete(functionName)
  }

  function sumOfUnreserved(counts: ReadonlyMap<string, number>): number {
    let sum = 0
    for (const [name, count] of counts) if (!reserved.has(name)) sum += count
    return sum
  }

  function free(functionName: string): number {
    const own = reserved.get(functionName)
    return own === undefined
      ? unreservedShare - unreservedRunning
      : own - (held.get(functionName) ?? 0) - (running.get(functionName) ?? 0)
  }

  /** Promises do not say of which kind their places are: those of a version are added to what can be had on demand. */
  function promisable(functionName: string, version?: string): number {
    const given = reserved.has(functionName) ? (promised.get(functionName) ?? 0) : unreservedPromised
    return Math.max(0, free(functionName)) + freeProvisioned(functionName, version) - given
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
      leaveLines(listener)
      listener()
    }
  }

  /** Those that wait for this version stand in a line of their own beside the one of the share. */
  function callWaitingFor(functionName: string, version: string): void {
    const queue = waiting.get(lineOf(functionName, version))
    if (!queue) return
    const inTurn = [...queue]
    for (const listener of inTurn) {
      if (promisable(functionName, version) <= 0) return
      leaveLines(listener)
      listener()
    }
  }

  function wait(line: string, listener: () => void): void {
    const queue = waiting.get(line) ?? new Set()
    waiting.set(line, queue)
    queue.add(listener)
    lines.set(listener, (lines.get(listener) ?? new Set()).add(queue))
  }

  function leaveLines(listener: () => void): void {
    for (const queue of lines.get(listener) ?? []) queue.delete(listener)
    lines.delete(listener)
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
    enterProvisioned(functionName, version) {
      if (freeProvisioned(functionName, version) === 0) return false
      countProvisioned(functionName, version, 1)
      return true
    },
    leaveProvisioned(functionName, version) {
      const before = heldBy(functionName)
      countProvisioned(functionName, version, -1)
      const given = heldBy(functionName) - before
      if (given !== 0) hold(functionName, given)
      callWaitingFor(functionName, version)
      if (given !== 0) callWaiting(functionName)
      notify()
    },
    free: (functionName, version) => Math.max(0, free(functionName)) + freeProvisioned(functionName, version),
    promise(functionName, wanted, version) {
      const given = Math.max(0, Math.min(wanted, promisable(functionName, version)))
      if (given > 0) countPromised(functionName, given)
      return given
    },
    keepPromise(functionName, given, version) {
      countPromised(functionName, -given)
      if (version !== undefined) callWaitingFor(functionName, version)
      callWaiting(functionName)
    },
    whenFree(functionName, listener, version) {
      wait(reserved.has(functionName) ? functionName : COMMON, listener)
      if (version !== undefined && provisioned.get(functionName)?.has(version))
        wait(lineOf(functionName, version), listener)
    },
    onFreed(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    limitsChanged() {
      recount()
      const all = new Set([...waiting.values()].flatMap((queue) => [...queue]))
      waiting.clear()
      lines.clear()
      for (const listener of all) listener()
      notify()
    },
  }
}
