import type { ClaimedItem, Store } from '../store/index.ts'
import { type Activity, type Ledger, type Log, parkedWhile, type Timer, type Work } from '../system/index.ts'
import { asynchronousQueueOf, dueMsOf, type EventTarget, fromItem } from './asynchronousEvent.ts'
import type { AsynchronousSettings } from './asynchronousSettings.ts'
import { attemptEvent, type AttemptDependencies, refusalOf } from './attemptEvent.ts'
import { concludeEvent, type Conclusion } from './concludeEvent.ts'
import type { ConcurrencyGate } from './concurrencyGate.ts'
import { patienceEndsMs } from './decideAsync.ts'
import { settleEvent } from './settleEvent.ts'

export interface PumpDependencies extends AttemptDependencies {
  readonly store: Store
  readonly activity: Activity
  readonly ledger: Ledger
  readonly log: Log
  readonly gate: ConcurrencyGate
  /** How the target's events are handled now; `undefined` while there is no such function, version or alias. */
  readonly settingsOf: (target: EventTarget) => AsynchronousSettings | undefined
  /** The version that the target's events run, if that is known: it may have provisioned places. */
  readonly versionOf?: (target: EventTarget) => string | undefined
  /** An attempt is about to start, this long after its event was accepted. */
  readonly eventStarted: (functionName: string, ageMs: number) => void
}

/** Drives the queue of one target: woken by the store, by a place it was promised, or by the clock; asleep otherwise. */
export interface EventPump {
  readonly target: EventTarget
  wake(): void
  stop(): Promise<void>
  /** Events that wait for their time, for a place or for the store; not those that run. */
  waiting(): { readonly events: number; readonly nextDueMs: number }
}

/** Claims are held until the run has ended; after a crash the next start releases them. */
const HELD_MS = Infinity
/**
 * At most this many events of one queue run at once. AWS would go on to the concurrency limit; on one machine more
 * threads only make each slower, and events wait in a durable queue at no cost.
 */
const MOST_AT_ONCE = 50
const READ_AGAIN_MS = 1_000

