import type { Clock } from '../../system/index.ts'

export interface UntilOptions {
  readonly signal: AbortSignal
  /** Something that may happen before; answers how to stop listening. */
  readonly onEvent?: (listener: () => void) => () => void
}

/** Resolves at `untilMs` by the clock, when the event happens, or on abort, whichever comes first. */
export function until(
  clock: Clock,
  untilMs: number,
  label: string,
  { signal, onEvent }: UntilOptions,
): Promise<'time' | 'event' | 'abort'> {
  return new Promise((resolve) => {
    const end = (by: 'time' | 'event' | 'abort'): void => {
      timer.cancel()
      stopListening?.()
      signal.removeEventListener('abort', abort)
      resolve(by)
    }
    const abort = (): void => end('abort')
    const timer = clock.at(untilMs, label, () => end('time'))
    const stopListening = onEvent?.(() => end('event'))
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
}
