import type { Outcome } from '../invoke/index.ts'
import type { QueueMappingSettings, QueueReader, QueueSource } from '../sources/index.ts'
import {
  type Activity,
  type Clock,
  type Ids,
  type Ledger,
  type Log,
  parkedWhile,
  sleep,
  type Work,
} from '../system/index.ts'
import { type BatchDecision, decideBatch } from './decideBatch.ts'
import { firstLanes, grow, LANE_GROWTH_MS, recover, shrink } from './laneLimit.ts'

export interface QueueMappingDependencies<Message> {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly ledger: Ledger
  readonly activity: Activity
  readonly region: string
  readonly functionName: string
  readonly settings: QueueMappingSettings
  readonly source: Pick<QueueSource<never, Message>, 'name' | 'id' | 'record' | 'visibleAgainMs' | 'traceId'>
  readonly reader: QueueReader<Message>
  /** `traceIds` are those of the batch's messages that have one. */
  readonly invoke: (
    event: Uint8Array,
    requestId: string,
    cause: string | undefined,
    traceIds: readonly string[],
  ) => Promise<Outcome>
  /** How many runs of the function could start now; a lane that could not run its batch is not opened. */
  readonly freePlaces: () => number
  readonly onPlaceFreed: (listener: () => void) => () => void
}

/** An event source mapping on a queue: reads, gathers, invokes, deletes. */
export interface QueueMapping {
  readonly functionName: string
  readonly settings: QueueMappingSettings
  start(): void
  /** Stops reading, and resolves once the batches that are with the function have ended. */
  stop(): Promise<void>
}

