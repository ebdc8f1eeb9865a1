import type { BrokerMappingSettings, BrokerReader, BrokerSource, RecordFilter } from '../../sources/index.ts'
import type { Activity, Clock, Ledger } from '../../system/index.ts'
import type { CountedFigures } from '../figures.ts'
import { type BrokerEntry, OpenBrokerBatch } from './brokerBatch.ts'

export interface GatherMessagesDependencies<Message> {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly activity: Activity
  readonly functionName: string
  /** As the ledger calls it: `rabbitmq:orders`. */
  readonly channel: string
  readonly source: Pick<
    BrokerSource<never, Message>,
    'id' | 'lane' | 'group' | 'record' | 'envelope' | 'member'
  >
  readonly reader: BrokerReader<Message>
  readonly figures: CountedFigures
}

/** How a batch is to be gathered. */
export interface MessagePlan {
  readonly settings: BrokerMappingSettings
  readonly isForFunction: RecordFilter
  /** Lanes that have a batch with the function: what comes behind it has to wait. */
  readonly busyLanes: ReadonlySet<string>
  /** Only looks, where it would wait for the first message: to see whether the broker can be read. */
  readonly onlyLooks: boolean
  readonly signal: AbortSignal
}

/** Gathers batches from one broker, and holds what was received and is in none yet. */
export class MessageGatherer<Message> {
  readonly #on: GatherMessagesDependencies<Message>
  #held: BrokerEntry<Message>[] = []
  /** When the first of those that are held was received. */
  #openedMs: number | undefined

  constructor(on: GatherMessagesDependencies<Message>) {
    this.#on = on
  }

  /**
   * One batch: it closes when it is full, when its window has passed, or when the event would get too big. The window
   * opens with the first message. Messages that the filters do not let through are acknowledged and count for nothing.
   * When it rejects by `signal`, what it has received is held; when the broker cannot be read, all of that comes again.
   */
  async gather(plan: MessagePlan): Promise<readonly BrokerEntry<Message>[]> {
    const { settings, isForFunction, busyLanes, onlyLooks, signal } = plan
    const { clock, reader, figures } = this.#on
    const batch = new OpenBrokerBatch<Message>(settings, this.#on.source)
    this.#takeHeld(batch, busyLanes)
    try {
      for (;;) {
        // What is held for lanes that are busy waits for them, not for a window.
        const closesMs = batch.count > 0 ? (this.#openedMs ??= clock.now()) + settings.windowMs : undefined
        const isOver = closesMs !== undefined && closesMs <= clock.now()
        if (isOver || (batch.count > 0 && (batch.room === 0 || this.#isBehind(busyLanes)))) break
        const waitUntilMs = closesMs ?? (onlyLooks ? clock.now() : undefined)
        const messages = await reader.receive({
          limit: batch.room,
          except: new Set([...busyLanes, ...this.#held.map(({ lane }) => lane)]),
          signal,
          ...(waitUntilMs !== undefined && { waitUntilMs }),
        })
        figures.polled += messages.length
        await this.#take(messages, batch, isForFunction)
        if (messages.length === 0 && onlyLooks) break
      }
    } catch (error) {
      this.#held = signal.aborted ? [...batch.entries(), ...this.#held] : []
      if (this.#held.length === 0) this.#openedMs = undefined
      throw error
    }
    this.#openedMs = this.#held.length > 0 ? clock.now() : undefined
    return batch.entries()
  }

  /** What is held, which is now the caller's. */
  takeHeld(): readonly Message[] {
    const held = this.#held.map(({ message }) => message)
    this.#held = []
    this.#openedMs = undefined
    return held
  }

  /** Something that could go to the function found no room. */
  #isBehind(busyLanes: ReadonlySet<string>): boolean {
    return this.#held.some(({ lane }) => !busyLanes.has(lane))
  }

  #takeHeld(batch: OpenBrokerBatch<Message>, busyLanes: ReadonlySet<string>): void {
    const closed = new Set(busyLanes)
    this.#held = this.#held.filter((entry) => {
      if (!closed.has(entry.lane) && batch.take(entry)) return false
      // Once one has found no room, those behind it must not overtake it.
      closed.add(entry.lane)
      return true
    })
  }

  async #take(
    messages: readonly Message[],
    batch: OpenBrokerBatch<Message>,
    isForFunction: RecordFilter,
  ): Promise<void> {
    const { source } = this.#on
    const rejected: Message[] = []
    for (const message of messages) {
      const record = source.record(message)
      if (!isForFunction(record)) {
        rejected.push(message)
        continue
      }
      const json = JSON.stringify(record)
      const entry = {
        message,
        id: source.id(message),
        lane: source.lane(message),
        json,
        bytes: Buffer.byteLength(json),
      }
      const isBehind = this.#held.some(({ lane }) => lane === entry.lane)
      if (isBehind || !batch.take(entry)) this.#held.push(entry)
    }
    if (rejected.length > 0) await this.#reject(rejected)
  }

  /** No filter lets these through: they are done. */
  async #reject(messages: readonly Message[]): Promise<void> {
    const { reader, ledger, activity, functionName, figures, source, channel } = this.#on
    await activity.track(`messages of ${channel} that no filter lets through`, reader.acknowledge(messages))
    figures.filteredOut += messages.length
    const messageIds = messages.map((message) => source.id(message))
    ledger.write({ kind: 'messagesFiltered', functionName, queue: channel, messageIds })
  }
}
