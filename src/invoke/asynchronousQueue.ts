import type { NewItem } from '../store/index.ts'
import {
  ASYNCHRONOUS_QUEUES,
  asynchronousQueueOf,
  type AsynchronousEvent,
  type EventTarget,
  fromItem,
  targetOf,
  targetOfQueue,
  toItem,
} from './asynchronousEvent.ts'
import { createEventPump, type EventPump, type PumpDependencies } from './eventPump.ts'

/** The queue of asynchronous invocations: durable when accepted, run when due, settled with all they cause. */
export interface AsynchronousQueue {
  /** Resolves once the event is durable: only then may anyone be told "202". */
  accept(event: AsynchronousEvent): Promise<void>
  /** The store item that makes `event` run now; for effects of other transactions. */
  itemFor(event: AsynchronousEvent): NewItem
  /** An event that is still in a queue of its function's. */
  eventOf(functionName: string, requestId: string): AsynchronousEvent | undefined
  /** Takes up all events, also those from before a restart. */
  start(): Promise<void>
  /** Functions, versions or aliases have come, gone or changed: events run that can, and the log names those that cannot. */
  targetsChanged(): void
  /** A function was deleted, or one of its versions, whose number is never given again: the events go with it. */
  forget(functionName: string, version?: string): Promise<void>
  stop(): Promise<void>
  /** Events that wait, by function; not those that run. */
  waiting(): readonly WaitingEvents[]
}

export interface WaitingEvents {
  readonly functionName: string
  readonly events: number
  /** When the next of them goes on; `Infinity` when only a change of the spec could help. */
  readonly nextDueMs: number
}

/** Payloads may be large: a long queue is looked through in parts. */
const LOOKED_AT_ONCE = 10

/** Creates the queue. */
export function createAsynchronousQueue(on: PumpDependencies): AsynchronousQueue {
  const pumps = new Map<string, EventPump>()
  /** Queues whose events nobody can run, and whom the log has named. */
  const orphaned = new Set<EventPump>()
  let isRunning = false

  /** The pump must watch the queue before an event is put there. */
  function pumpOf(target: EventTarget): EventPump {
    const queue = asynchronousQueueOf(target)
    let pump = pumps.get(queue)
    if (!pump) {
      pump = createEventPump(target, {
        ...on,
        settingsOf: (target) => (isRunning ? on.settingsOf(target) : undefined),
      })
      pumps.set(queue, pump)
    }
    return pump
  }

  function itemFor(event: AsynchronousEvent): NewItem {
    pumpOf(targetOf(event))
    return toItem(event, on.clock.now())
  }

  function eventIn(target: EventTarget, requestId: string): AsynchronousEvent | undefined {
    for (let after = 0; ;) {
      const page = on.store.peek(asynchronousQueueOf(target), LOOKED_AT_ONCE, after)
      const item = page.find(({ id }) => id === requestId)
      if (item) return fromItem(item)
      const last = page.at(-1)
      if (!last) return undefined
      after = last.sequence
    }
  }

  function nameOrphans(): void {
    for (const pump of pumps.values()) {
      if (on.settingsOf(pump.target)) {
        orphaned.delete(pump)
        continue
      }
      const { events } = pump.waiting()
      if (events === 0 || orphaned.has(pump)) continue
      orphaned.add(pump)
      const { functionName, qualifier } = pump.target
      on.log.warn(
        `${events} asynchronous event${events === 1 ? ' waits' : 's wait'} for ${nameOf(functionName, qualifier)}, ` +
          `which is not there; ${events === 1 ? 'it runs' : 'they run'} when it is back`,
      )
    }
  }

  return {
    async accept(event) {
      await on.store.put([itemFor(event)])
    },
    itemFor,
    eventOf(functionName, requestId) {
      for (const { target } of pumps.values()) {
        const found = target.functionName === functionName ? eventIn(target, requestId) : undefined
        if (found) return found
      }
      return undefined
    },
    async start() {
      for (const queue of on.store.queueNames(ASYNCHRONOUS_QUEUES)) {
        await on.store.release(queue, on.clock.now())
        pumpOf(targetOfQueue(queue))
      }
      isRunning = true
      for (const pump of pumps.values()) pump.wake()
      nameOrphans()
    },
    targetsChanged() {
      if (!isRunning) return
      for (const pump of pumps.values()) pump.wake()
      nameOrphans()
    },
    async forget(functionName, version) {
      for (const [queue, { target }] of pumps)
        if (target.functionName === functionName && (version === undefined || target.qualifier === version))
          await on.store.purge(queue)
    },
    async stop() {
      isRunning = false
      await Promise.all([...pumps.values()].map((pump) => pump.stop()))
      pumps.clear()
    },
    waiting() {
      const byFunction = new Map<string, WaitingEvents>()
      for (const pump of pumps.values()) {
        const { functionName } = pump.target
        const { events, nextDueMs } = pump.waiting()
        if (events === 0) continue
        const sum = byFunction.get(functionName)
        const ownMs = on.settingsOf(pump.target) ? nextDueMs : Infinity
        byFunction.set(functionName, {
          functionName,
          events: events + (sum?.events ?? 0),
          nextDueMs: Math.min(ownMs, sum?.nextDueMs ?? Infinity),
        })
      }
      return [...byFunction.values()]
    },
  }
}

const nameOf = (functionName: string, qualifier: string | undefined): string =>
  qualifier === undefined ? `the function ${functionName}` : `${functionName}:${qualifier}`
