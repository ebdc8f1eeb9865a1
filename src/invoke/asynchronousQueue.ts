import type { FunctionSpec } from '../spec/types.ts'
import type { ClaimedItem } from '../store/index.ts'
import type { Activity, Log, Timer, Work } from '../system/index.ts'
import {
  ASYNCHRONOUS_QUEUES,
  asynchronousQueueOf,
  type AsynchronousEvent,
  fromItem,
  functionOfQueue,
  toItem,
} from './asynchronousEvent.ts'
import { attempt, type AttemptDependencies } from './attemptEvent.ts'
import type { ConcurrencyGate } from './concurrencyGate.ts'

export interface AsynchronousQueueDependencies extends AttemptDependencies {
  readonly activity: Activity
  readonly log: Log
  readonly gate: ConcurrencyGate
  /** The function's settings as they are now; `undefined` once it is gone. */
  readonly functionOf: (functionName: string) => FunctionSpec | undefined
}

/** The queue of asynchronous invocations: durable when accepted, run when due, settled with all they cause. */
export interface AsynchronousQueue {
  /** Resolves once the event is durable: only then may anyone be told "202". */
  accept(event: AsynchronousEvent): Promise<void>
  /** The store item that makes `event` run now; for effects of other transactions. */
  itemFor(event: AsynchronousEvent): ReturnType<typeof toItem>
  /** An event that is still in the queue. */
  eventOf(functionName: string, requestId: string): AsynchronousEvent | undefined
  /** Takes up the queues of these functions, and of those that still have events from before a restart. */
  start(functionNames: readonly string[]): Promise<void>
  /** A function has appeared (or has come back): its events run. */
  add(functionName: string): void
  stop(): Promise<void>
  /** Events that wait, by function. */
  waiting(): readonly { functionName: string; events: number; nextDueMs: number }[]
}

/** Claims are held until the run has ended; after a crash `start` releases them. */
const HELD_MS = Infinity
/**
 * At most this many events of one function run at once from its queue. AWS would go on to the concurrency limit;
 * on one machine more threads only make each slower, and events wait in a durable queue at no cost.
 */
const MOST_AT_ONCE = 50

/** Payloads may be large: a long queue is looked through in parts. */
const LOOKED_AT_ONCE = 10

/** Creates the queue. */
export function createAsynchronousQueue(on: AsynchronousQueueDependencies): AsynchronousQueue {
  const pumps = new Map<string, Pump>()
  let isRunning = false

  function add(functionName: string): void {
    if (pumps.has(functionName)) {
      pumps.get(functionName)?.wake()
      return
    }
    const pump = createPump(functionName, on, () => isRunning)
    pumps.set(functionName, pump)
    pump.wake()
  }

  return {
    async accept(event) {
      await on.store.put([toItem(event, on.clock.now())])
    },
    itemFor: (event) => toItem(event, on.clock.now()),
    eventOf(functionName, requestId) {
      const queue = asynchronousQueueOf(functionName)
      let after = 0
      for (;;) {
        const page = on.store.peek(queue, LOOKED_AT_ONCE, after)
        const item = page.find(({ id }) => id === requestId)
        if (item) return fromItem(item)
        const last = page.at(-1)
        if (!last) return undefined
        after = last.sequence
      }
    },
    async start(functionNames) {
      isRunning = true
      const withEvents = on.store.queueNames(ASYNCHRONOUS_QUEUES)
      for (const queue of withEvents) await on.store.release(queue, on.clock.now())
      for (const name of new Set([...functionNames, ...withEvents.map(functionOfQueue)])) add(name)
    },
    add,
    async stop() {
      isRunning = false
      await Promise.all([...pumps.values()].map((pump) => pump.stop()))
      pumps.clear()
    },
    waiting() {
      const waiting: { functionName: string; events: number; nextDueMs: number }[] = []
      for (const functionName of pumps.keys()) {
        const queue = asynchronousQueueOf(functionName)
        const nextDueMs = on.store.nextDueMs(queue)
        if (nextDueMs === undefined) continue
        const counts = on.store.counts(queue, on.clock.now())
        waiting.push({ functionName, events: counts.ready + counts.delayed + counts.inFlight, nextDueMs })
      }
      return waiting
    },
  }
}

interface Pump {
  wake(): void
  stop(): Promise<void>
}

