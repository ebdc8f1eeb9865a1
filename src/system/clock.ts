import { SortedMap } from './sortedMap.ts'

/**
 * The only source of time. Retries, event ages, batching windows, visibility timeouts, back-off, schedules and the
 * timestamps inside events all follow a {@link Clock}; nothing else in the code base reads the wall clock or sets a
 * timer, save what limits a handler's real running time (see `realTime.ts`).
 */
export interface Clock {
  /** The current time in epoch milliseconds. */
  now(): number
  /**
   * Runs `run` once the clock has reached `dueMs` (epoch milliseconds; a past time means "as soon as possible").
   * `label` names the timer where people see it: `settle()`'s complaint, the terminal's "next timer".
   * A `recurring` timer (a schedule, a growth step) is never something that `settle()` waits for.
   */
  at(dueMs: number, label: string, run: () => void, options?: { recurring?: boolean }): Timer
}

/** One pending timer. Cancelling twice, or after it fired, is harmless. */
export interface Timer {
  readonly dueMs: number
  readonly label: string
  readonly recurring: boolean
  cancel(): void
}

/** `live`: wall clock. `frozen`: stands still until moved. A number: wall clock times that factor. */
export type ClockMode = 'live' | 'frozen' | number

/** A clock whose time can be moved by hand, in every mode: on a live clock `advance` shifts it into the future. */
export interface ControlledClock extends Clock {
  readonly mode: ClockMode
  /**
   * Moves time forward by `byMs`. Whatever falls due on the way runs in order, each at its own time, and is
   * let finish (`idle`) before the next; then returns.
   */
  advance(byMs: number): Promise<void>
  /** Moves to the earliest timer, runs it, and returns its label and time; `undefined` when nothing is pending. */
  advanceToNext(): Promise<{ label: string; dueMs: number } | undefined>
  /** Pending timers, earliest first. */
  timers(): readonly Timer[]
  stop(): void
}

export interface ClockOptions {
  readonly mode: ClockMode
  /** Where a frozen clock begins, epoch milliseconds; default: the wall clock's time when created. */
  readonly startMs?: number
  /** Resolves when no work is running that could finish without the clock; see `activity.ts`. */
  readonly idle: () => Promise<void>
}

interface Entry extends Timer {
  readonly order: number
  readonly run: () => void
}

/** setTimeout counts in a signed 32-bit integer; a longer wait is taken in steps. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

/**
 * Creates the clock.
 * @example
 * const clock = createClock({ mode: 'frozen', idle: activity.idle })
 * clock.at(clock.now() + 60_000, 'retry of checkout', run)
 * await clock.advance(60_000)
 */
export function createClock(options: ClockOptions): ControlledClock {
  const pending = new SortedMap<Entry, undefined>(undefined, compareEntries)
  const factor = typeof options.mode === 'number' ? options.mode : 1
  const isFrozen = options.mode === 'frozen'
  const realStartMs = Date.now()
  const startMs = options.startMs ?? realStartMs
  let shiftMs = 0
  let order = 0
  let alarm: NodeJS.Timeout | undefined
  let alarmDueMs = Infinity

  const now = (): number =>
    isFrozen ? startMs + shiftMs : Math.floor(startMs + (Date.now() - realStartMs) * factor + shiftMs)

  /** One real timer serves all entries: the process has no other wake-up while nothing is due. */
  function setAlarm(): void {
    if (isFrozen) return
    const next = pending.minKey()
    if (!next) {
      clearTimeout(alarm)
      alarm = undefined
      alarmDueMs = Infinity
      return
    }
    if (alarm && alarmDueMs === next.dueMs) return
    clearTimeout(alarm)
    alarmDueMs = next.dueMs
    const waitMs = Math.min(Math.max(0, Math.ceil((next.dueMs - now()) / factor)), LONGEST_TIMEOUT_MS)
    alarm = setTimeout(() => {
      alarm = undefined
      alarmDueMs = Infinity
      for (let entry = takeDue(now()); entry; entry = takeDue(now())) entry.run()
      setAlarm()
    }, waitMs)
  }

  function takeDue(limitMs: number): Entry | undefined {
    const entry = pending.minKey()
    if (!entry || entry.dueMs > limitMs) return undefined
    pending.delete(entry)
    return entry
  }

  /** Runs one entry with the time standing exactly at its due time, as the wall clock would have it. */
  async function fire(entry: Entry): Promise<void> {
    if (entry.dueMs > now()) shiftMs += entry.dueMs - now()
    entry.run()
    await options.idle()
  }

  return {
    mode: options.mode,
    now,
    at(dueMs, label, run, timerOptions) {
      const entry: Entry = {
        dueMs,
        label,
        recurring: timerOptions?.recurring ?? false,
        order: order++,
        run,
        cancel() {
          if (pending.delete(entry)) setAlarm()
        },
      }
      pending.set(entry, undefined)
      // A frozen clock still has to run what is due already: it asks for no movement of time.
      if (isFrozen && dueMs <= now()) {
        setImmediate(() => {
          if (pending.delete(entry)) run()
        })
      }
      setAlarm()
      return entry
    },
    async advance(byMs) {
      if (!(byMs >= 0)) throw new RangeError(`advance: expected a number of milliseconds >= 0, got ${byMs}`)
      const targetMs = now() + byMs
      await options.idle()
      for (let entry = takeDue(targetMs); entry; entry = takeDue(targetMs)) await fire(entry)
      if (targetMs > now()) shiftMs += targetMs - now()
      setAlarm()
      await options.idle()
    },
    async advanceToNext() {
      await options.idle()
      const entry = takeDue(Infinity)
      if (!entry) return undefined
      await fire(entry)
      setAlarm()
      return { label: entry.label, dueMs: entry.dueMs }
    },
    timers: () => pending.keysArray(),
    stop() {
      clearTimeout(alarm)
      alarm = undefined
      pending.clear()
    },
  }
}

/** Resolves when the clock has passed `byMs`, or rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, byMs: number, label: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const abort = (): void => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.at(clock.now() + byMs, label, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    signal?.addEventListener('abort', abort, { once: true })
  })
}

const compareEntries = (a: Entry, b: Entry): number => a.dueMs - b.dueMs || a.order - b.order