/** Creates the pump of one target; it sleeps until it is woken. */
export function createEventPump(target: EventTarget, on: PumpDependencies): EventPump {
  const { functionName } = target
  const queue = asynchronousQueueOf(target)
  const name = queue.slice(queue.indexOf('/') + 1)
  const stopping = new AbortController()
  const settleOn = { ...on, signal: stopping.signal }
  /** When the next try of a settle is due, by event: its handler has run, the store could not take what came of it. */
  const unsettled = new Map<number, number>()
  let inFlight = 0
  let isPumping = false
  let isWokenAgain = false
  let alarm: Timer | undefined
  let whenDrained: (() => void) | undefined
  /** Something is due that cannot run: until a place is promised, arrivals change nothing, and are not looked at. */
  let isBlocked = false
  /** When a waiting event that is known to be older than those around it must be given up. */
  let olderEndsMs = Infinity

  const unwatch = on.store.watch(queue, () => {
    if (!isBlocked) wake()
  })

  function wake(): void {
    if (stopping.signal.aborted) return
    isBlocked = false
    isWokenAgain = true
    if (isPumping) return
    isPumping = true
    void on.activity.track(`asynchronous queue of ${name}`, pump())
  }

  async function pump(): Promise<void> {
    try {
      while (isWokenAgain && !stopping.signal.aborted) {
        isWokenAgain = false
        await claimDue()
      }
      isPumping = false
      if (!stopping.signal.aborted) setAlarm()
    } catch (error) {
      isPumping = false
      if (stopping.signal.aborted) return
      on.log.error(`the asynchronous queue of ${name} could not be read; trying again in a second`, error)
      alarm?.cancel()
      alarm = on.clock.at(on.clock.now() + READ_AGAIN_MS, `asynchronous queue of ${name}`, wake)
    }
  }

  async function claimDue(): Promise<void> {
    const settings = on.settingsOf(target)
    // Events of a function that is gone wait: it may be back with the next save of the spec.
    if (!settings) return
    const nowMs = on.clock.now()
    const nextDueMs = on.store.nextDueMs(queue)
    if (nextDueMs === undefined || nextDueMs > nowMs) return
    const room = MOST_AT_ONCE - inFlight
    // Without any concurrency AWS does not even try: giving up needs no place.
    if (settings.reservedConcurrency === 0 && room > 0) return await claim(room)
    const version = on.versionOf?.(target)
    const places = room > 0 ? on.gate.promise(functionName, room, version) : 0
    if (places > 0) {
      try {
        await claim(places)
      } finally {
        on.gate.keepPromise(functionName, places, version)
      }
      return
    }
    isBlocked = true
    // When all its own places are taken, the end of a run wakes it.
    if (room > 0) on.gate.whenFree(functionName, wake, version)
    if (blockedUntilMs(settings, nextDueMs) <= nowMs) await giveUpOldest(settings)
  }

  async function claim(limit: number): Promise<void> {
    const items = await on.store.claim(queue, { nowMs: on.clock.now(), limit, leaseMs: HELD_MS })
    // Asked for once more: since the claim began, the function may have gone, or have got other settings.
    const settings = on.settingsOf(target)
    if (!settings) return await giveBack(items)
    for (const item of items) begin(item, (work) => run(item, settings, work))
    if (items.length === limit) isWokenAgain = true
  }

  function begin(item: ClaimedItem, conclude: (work: Work) => Promise<Conclusion>): void {
    inFlight++
    const label = `event ${item.id} of ${name}`
    const work = on.activity.begin(`asynchronous ${label}`)
    const { sequence } = item.token
    const waits = (untilMs: number | undefined): void => {
      if (untilMs === undefined) unsettled.delete(sequence)
      else unsettled.set(sequence, untilMs)
    }
    const ending = async (): Promise<void> => {
      await settleEvent(label, item.token, await conclude(work), work, settleOn, waits)
    }
    void ending()
      .catch((error: unknown) =>
        on.log.error(`${label} could not be concluded; it runs again after the next start`, error),
      )
      .finally(() => {
        unsettled.delete(sequence)
        work.end()
        inFlight--
        if (inFlight === 0) whenDrained?.()
        wake()
      })
  }

  async function run(item: ClaimedItem, settings: AsynchronousSettings, work: Work): Promise<Conclusion> {
    const event = fromItem(item)
    const nowMs = on.clock.now()
    if (!refusalOf(event, settings, nowMs)) on.eventStarted(functionName, nowMs - event.acceptedMs)
    const conclusion = await parkedWhile(work, attemptEvent(event, settings, on))
    const [again] = conclusion.effects
    if (again?.kind === 'put' && again.item.queue === queue) {
      olderEndsMs = Math.min(olderEndsMs, endsMs(fromItem(again.item), again.item.dueMs, settings))
    }
    return conclusion
  }

  const giveBack = async (items: readonly ClaimedItem[]): Promise<void> => {
    await on.store.extend(items.map((item) => ({ token: item.token, dueMs: dueMsOf(item) })))
  }

  /**
   * When the next of the blocked events has to be given up. They lie in order of their due time, and all but retried
   * ones were accepted then; of those, the ones that an earlier run of this process left are found a little late.
   */
  function blockedUntilMs(settings: AsynchronousSettings, nextDueMs: number): number {
    return Math.min(olderEndsMs, endsMs({ acceptedMs: nextDueMs, setbacks: 0 }, nextDueMs, settings))
  }

  /** Gives up what has waited for a place for too long; that takes no place. */
  async function giveUpOldest(settings: AsynchronousSettings): Promise<void> {
    const nowMs = on.clock.now()
    const items = await on.store.claim(queue, { nowMs, limit: MOST_AT_ONCE, leaseMs: HELD_MS })
    const young: ClaimedItem[] = []
    olderEndsMs = Infinity
    for (const item of items) {
      const event = fromItem(item)
      const endMs = endsMs(event, dueMsOf(item), settings)
      if (endMs <= nowMs) {
        begin(item, async () => concludeEvent(event, settings, 'EventAgeExceeded', on))
      } else {
        olderEndsMs = Math.min(olderEndsMs, endMs)
        young.push(item)
      }
    }
    if (young.length > 0) await giveBack(young)
  }

  /** One timer a queue: for the next due event, or, when blocked, for the moment an event has waited too long. */
  function setAlarm(): void {
    alarm?.cancel()
    alarm = undefined
    const settings = on.settingsOf(target)
    const nextDueMs = on.store.nextDueMs(queue)
    if (!settings || nextDueMs === undefined) return
    const wakeMs = isBlocked ? blockedUntilMs(settings, nextDueMs) : nextDueMs
    if (!Number.isFinite(wakeMs)) return
    // What was due has begun, unless it fell due since it was looked at.
    if (wakeMs <= on.clock.now() && !isBlocked) return wake()
    alarm = on.clock.at(wakeMs, `next event of ${name}`, wake)
  }

  return {
    target,
    wake,
    async stop() {
      stopping.abort(new Error('the asynchronous queue has stopped'))
      alarm?.cancel()
      unwatch()
      if (inFlight > 0) await new Promise<void>((resolve) => (whenDrained = resolve))
    },
    waiting() {
      const nextDueMs = on.store.nextDueMs(queue)
      const ready = nextDueMs === undefined ? undefined : on.store.counts(queue, on.clock.now())
      return {
        events: (ready ? ready.ready + ready.delayed : 0) + unsettled.size,
        nextDueMs: Math.min(nextDueMs ?? Infinity, ...unsettled.values()),
      }
    },
  }
}

/** Until when an event may wait for a place. */
const endsMs = (
  event: { readonly acceptedMs: number; readonly setbacks: number },
  dueMs: number,
  { maximumEventAgeSeconds }: AsynchronousSettings,
): number =>
  patienceEndsMs({
    acceptedMs: event.acceptedMs,
    dueMs,
    setbacks: event.setbacks,
    maximumEventAgeMs: maximumEventAgeSeconds * 1_000,
  })