/** Drives one function's queue: woken by the store, by a freed place, or by the clock; asleep otherwise. */
function createPump(functionName: string, on: AsynchronousQueueDependencies, isRunning: () => boolean): Pump {
  const queue = asynchronousQueueOf(functionName)
  let inFlight = 0
  let isPumping = false
  let wokenAgain = false
  let alarm: Timer | undefined
  let whenDrained: (() => void) | undefined

  const unwatch = on.store.watch(queue, wake)
  /** Something is due, but there is no place to run it: only then do freed places matter. */
  let isBlocked = false
  let unsubscribe: (() => void) | undefined

  function setBlocked(blocked: boolean): void {
    isBlocked = blocked
    if (blocked) unsubscribe ??= on.gate.onFreed(wake)
    else {
      unsubscribe?.()
      unsubscribe = undefined
    }
  }

  function wake(): void {
    if (!isRunning()) return
    wokenAgain = true
    if (isPumping) return
    isPumping = true
    void on.activity.track(`asynchronous queue of ${functionName}`, pump())
  }

  async function pump(): Promise<void> {
    try {
      while (wokenAgain && isRunning()) {
        wokenAgain = false
        await claimDue()
      }
    } catch (error) {
      on.log.error(
        `the asynchronous queue of ${functionName} could not be read; trying again in a second`,
        error,
      )
      on.clock.at(on.clock.now() + 1_000, `asynchronous queue of ${functionName}`, wake)
    } finally {
      isPumping = false
    }
    if (wokenAgain) wake()
    else armAlarm()
  }

  async function claimDue(): Promise<void> {
    const spec = on.functionOf(functionName)
    // Events of a function that is gone wait: it may be back with the next save of the spec.
    if (!spec) return
    const nowMs = on.clock.now()
    const nextDueMs = on.store.nextDueMs(queue)
    if (nextDueMs === undefined || nextDueMs > nowMs) return
    // Without any concurrency AWS does not even try: the events are given up, and that needs no place.
    const room = MOST_AT_ONCE - inFlight
    const places =
      spec.reservedConcurrency === 0 || isOldestExpired(spec)
        ? room
        : Math.min(on.gate.free(functionName), room)
    setBlocked(places <= 0)
    if (isBlocked) return
    const items = await on.store.claim(queue, { nowMs, limit: places, leaseMs: HELD_MS })
    for (const item of items) {
      inFlight++
      const work = on.activity.begin(`asynchronous event ${item.id} of ${functionName}`)
      void handle(item, spec, work).finally(() => {
        work.end()
        inFlight--
        if (inFlight === 0) whenDrained?.()
        wake()
      })
    }
    if (items.length === places) wokenAgain = true
  }

  /** When the oldest event gets too old to run; it needs no place to be given up. */
  function oldestExpiresMs(spec: FunctionSpec): number {
    const oldest = on.store.peek(queue, 1)[0]
    return oldest ? oldest.enqueuedMs + spec.maximumEventAgeSeconds * 1_000 : Infinity
  }

  const isOldestExpired = (spec: FunctionSpec): boolean =>
    isBlocked && oldestExpiresMs(spec) <= on.clock.now()

  async function handle(item: ClaimedItem, spec: FunctionSpec, work: Work): Promise<void> {
    try {
      await attempt(item, fromItem(item), spec, work, on)
    } catch (error) {
      // The store has closed: the event is still in it, and runs after the next start.
      if (!isRunning()) return
      on.log.error(
        `event ${item.id} of ${functionName} could not be settled; it runs again in a second`,
        error,
      )
      await on.store.extend([{ token: item.token, dueMs: on.clock.now() + 1_000 }]).catch(() => {})
    }
  }

  /** One timer a function: for the next due event, or, when blocked, for the moment an event gets too old. */
  function armAlarm(): void {
    alarm?.cancel()
    alarm = undefined
    if (!isRunning()) return
    const spec = on.functionOf(functionName)
    const nextDueMs = on.store.nextDueMs(queue)
    if (!spec || nextDueMs === undefined) return
    const wakeMs = isBlocked ? oldestExpiresMs(spec) : nextDueMs
    if (!Number.isFinite(wakeMs) || wakeMs <= on.clock.now()) return
    alarm = on.clock.at(wakeMs, `next event of ${functionName}`, wake)
  }

  return {
    wake,
    async stop() {
      alarm?.cancel()
      unwatch()
      setBlocked(false)
      if (inFlight > 0) await new Promise<void>((resolve) => (whenDrained = resolve))
    },
  }
}
