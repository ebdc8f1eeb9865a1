import type { Store, Token } from '../store/index.ts'
import { type Clock, type Ledger, type Log, parkedWhile, sleep, type Work } from '../system/index.ts'
import type { Conclusion } from './concludeEvent.ts'

export interface SettleDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly ledger: Ledger
  readonly log: Log
  /** Aborted when the queue stops: what is not settled by then runs again after the next start. */
  readonly signal: AbortSignal
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 300_000

/**
 * Removes an event together with all it led to, then tells of it. A store that cannot commit (a full disk) is asked
 * again with growing pauses: the handler has run, and must not run again because of it. `waits` is told when the next
 * try is due, and `undefined` once it is over.
 */
export async function settleEvent(
  label: string,
  token: Token,
  conclusion: Conclusion,
  work: Work,
  on: SettleDependencies,
  waits: (untilMs: number | undefined) => void,
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      const [outcome] = await on.store.settle([token], conclusion.effects)
      waits(undefined)
      // Gone: the queue was emptied meanwhile, and nothing of this has happened.
      if (outcome === 'done') tell(conclusion, on.ledger)
      return
    } catch (error) {
      if (on.signal.aborted) return
      on.log.error(`the outcome of ${label} could not be stored; trying again in ${pauseMs / 1_000} s`, error)
      waits(on.clock.now() + pauseMs)
      const pause = sleep(on.clock, pauseMs, `outcome of ${label}`, on.signal)
      await parkedWhile(
        work,
        pause.catch(() => {}),
      )
      if (on.signal.aborted) return
    }
  }
}

function tell({ facts, committed }: Conclusion, ledger: Ledger): void {
  for (const fact of facts) ledger.write(fact)
  for (const call of committed) call()
}
