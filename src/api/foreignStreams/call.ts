import { type Activity, afterRealMs } from '../../system/index.ts'
import type { ForeignApi } from './foreignApi.ts'
import { ForeignStreamProblem } from './problem.ts'

/** An answer that is this late will not come: the connection is dead. */
const LATE_MS = 10_000

/**
 * Makes a call, in real time; while it is under way, a clock that is moved by hand waits for it. Rejects with the signal's
 * reason when aborted.
 */
export async function call<Answer>(
  { streamName, url }: Pick<ForeignApi<never>, 'streamName' | 'url'>,
  activity: Activity,
  signal: AbortSignal | undefined,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const late = new AbortController()
  const cancel = afterRealMs(LATE_MS, () => late.abort())
  try {
    const either = signal ? AbortSignal.any([signal, late.signal]) : late.signal
    return await activity.track(`call of ${url} for ${streamName}`, ask(either))
  } catch (error) {
    signal?.throwIfAborted()
    if (!late.signal.aborted) throw error
    throw new ForeignStreamProblem(new Error(`no answer within ${LATE_MS / 1_000} seconds`), streamName, url)
  } finally {
    cancel()
  }
}
