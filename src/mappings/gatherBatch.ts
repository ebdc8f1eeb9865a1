import type { QueueMappingSettings, QueueReader, QueueSource, RecordFilter } from '../sources/index.ts'
import type { Activity, Clock, JsonObject, Ledger } from '../system/index.ts'
import { type Encoded, OpenBatch } from './batch.ts'
import type { CountedFigures } from './figures.ts'

export interface GatherDependencies<Message> {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly activity: Activity
  readonly region: string
  readonly functionName: string
  readonly source: Pick<QueueSource<never, Message>, 'id' | 'record' | 'visibleAgainMs'>
  readonly reader: QueueReader<Message>
  readonly figures: CountedFigures
}

/** How a batch is to be gathered. */
export interface GatherPlan {
  readonly settings: QueueMappingSettings
  readonly isForFunction: RecordFilter
  /** How many batches could go to the function now: with small ones, a receive is for several. */
  readonly freeLanes: number
  /** Only looks, where it would wait for the first message: to see whether the queue can be read. */
  readonly onlyLooks: boolean
  /** When the latest invocation ended: that opened a window, which may be still open. */
  readonly lastEndMs: () => number
  readonly signal: AbortSignal
}

/** SQS hands out ten messages at a time. */
const MOST_PER_RECEIVE = 10

/** Gathers batches from one queue, and holds what was received and is in none yet. */
export class Gatherer<Message> {
  readonly #on: GatherDependencies<Message>
  #held: Message[] = []

  constructor(on: GatherDependencies<Message>) {
    this.#on = on
  }

  /**
   * One batch: it closes when it is full, when its window has passed, or when the event would get too big. Messages
   * that the filters do not let through are deleted and count for nothing. When it rejects, by `signal` or because the
   * queue cannot be read, what it has received is held.
   */
  async gather(plan: GatherPlan): Promise<Encoded<Message>[]> {
    const { settings, isForFunction, freeLanes, onlyLooks, signal } = plan
    const { clock, reader, figures } = this.#on
    const { batchSize, windowMs } = settings
    const batch = new OpenBatch<Message>(batchSize)
    // What is held goes into the batches that follow at once; with a window there would be a wait in between.
    const ahead = windowMs > 0 ? 0 : batchSize * (freeLanes - 1)
    try {
      await this.#take(this.#stillOurs(this.takeHeld()), batch, settings, isForFunction)
      let closesMs = batch.count > 0 ? closingTime(plan, clock.now()) : undefined
      while (batch.room > 0 && this.#held.length === 0) {
        if (windowMs > 0 && closesMs !== undefined && closesMs <= clock.now()) break
        const waitUntilMs = closesMs ?? (onlyLooks ? clock.now() : undefined)
        const messages = await reader.receive({
          limit: Math.min(batch.room + ahead, MOST_PER_RECEIVE),
          signal,
          ...(waitUntilMs === undefined ? {} : { waitUntilMs }),
        })
        figures.polled += messages.length
        await this.#take(messages, batch, settings, isForFunction)
        if (messages.length === 0 && waitUntilMs !== undefined) break
        if (batch.count > 0) closesMs ??= closingTime(plan, clock.now())
        if (windowMs === 0 && batch.count > 0) break
      }
      return batch.messages()
    } catch (error) {
      this.#held = [...batch.messages().map(({ message }) => message), ...this.#held]
      throw error
    }
  }

  /** Messages that filters have let through already, as they stand in an event. */
  encode(messages: readonly Message[], settings: QueueMappingSettings): Encoded<Message>[] {
    const { source, region } = this.#on
    return messages.map((message) =>
      encoded(message, source.id(message), source.record(message, { settings, region })),
    )
  }

  /** What is held, which is now the caller's. */
  takeHeld(): Message[] {
    const held = this.#held
    this.#held = []
    return held
  }

  async #take(
    messages: readonly Message[],
    batch: OpenBatch<Message>,
    settings: QueueMappingSettings,
    isForFunction: RecordFilter,
  ): Promise<void> {
    const { source, region } = this.#on
    const rejected: Message[] = []
    for (const message of messages) {
      const record = source.record(message, { settings, region })
      // Once one has found no room, those behind it must not overtake it.
      if (!isForFunction(record)) rejected.push(message)
      else if (this.#held.length > 0 || !batch.take(encoded(message, source.id(message), record)))
        this.#held.push(message)
    }
    if (rejected.length > 0) await this.#reject(rejected, settings.queueArn)
  }

  /** What became visible again while it was held comes back by itself. */
  #stillOurs(messages: readonly Message[]): Message[] {
    const nowMs = this.#on.clock.now()
    return messages.filter((message) => this.#on.source.visibleAgainMs(message) > nowMs)
  }

  /** No filter lets these through: they are deleted, and never seen again. */
  async #reject(messages: readonly Message[], queue: string): Promise<void> {
    const { reader, ledger, activity, functionName, figures, source } = this.#on
    await activity.track(`messages of ${queue} that no filter lets through`, reader.remove(messages))
    figures.filteredOut += messages.length
    const messageIds = messages.map((message) => source.id(message))
    ledger.write({ kind: 'messagesFiltered', functionName, queue, messageIds })
  }
}

/**
 * A window opens when the invocation before has ended. Once that one has passed without a message, the next one opens
 * with the first: windows one after the other would be timers that run for ever on an idle queue.
 */
function closingTime({ lastEndMs, settings: { windowMs } }: GatherPlan, nowMs: number): number {
  const openedMs = lastEndMs()
  return windowMs + (openedMs + windowMs > nowMs ? openedMs : nowMs)
}

function encoded<Message>(message: Message, id: string, record: JsonObject): Encoded<Message> {
  const json = JSON.stringify(record)
  return { message, id, json, bytes: Buffer.byteLength(json) }
}
