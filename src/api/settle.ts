import type { Activity, Clock, ClockMode, Ledger } from '../system/index.ts'
import { afterRealMs } from '../system/index.ts'
import { NotSettledError } from './types.ts'

/** Work that lies in a queue with somebody to take it. */
export interface Pending {
  /** As people should read it: `2 messages in queue orders for worker`. */
  readonly label: string
  /** When it can go on, clock time; `undefined` when it could go on now, `Infinity` when time alone will not help. */
  readonly dueMs: number | undefined
}

export interface SettleDependencies {
  readonly clock: Clock & { readonly mode: ClockMode }
  readonly activity: Activity
  readonly ledger: Ledger
  readonly pending: () => readonly Pending[]
  /** Invocations that are running: `invocation 1f3c... of checkout`. */
  readonly invocations: () => readonly string[]
}

/**
 * Resolves when nothing is under way and nothing waits that somebody would take. Gives up at once when only the
 * clock could go on and it stands still, and otherwise after `timeoutMs` real milliseconds.
 */
export async function settle(on: SettleDependencies, timeoutMs: number): Promise<void> {
  let isTimeUp = false
  let wake: (() => void) | undefined
  const cancel = afterRealMs(timeoutMs, () => {
    isTimeUp = true
    wake?.()
  })
  const unsubscribe = on.ledger.subscribe(() => wake?.())
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => (wake = resolve))
      await Promise.race([on.activity.idle(), timeUp(woken, () => isTimeUp)])
      const pending = on.pending()
      const invocations = on.invocations()
      if (pending.length === 0 && invocations.length === 0) return
      const canGoOn =
        pending.some(({ dueMs }) => dueMs === undefined) ||
        (on.clock.mode !== 'frozen' &&
          (invocations.length > 0 || pending.some(({ dueMs }) => dueMs !== Infinity)))
      if (isTimeUp || !canGoOn) {
        throw new NotSettledError(describe(on, pending), !canGoOn && invocations.length === 0)
      }
      await woken
    }
  } finally {
    cancel()
    unsubscribe()
  }
}

/** Like `woken`, but only the end of the time counts. */
async function timeUp(woken: Promise<void>, isTimeUp: () => boolean): Promise<void> {
  await woken
  if (!isTimeUp()) await new Promise<never>(() => {})
}

function describe(on: SettleDependencies, pending: readonly Pending[]): string[] {
  const nowMs = on.clock.now()
  return [
    ...on.invocations().map((label) => `${label}: its handler has not answered`),
    ...pending.map(({ label, dueMs }) =>
      dueMs === undefined || dueMs === Infinity
        ? label
        : `${label}: waits until ${new Date(dueMs).toISOString()}, ${Math.ceil((dueMs - nowMs) / 1_000)} s from now`,
    ),
  ]
}
