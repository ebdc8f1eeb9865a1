import type { Clock } from '../system/index.ts'
import type { ThrottleReason } from './outcome.ts'

/**
 * Refuses what comes faster than AWS would let it (Lambda Developer Guide, "Lambda scaling behavior"). Off unless
 * `lambda.yml` says otherwise.
 */
export interface InvocationRates {
  /** Counts one run that has a place; answers why it may not begin all the same. */
  enter(functionName: string, run: RateFacts): ThrottleReason | undefined
  /** The end of a run that `enter` let in. */
  leave(functionName: string, run: RateFacts): void
}

export interface RateFacts {
  /** The rate of events is not limited: they wait in a queue. */
  readonly isSynchronous: boolean
  /** Its environment is there already. */
  readonly isProvisioned: boolean
}

export interface RateLimits {
  /** New environments of one function in ten seconds; `null`: any number. */
  readonly scalingRate: number | null
  /** Ten times the concurrency, for each second. */
  readonly isRequestRateLimited: boolean
  readonly account: number
  /** Reserved concurrency; `undefined` for a function without. */
  readonly reservedOf: (functionName: string) => number | undefined
}

const SCALING_MS = 10_000
const REQUESTS_MS = 1_000
const REQUESTS_PER_PLACE = 10
/** An environment that nobody has used for so long is gone. */
const IDLE_MS = 600_000
/** The bucket that functions without reserved concurrency share; no function has that name. */
const COMMON = ''

interface Environments {
  running: number
  /** As many as ever ran at once: each needed an environment of its own. */
  known: number
  idleSinceMs: number
}

/** Creates the limits; `clock` refills them. */
export function createInvocationRates(clock: Clock, limits: RateLimits): InvocationRates {
  const environments = new Map<string, Environments>()
  const scaling = new Buckets(clock, SCALING_MS)
  const requests = new Buckets(clock, REQUESTS_MS)

  function tooManyRequests(functionName: string): ThrottleReason | undefined {
    const reserved = limits.reservedOf(functionName)
    const share = REQUESTS_PER_PLACE * (reserved ?? limits.account)
    if (requests.take(reserved === undefined ? COMMON : functionName, share)) return undefined
    return reserved === undefined
      ? 'FunctionInvocationRateLimitExceeded'
      : 'ReservedFunctionInvocationRateLimitExceeded'
  }

  function environmentsOf(functionName: string): Environments {
    const known = environments.get(functionName)
    const isThere = known && (known.running > 0 || clock.now() - known.idleSinceMs < IDLE_MS)
    if (isThere) return known
    const fresh = { running: 0, known: 0, idleSinceMs: clock.now() }
    environments.set(functionName, fresh)
    return fresh
  }

  /** Whether there is an environment for one more run, or may be. */
  function grow(functionName: string, perTenSeconds: number): boolean {
    const own = environmentsOf(functionName)
    if (own.running === own.known) {
      if (!scaling.take(functionName, perTenSeconds)) return false
      own.known++
    }
    own.running++
    return true
  }

  return {
    enter(functionName, { isSynchronous, isProvisioned }) {
      const reason = limits.isRequestRateLimited && isSynchronous ? tooManyRequests(functionName) : undefined
      if (reason || limits.scalingRate === null || isProvisioned) return reason
      return grow(functionName, limits.scalingRate) ? undefined : 'FunctionInvocationRateLimitExceeded'
    },
    leave(functionName, { isProvisioned }) {
      if (limits.scalingRate === null || isProvisioned) return
      const own = environments.get(functionName)
      if (!own) return
      own.running--
      own.idleSinceMs = clock.now()
    },
  }
}

/** Token buckets: each holds as much as it gets in one period, and fills evenly. */
class Buckets {
  readonly #clock: Clock
  readonly #periodMs: number
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()

  constructor(clock: Clock, periodMs: number) {
    this.#clock = clock
    this.#periodMs = periodMs
  }

  take(name: string, capacity: number): boolean {
    const nowMs = this.#clock.now()
    const bucket = this.#buckets.get(name) ?? { tokens: capacity, atMs: nowMs }
    this.#buckets.set(name, bucket)
    const grown = ((nowMs - bucket.atMs) * capacity) / this.#periodMs
    bucket.tokens = Math.min(capacity, bucket.tokens + grown)
    bucket.atMs = nowMs
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}
