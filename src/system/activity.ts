/**
 * Knows what is going on. Every piece of work that began and has not ended is registered here by name, so that the
 * clock can let it finish before time moves on, and so that `settle()` can say what is still open.
 *
 * Work can be *parked*: it waits for something that only the clock (or an outsider) can bring, such as a handler that
 * long-polls a queue. Parked work is open, but nobody waits for it.
 */
export interface Activity {
  /** Registers work; the returned handle ends it. Ending twice is harmless. */
  begin(label: string): Work
  /** Registers `promise` as work until it settles, and returns it. */
  track<T>(label: string, promise: Promise<T>): Promise<T>
  /** Resolves once no unparked work has been open for a full turn of the event loop. */
  readonly idle: () => Promise<void>
  /** Labels of all open work, parked or not, oldest first. */
  open(): readonly { label: string; isParked: boolean }[]
}

/** One open piece of work. */
export interface Work {
  end(): void
  park(): void
  unpark(): void
}

/** Creates an empty register. */
export function createActivity(): Activity {
  const open = new Set<{ label: string; parks: number }>()
  let busy = 0
  let changes = 0
  let waiting: (() => void)[] = []

  function settleWaiting(): void {
    changes++
    if (busy > 0 || waiting.length === 0) return
    const ready = waiting
    waiting = []
    for (const resolve of ready) resolve()
  }

  function begin(label: string): Work {
    const item = { label, parks: 0 }
    open.add(item)
    busy++
    changes++
    return {
      end() {
        if (!open.delete(item)) return
        if (item.parks === 0) busy--
        settleWaiting()
      },
      park() {
        if (!open.has(item)) return
        if (item.parks++ === 0) busy--
        settleWaiting()
      },
      unpark() {
        if (!open.has(item) || item.parks === 0) return
        if (--item.parks === 0) busy++
        changes++
      },
    }
  }

  return {
    begin,
    track(label, promise) {
      const work = begin(label)
      return promise.finally(() => work.end())
    },
    async idle() {
      // Work hands over to work across a few turns of the event loop (a commit, then a wake-up, then a claim): only
      // a quiet full turn, twice, proves that nothing is on its way.
      for (let quietTurns = 0; quietTurns < 2;) {
        if (busy > 0) await new Promise<void>((resolve) => waiting.push(resolve))
        const before = changes
        await new Promise<void>((resolve) => setImmediate(resolve))
        quietTurns = busy === 0 && changes === before ? quietTurns + 1 : 0
      }
    },
    open: () => [...open].map(({ label, parks }) => ({ label, isParked: parks > 0 })),
  }
}

/** Waits for `promise` with the work parked: for what is registered as work of its own. */
export async function parkedWhile<T>(work: Work, promise: Promise<T>): Promise<T> {
  work.park()
  try {
    return await promise
  } finally {
    work.unpark()
  }
}
