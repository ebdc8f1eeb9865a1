/**
 * Real time, for the few things that the {@link Clock} must not move: how long a handler may run, how long it ran,
 * how long start-up took.
 */

/** Monotonic milliseconds with a fraction; only differences mean something. */
export const stopwatchMs = (): number => performance.now()

/** The wall clock in epoch milliseconds: deadlines that a handler compares with its own `Date.now()`. */
export const wallClockMs = (): number => Date.now()

/** Calls `run` after `byMs` real milliseconds, without keeping the process alive. Returns how to cancel. */
export function afterRealMs(byMs: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.min(byMs, 2 ** 31 - 1))
  timer.unref()
  return () => clearTimeout(timer)
}
