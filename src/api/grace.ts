import { afterRealMs } from '../system/index.ts'

/**
 * How long running handlers may hold up an end. At a stop their environments are ended under them then: what has not
 * ended by itself is not lost, it lies in the store, and runs again after the next start.
 */
export const STOP_GRACE_MS = 2_000

/** Resolves when `ending` does, or when the time of grace is over. */
export async function withinGrace(ending: Promise<void>): Promise<void> {
  let cancel: (() => void) | undefined
  const graceIsOver = new Promise<void>((resolve) => (cancel = afterRealMs(STOP_GRACE_MS, resolve)))
  await Promise.race([ending, graceIsOver])
  cancel?.()
}
