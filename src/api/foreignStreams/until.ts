import type { Clock } from '../../system/index.ts'

/** Resolves at `untilMs` by the clock, or when aborted. Nobody waits for the next look: it counts as recurring. */
export function until(clock: Clock, untilMs: number, label: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.at(untilMs, label, end, { recurring: true })
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
