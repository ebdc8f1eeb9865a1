import type { ShardPage, StreamMappingSettings } from '../../sources/index.ts'
import type { Effect, ShardLease } from '../../store/index.ts'
import { BatchRun, type BatchShard } from './batchRun.ts'
import { Lane, type LaneShard } from './lane.ts'
import { laneOf } from './laneOf.ts'
import { PositionKeeper } from './positionKeeper.ts'
import type { ShardEntry } from './positions.ts'
import { Progress } from './progress.ts'
import { type BufferedRecord, type Mark, namesOf, rangeOf } from './record.ts'
import type { ShardContext } from './shardContext.ts'
import type { ShardStatus } from './shardStatus.ts'
import { newWindow, openWindow, type TumblingWindow, type WindowEnd, windowStartOf } from './tumbling.ts'

/** Read ahead at most these, or a few batches where those are bigger: memory stays flat however far behind a shard is. */
const MOST_RECORDS_AHEAD = 1_000
const MOST_BYTES_AHEAD = 6 * 1024 * 1024

/** A record that was read, before it has a place in a lane. */
interface ReadRecord {
  readonly mark: Mark
  /** What it is in the event; absent when no filter lets it through. */
  readonly json: string | undefined
  readonly cause: string | undefined
  readonly orderKey: string
}

/** Reads one shard, works on its records in one or more lanes, and keeps the place up to which that has come. */
export class ShardWorker<StreamRecord> implements BatchShard, LaneShard {
  readonly id: string
  readonly #on: ShardContext<StreamRecord>
  readonly #keeper: PositionKeeper
  readonly #progress: Progress
  readonly #lanes: readonly Lane[]
  readonly #stop = new AbortController()
  readonly #stopReading = new AbortController()
  #window: TumblingWindow | undefined
  /** No record falls into an earlier tumbling window than one before it. */
  #lastWindowMs: number
  /** Bytes of records that wait for their batch. */
  #waitingBytes = 0
  /** When batches that failed are tried again. */
  readonly #blocked = new Set<{ readonly untilMs: number }>()
  #behindMs = 0
  #isCaughtUp = false
  /** As much was read ahead as may be, and not much of it is over yet. */
  #isPaused = false
  #hasEnded = false
  #isRead = false
  #failure: unknown
  #reading: Promise<void> | undefined
  #roomMade: (() => void) | undefined

  /** Begins at the entry's position; `lease` is the right to move it. */
  constructor(on: ShardContext<StreamRecord>, id: string, entry: ShardEntry, lease: ShardLease) {
    this.id = id
    this.#on = on
    this.#progress = new Progress(entry.position)
    this.#window = openWindow(entry.window, on.settings.tumblingWindowMs)
    this.#lastWindowMs = this.#window?.startMs ?? 0
    this.#lanes = Array.from({ length: lanesOf(on.settings) }, () => new Lane(on, this))
    this.#keeper = new PositionKeeper(on, lease, () => this.#entry, this.stopping)
  }

  /** Why the shard cannot be read; `undefined` when all is well. */
  get failure(): unknown {
    return this.#failure
  }

  /** Reading has failed, and goes on when it is told to; a shard that has stopped does not go on. */
  get isStuck(): boolean {
    return this.#failure !== undefined && this.#reading === undefined
  }

  get hasStopped(): boolean {
    return this.stopping.aborted
  }

  /** All records are over, and the shard is closed. */
  get isRead(): boolean {
    return this.#isRead
  }