/** The serialised event may not pass this; a batch closes before it would. */
const MOST_EVENT_BYTES = 6 * 1024 * 1024
/** SQS hands out ten messages at a time. */
const MOST_PER_RECEIVE = 10
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** Creates the mapping; it reads once started. */
export function createQueueMapping<Message>(on: QueueMappingDependencies<Message>): QueueMapping {
  const { settings, source, clock } = on
  const queue = settings.queueArn
  const stopping = new AbortController()
  const inFlight = new Set<Promise<void>>()
  /** Received, but not yet in a batch: what went past the size of the one before. */
  let leftOver: Encoded<Message>[] = []
  let lanes = firstLanes(clock.now())
  let reading: Promise<void> | undefined
  let wakeReader: (() => void) | undefined

  async function read(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    while (!stopping.signal.aborted) {
      try {
        await laneFree()
        const batch = await gather()
        if (batch.length > 0) open(batch)
        pauseMs = FIRST_PAUSE_MS
      } catch (error) {
        if (stopping.signal.aborted) return
        on.log.warn(
          `${source.name} mapping of ${on.functionName}: ${queue} cannot be read (${String(error)}); again in ${pauseMs} ms`,
        )
        await sleep(clock, pauseMs, `mapping of ${on.functionName} to ${queue}`, stopping.signal).catch(
          () => {},
        )
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      }
    }
  }

  /** Resolves when one more batch may go to the function. */
  async function laneFree(): Promise<void> {
    for (;;) {
      stopping.signal.throwIfAborted()
      if (inFlight.size >= lanes.lanes) lanes = grow(lanes, clock.now())
      const isAtOwnLimit = inFlight.size >= (settings.maximumConcurrency ?? Infinity)
      const isAtLanes = inFlight.size >= lanes.lanes
      if (!isAtOwnLimit && !isAtLanes && on.freePlaces() > 0) return
      await change(isAtLanes && !isAtOwnLimit)
    }
  }

  /** Resolves when a batch has ended, a place has become free, a lane may have been gained, or on `stop`. */
  async function change(mayGainLane: boolean): Promise<void> {
    const unsubscribe = on.onPlaceFreed(() => wakeReader?.())
    const growth = mayGainLane
      ? clock.at(
          lanes.sinceMs + LANE_GROWTH_MS,
          `more batches for ${on.functionName}`,
          () => wakeReader?.(),
          { recurring: true },
        )
      : undefined
    await new Promise<void>((resolve) => (wakeReader = resolve))
    wakeReader = undefined
    growth?.cancel()
    unsubscribe()
  }

  /** One batch: it closes when it is full, when its window has passed, or when the event would get too big. */
  async function gather(): Promise<Encoded<Message>[]> {
    const batch: Encoded<Message>[] = []
    let bytes = 0
    const take = (encoded: readonly Encoded<Message>[]): boolean => {
      for (const [index, one] of encoded.entries()) {
        const isFull = batch.length >= settings.batchSize
        if (isFull || (batch.length > 0 && bytes + one.json.length > MOST_EVENT_BYTES)) {
          leftOver = encoded.slice(index)
          return false
        }
        batch.push(one)
        bytes += one.json.length + 1
      }
      return batch.length < settings.batchSize
    }
    const waiting = leftOver
    leftOver = []
    let hasRoom = take(waiting)
    let closesMs = batch.length > 0 ? clock.now() + settings.windowMs : undefined
    while (hasRoom) {
      // With a window each receive waits for its end; without one only the first waits, for as long as it takes.
      const isFirst = closesMs === undefined
      if (!isFirst && (closesMs ?? 0) <= clock.now() && settings.windowMs > 0) break
      const messages = await on.reader.receive({
        limit: Math.min(settings.batchSize - batch.length, MOST_PER_RECEIVE),
        signal: stopping.signal,
        ...(closesMs === undefined ? {} : { waitUntilMs: closesMs }),
      })
      closesMs ??= clock.now() + settings.windowMs
      hasRoom = take(messages.map(encode))
      if (settings.windowMs === 0 || messages.length === 0) break
    }
    return batch
  }

  function encode(message: Message): Encoded<Message> {
    const record = source.record(message, { settings, region: on.region })
    return { message, id: source.id(message), json: JSON.stringify(record) }
  }

  function open(batch: Encoded<Message>[]): void {
    const work = on.activity.begin(`batch of ${batch.length} from ${queue} for ${on.functionName}`)
    const lane: Promise<void> = process(batch, work)
      .catch((error: unknown) => {
        on.log.error(
          `${source.name} mapping of ${on.functionName}: a batch could not be ended; it comes back by itself`,
          error,
        )
      })
      .finally(() => {
        work.end()
        inFlight.delete(lane)
        wakeReader?.()
      })
    inFlight.add(lane)
  }

  async function process(batch: Encoded<Message>[], work: Work): Promise<void> {
    const requestId = on.ids.uuid()
    const ids = batch.map(({ id }) => id)
    const { functionName } = on
    on.ledger.write({ kind: 'batchTaken', functionName, requestId, queue, messageIds: ids })
    const event = Buffer.from(`{"Records":[${batch.map(({ json }) => json).join(',')}]}`)
    const decision = await parkedWhile(work, runUntilDecided(event, requestId, batch))
    const done = decision.kind === 'commit' ? new Set(decision.done) : new Set<string>()
    if (done.size > 0)
      await on.reader.remove(batch.flatMap(({ id, message }) => (done.has(id) ? [message] : [])))
    const why =
      decision.kind === 'fail'
        ? decision.why
        : decision.kind === 'again'
          ? 'throttled until visible again'
          : ''
    on.ledger.write({
      kind: 'batchEnded',
      functionName,
      requestId,
      queue,
      removed: done.size,
      left: batch.length - done.size,
      why,
    })
    lanes = decision.kind === 'commit' ? recover(lanes, clock.now()) : shrink(lanes, clock.now())
  }

  /** A refused batch is tried again with growing pauses until its first message is no longer ours. */
  async function runUntilDecided(
    event: Uint8Array,
    requestId: string,
    batch: Encoded<Message>[],
  ): Promise<BatchDecision> {
    const oursUntilMs = Math.min(...batch.map(({ message }) => source.visibleAgainMs(message)))
    const ids = batch.map(({ id }) => id)
    const traceIds = batch.flatMap(({ message }) => source.traceId(message) ?? [])
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const outcome = await on.invoke(event, requestId, ids[0], traceIds)
      const decision = decideBatch({
        outcome: outcome.kind,
        response: outcome.kind === 'success' ? Buffer.from(outcome.payload).toString() : '',
        reportsItemFailures: settings.reportsItemFailures,
        ids,
      })
      if (decision.kind !== 'again' || clock.now() + pauseMs >= oursUntilMs || stopping.signal.aborted)
        return decision
      await sleep(clock, pauseMs, `throttled batch for ${on.functionName}`, stopping.signal).catch(() => {})
    }
  }

  return {
    functionName: on.functionName,
    settings,
    start() {
      if (settings.isEnabled) reading ??= read()
    },
    async stop() {
      stopping.abort(new Error('the mapping has stopped'))
      wakeReader?.()
      await reading
      await Promise.all(inFlight)
    },
  }
}

interface Encoded<Message> {
  readonly message: Message
  readonly id: string
  readonly json: string
}