  get status(): ShardStatus {
    const { oldest, checkpoint, held } = this.#progress
    return {
      shardId: this.id,
      checkpoint,
      iteratorAgeMs: oldest ? Math.max(0, this.#on.clock.now() - oldest.arrivedMs) : this.#behindMs,
      buffered: held,
      dueMs: this.#dueMs,
      state: this.#isRead ? 'ended' : this.#blocked.size > 0 ? 'blocked' : 'reading',
    }
  }

  /** Begins to read, or goes on after a failure. */
  read(): void {
    if (this.stopping.aborted) return
    this.#reading ??= this.#readOn()
      .catch((error: unknown) => {
        if (!this.#stopReading.signal.aborted)
          this.#failure = error ?? new Error('the shard could not be read')
      })
      .finally(() => {
        this.#reading = undefined
        if (this.#failure !== undefined) this.#on.shardChanged()
      })
  }

  /** The stream does not have the shard any more: what was read of it is all there is. */
  readNoFurther(): void {
    if (this.#hasEnded) return
    this.#stopReading.abort(new Error('the shard is gone'))
    this.#hasEnded = true
    this.#failure = undefined
    this.#roomMade?.()
    this.#proceed()
  }

  /** Resolves once what is with the function has ended, and how far that went is durable. */
  async stop(): Promise<void> {
    this.#end('the mapping has stopped, or has other settings now')
    await this.#reading
    await Promise.all(this.#lanes.map((lane) => lane.stop()))
    await this.#keeper.settled()
  }

  // ---- reading -----------------------------------------------------------------------------------------------------

  async #readOn(): Promise<void> {
    while (!this.#stopReading.signal.aborted && !this.#hasEnded) {
      const limit = this.#room()
      if (limit > 0) this.#take(await this.#readPage(limit))
      else await new Promise<void>((resolve) => (this.#roomMade = resolve))
    }
  }

  /** Only looks, where it has to be known whether there is something: whether reading works, whether a window is over. */
  async #readPage(limit: number): Promise<ShardPage<StreamRecord>> {
    const looks = this.#failure !== undefined || (this.#window !== undefined && !this.#isCaughtUp)
    const page = await this.#on.reader.read(this.id, {
      from: this.#progress.readTo,
      limit,
      signal: this.#stopReading.signal,
      ...(looks && { waitUntilMs: this.#on.clock.now() }),
    })
    this.#isCaughtUp = page.millisBehindLatest === 0 || (looks && page.records.length === 0)
    this.#recover()
    return page
  }

  /** How many records may be read now. */
  #room(): number {
    const { batchSize } = this.#on.settings
    const mostHeld = Math.max(MOST_RECORDS_AHEAD, batchSize * (this.#lanes.length + 1))
    const room = mostHeld - this.#progress.held
    // A read should be worth it: once there was no room, it is made for many.
    this.#isPaused = room <= 0 || (this.#isPaused && room < mostHeld / 2)
    if (this.#isPaused || this.#waitingBytes >= MOST_BYTES_AHEAD) return 0
    return Math.min(Math.max(MOST_RECORDS_AHEAD, batchSize), room)
  }

  #makeRoom(): void {
    if (this.#room() > 0) this.#roomMade?.()
  }

  #take(page: ShardPage<StreamRecord>): void {
    if (this.#stopReading.signal.aborted) return
    const records = page.records.map((record) => this.#readRecord(record))
    for (const record of records) this.#put(record)
    this.#progress.endPage(page.next)
    this.#behindMs = page.millisBehindLatest
    this.#hasEnded = page.isEnd
    this.#on.figures.polled += records.length
    this.#tellFiltered(records.filter(({ json }) => json === undefined))
    // Where something is left, the end of its batch takes the position along.
    if (records.length > 0 && this.#progress.held === 0) void this.#keep()
    this.#proceed()
  }

  #readRecord(record: StreamRecord): ReadRecord {
    const { source, settings, isForFunction, region, roleArn } = this.#on
    const seen = source.record(record, { settings, region, shardId: this.id, roleArn })
    const isDone = settings.filters.length > 0 && !isForFunction(seen)
    return {
      mark: { sequenceNumber: source.sequenceNumber(record), arrivedMs: source.arrivedMs(record), isDone },
      json: isDone ? undefined : JSON.stringify(seen),
      cause: source.cause(record),
      orderKey: source.orderKey(record),
    }
  }

  #put({ mark, json, cause, orderKey }: ReadRecord): void {
    this.#progress.add(mark)
    if (json === undefined) return
    const ownWindowMs = windowStartOf(mark.arrivedMs, this.#on.settings.tumblingWindowMs)
    this.#lastWindowMs = Math.max(this.#lastWindowMs, ownWindowMs)
    const bytes = Buffer.byteLength(json)
    this.#waitingBytes += bytes
    this.#lanes[laneOf(orderKey, this.#lanes.length)]?.add({
      mark,
      json,
      bytes,
      cause,
      windowStartMs: this.#lastWindowMs,
    })
  }

  #tellFiltered(filtered: readonly ReadRecord[]): void {
    if (filtered.length === 0) return
    const { figures, ledger, functionName, settings } = this.#on
    figures.filteredOut += filtered.length
    const names = { functionName, stream: settings.streamArn, shardId: this.id }
    ledger.write({ kind: 'streamRecordsFiltered', ...names, ...namesOf(rangeOf(filtered)) })
  }

  // ---- what lanes see ----------------------------------------------------------------------------------------------

  get window(): TumblingWindow | undefined {
    return this.#window
  }

  get isCaughtUp(): boolean {
    return this.#isCaughtUp
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get isFull(): boolean {
    return this.#room() === 0
  }

  get stopping(): AbortSignal {
    return this.#stop.signal
  }

  async work(batch: readonly BufferedRecord[], end: WindowEnd | undefined): Promise<void> {
    const { activity, settings, functionName } = this.#on
    const what = end ? 'end of a window' : `batch of ${batch.length}`
    const work = activity.begin(`${what} from ${this.id} of ${settings.streamArn} for ${functionName}`)
    for (const { bytes } of batch) this.#waitingBytes -= bytes
    this.#makeRoom()
    if (settings.tumblingWindowMs > 0) this.#window ??= newWindow(batch[0]?.windowStartMs ?? 0)
    try {
      await new BatchRun(this.#on, this, work).run(batch, end)
    } catch (error) {
      this.#break(error)
    } finally {
      work.end()
    }
  }

  rested(): void {
    this.#makeRoom()
    this.#proceed()
  }

  // ---- what batches see --------------------------------------------------------------------------------------------

  complete(
    records: readonly BufferedRecord[],
    window: TumblingWindow | undefined,
    effects: readonly Effect[],
  ): Promise<boolean> {
    for (const { mark } of records) mark.isDone = true
    this.#progress.advance()
    this.#window = window
    return this.#keep(effects)
  }

  get stored(): Promise<void> {
    return this.#keeper.settled()
  }

  blocked(untilMs: number): () => void {
    const wait = { untilMs }
    this.#blocked.add(wait)
    return () => this.#blocked.delete(wait)
  }

  // ---- the shard as a whole ----------------------------------------------------------------------------------------

  get #entry(): ShardEntry {
    return { position: this.#progress.checkpoint, isRead: this.#isRead, window: this.#window }
  }

  get #dueMs(): number | undefined {
    const waits = [
      ...[...this.#blocked].map(({ untilMs }) => untilMs),
      ...this.#lanes.map(({ dueMs }) => dueMs),
    ]
    const dueMs = Math.min(...waits.map((untilMs) => untilMs ?? Infinity))
    return dueMs === Infinity ? undefined : dueMs
  }

  /** Every lane does what is next; a shard of which nothing is left is over. */
  #proceed(): void {
    for (const lane of this.#lanes) lane.proceed()
    const isOver = this.#hasEnded && this.#progress.held === 0 && this.#window === undefined
    if (!isOver || this.#isRead || this.stopping.aborted) return
    this.#isRead = true
    void this.#keep().then((isKept) => isKept && this.#on.shardChanged())
  }

  async #keep(effects: readonly Effect[] = []): Promise<boolean> {
    const isKept = await this.#keeper.keep(effects)
    if (!isKept && !this.stopping.aborted) {
      this.#end('a newer instance of the mapping has taken over')
      this.#on.superseded()
    }
    return isKept
  }

  #recover(): void {
    if (this.#failure === undefined) return
    this.#failure = undefined
    this.#on.shardChanged()
  }

  #break(error: unknown): void {
    this.#on.log.error(`a batch from ${this.id} for ${this.#on.functionName} could not be worked on`, error)
    this.#failure = error
    this.#end('a batch could not be worked on')
    this.#on.shardChanged()
  }

  #end(why: string): void {
    this.#stop.abort(new Error(why))
    this.#stopReading.abort(new Error(why))
    this.#roomMade?.()
    for (const lane of this.#lanes) void lane.stop()
  }
}

/**
 * Lambda takes both settings, but a tumbling window has one state, which each batch takes over from the one before: with
 * windows a shard has one lane.
 */
const lanesOf = ({ parallelizationFactor, tumblingWindowMs }: StreamMappingSettings): number =>
  tumblingWindowMs > 0 ? 1 : parallelizationFactor
