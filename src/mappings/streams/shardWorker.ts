import type { ShardPage } from '../../sources/index.ts'
import type { ShardLease } from '../../store/index.ts'
import { Gathering } from './gathering.ts'
import { laneOf } from './laneOf.ts'
import { closingTime, type LaneStep, nextStep } from './nextStep.ts'
import { PositionKeeper } from './positionKeeper.ts'
import type { ShardEntry } from './positions.ts'
import { Progress } from './progress.ts'
import type { BufferedRecord, Mark } from './record.ts'
import { type BatchShard, StreamBatchRun } from './runStreamBatch.ts'
import type { ShardContext } from './shardContext.ts'
import { newWindow, type TumblingWindow, type WindowEnd, isOverfull, windowStartOf } from './tumbling.ts'

/** How a shard stands. */
export interface ShardStatus {
  readonly shardId: string
  readonly checkpoint: ShardEntry['position']
  /** Age of the oldest record that is not over, or how far reading is behind; milliseconds. */
  readonly iteratorAgeMs: number
  /** Records that were read and are not below the checkpoint. */
  readonly buffered: number
  /** `waiting`: for records, or for its parents; `blocked`: a batch failed, and waits for its next attempt. */
  readonly state: 'waiting' | 'reading' | 'blocked' | 'ended'
}

/** Batches of one lane go out one after the other. */
interface Lane {
  readonly gathering: Gathering
  isRunning: boolean
  lastEndMs: number
  /** When the batching window of the gathered records ends. */
  closesMs: number
  alarm: { cancel(): void } | undefined
}

/** Read ahead at most these, or a few batches where those are bigger: memory stays flat however far behind a shard is. */
const MOST_RECORDS_AHEAD = 1_000
const MOST_BYTES_AHEAD = 6 * 1024 * 1024

/** Reads one shard, and works on its records in one or more lanes, each in order. */
export class ShardWorker<StreamRecord> implements BatchShard {
  readonly id: string
  readonly #on: ShardContext<StreamRecord>
  readonly #keeper: PositionKeeper
  readonly #progress: Progress
  readonly #lanes: readonly Lane[]
  readonly #stop = new AbortController()
  #window: TumblingWindow | undefined
  /** No record falls into an earlier tumbling window than one before it. */
  #lastWindowMs = 0
  /** Bytes of records that wait for their batch. */
  #waitingBytes = 0
  #running = new Set<Promise<void>>()
  #blocked = 0
  #behindMs = 0
  #isCaughtUp = false
  #hasEnded = false
  #isRead = false
  #failure: unknown
  #reading: Promise<void> | undefined
  #roomMade: (() => void) | undefined

  constructor(on: ShardContext<StreamRecord>, id: string, entry: ShardEntry, lease: ShardLease) {
    this.id = id
    this.#on = on
    this.#progress = new Progress(entry.position)
    this.#window = on.settings.tumblingWindowMs > 0 ? entry.window : undefined
    this.#lastWindowMs = this.#window?.startMs ?? 0
    this.#lanes = Array.from({ length: lanesOf(on.settings) }, () => ({
      gathering: new Gathering(on.settings),
      isRunning: false,
      lastEndMs: -Infinity,
      closesMs: Infinity,
      alarm: undefined,
    }))
    const current = (): ShardEntry => ({
      position: this.#progress.checkpoint,
      isRead: this.#isRead,
      window: this.#window,
    })
    this.#keeper = new PositionKeeper(on, lease, current, this.#stop.signal)
  }

  /** Why the shard cannot be read; `undefined` when all is well. */
  get failure(): unknown {
    return this.#failure
  }

  /** Reading has failed, and goes on when it is told to. */
  get isStuck(): boolean {
    return this.#failure !== undefined && this.#reading === undefined
  }

  /** All records are over, and that is durable. */
  get isRead(): boolean {
    return this.#isRead
  }

  get status(): ShardStatus {
    const { oldest, checkpoint, held } = this.#progress
    const isBusy = held > 0 || this.#running.size > 0
    return {
      shardId: this.id,
      checkpoint,
      iteratorAgeMs: oldest ? Math.max(0, this.#on.clock.now() - oldest.arrivedMs) : this.#behindMs,
      buffered: held,
      state: this.#isRead ? 'ended' : this.#blocked > 0 ? 'blocked' : isBusy ? 'reading' : 'waiting',
    }
  }

  /** Begins to read, or goes on after a failure. */
  read(): void {
    const { signal } = this.#stop
    this.#reading ??= this.#readOn(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.#failure = error ?? new Error('the shard could not be read')
      })
      .finally(() => {
        this.#reading = undefined
        if (this.#failure !== undefined) this.#on.shardChanged()
      })
  }

  /** Resolves once what is with the function has ended, and how far that went is durable. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the mapping has stopped, or has other settings now'))
    this.#roomMade?.()
    for (const lane of this.#lanes) lane.alarm?.cancel()
    await this.#reading
    await Promise.all(this.#running)
    await this.#keeper.settled()
  }

  // ---- reading -----------------------------------------------------------------------------------------------------

  async #readOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#hasEnded) {
      const limit = this.#room()
      if (limit > 0) this.#take(await this.#readPage(limit, signal))
      else await new Promise<void>((resolve) => (this.#roomMade = resolve))
    }
  }

  /** Only looks, where it has to be known whether there is something: whether reading works, whether a window is over. */
  async #readPage(limit: number, signal: AbortSignal): Promise<ShardPage<StreamRecord>> {
    const { reader, clock } = this.#on
    const from = this.#progress.readTo
    const looks = this.#failure !== undefined || (this.#window !== undefined && !this.#isCaughtUp)
    const page = await reader.read(this.id, {
      from,
      limit,
      signal,
      ...(looks && { waitUntilMs: clock.now() }),
    })
    this.#isCaughtUp = page.millisBehindLatest === 0 || (looks && page.records.length === 0)
    if (this.#failure !== undefined) {
      this.#failure = undefined
      this.#on.shardChanged()
    }
    return page
  }

  /** How many records may be read now. */
  #room(): number {
    const { batchSize } = this.#on.settings
    if (this.#waitingBytes >= MOST_BYTES_AHEAD) return 0
    const most = Math.max(MOST_RECORDS_AHEAD, batchSize * (this.#lanes.length + 1))
    return Math.min(Math.max(MOST_RECORDS_AHEAD, batchSize), Math.max(0, most - this.#progress.held))
  }

  #take(page: ShardPage<StreamRecord>): void {
    if (this.#stop.signal.aborted) return
    const { figures } = this.#on
    figures.polled += page.records.length
    const filtered: Mark[] = []
    for (const record of page.records) this.#takeRecord(record, filtered)
    this.#progress.endPage(page.next)
    this.#behindMs = page.millisBehindLatest
    this.#hasEnded = page.isEnd
    if (filtered.length > 0) this.#tellFiltered(filtered)
    // Where something is left, the end of its batch takes the position along.
    if (page.records.length > 0 && this.#progress.held === 0) void this.#keep()
    this.#proceed()
  }

  #takeRecord(record: StreamRecord, filtered: Mark[]): void {
    const { source, settings, isForFunction, region, roleArn } = this.#on
    const seen = source.record(record, { settings, region, shardId: this.id, roleArn })
    const isDone = settings.filters.length > 0 && !isForFunction(seen)
    const mark = {
      sequenceNumber: source.sequenceNumber(record),
      arrivedMs: source.arrivedMs(record),
      isDone,
    }
    this.#progress.add(mark)
    if (isDone) filtered.push(mark)
    else this.#buffer(mark, JSON.stringify(seen), source.cause(record), source.orderKey(record))
  }

  #buffer(mark: Mark, json: string, cause: string | undefined, orderKey: string): void {
    const { clock, settings } = this.#on
    const lane = this.#lanes[laneOf(orderKey, this.#lanes.length)]
    if (!lane) return
    this.#lastWindowMs = Math.max(
      this.#lastWindowMs,
      windowStartOf(mark.arrivedMs, settings.tumblingWindowMs),
    )
    const bytes = Buffer.byteLength(json)
    this.#waitingBytes += bytes
    if (lane.gathering.count === 0)
      lane.closesMs = closingTime(lane.lastEndMs, settings.windowMs, clock.now())
    lane.gathering.add({ mark, json, bytes, cause, windowStartMs: this.#lastWindowMs })
  }

  #tellFiltered(filtered: readonly Mark[]): void {
    const { figures, ledger, functionName, settings } = this.#on
    figures.filteredOut += filtered.length
    ledger.write({
      kind: 'streamRecordsFiltered',
      functionName,
      stream: settings.streamArn,
      shardId: this.id,
      firstSequenceNumber: filtered[0]?.sequenceNumber ?? '',
      lastSequenceNumber: filtered.at(-1)?.sequenceNumber ?? '',
      records: filtered.length,
    })
  }

  // ---- lanes -------------------------------------------------------------------------------------------------------

  /** Every lane that is at rest does what is next; a shard that is over is kept as such. */
  #proceed(): void {
    for (const lane of this.#lanes) if (!lane.isRunning) this.#step(lane)
    if (this.#hasEnded && this.#progress.held === 0 && !this.#window && this.#running.size === 0) this.#end()
  }

  #step(lane: Lane): void {
    lane.alarm?.cancel()
    lane.alarm = undefined
    if (this.#stop.signal.aborted) return
    const step = this.#nextStep(lane)
    switch (step.kind) {
      case 'run':
        return this.#run(lane, this.#takeBatch(lane))
      case 'closeWindow':
        return this.#run(lane, [], step.end)
      case 'wait': {
        const label = `batch from ${this.id} for ${this.#on.functionName}`
        lane.alarm = this.#on.clock.at(step.untilMs, label, () => this.#step(lane))
        return
      }
      case 'rest':
    }
  }

  #nextStep({ gathering, closesMs }: Lane): LaneStep {
    const { clock, settings } = this.#on
    const window = this.#window
    return nextStep({
      nowMs: clock.now(),
      gathered: gathering.count,
      isFull: gathering.isFull,
      closesMs,
      isReadOut: this.#hasEnded || this.#room() === 0,
      window: window && {
        endMs: window.startMs + settings.tumblingWindowMs,
        isOverfull: isOverfull(window),
        isPassed: (gathering.windowStartMs ?? 0) > window.startMs,
      },
      isCaughtUp: this.#isCaughtUp,
      hasEnded: this.#hasEnded,
    })
  }

  #takeBatch(lane: Lane): BufferedRecord[] {
    const batch = lane.gathering.take()
    for (const { bytes } of batch) this.#waitingBytes -= bytes
    if (this.#on.settings.tumblingWindowMs > 0) this.#window ??= newWindow(batch[0]?.windowStartMs ?? 0)
    return batch
  }

  #run(lane: Lane, batch: readonly BufferedRecord[], end?: WindowEnd): void {
    const { activity, settings, functionName, clock, log } = this.#on
    const what = end ? 'end of a window' : `batch of ${batch.length}`
    const work = activity.begin(`${what} from ${this.id} of ${settings.streamArn} for ${functionName}`)
    lane.isRunning = true
    const run: Promise<void> = new StreamBatchRun(this.#on, this, work)
      .run(batch, end)
      .catch((error: unknown) => {
        log.error(`a batch from ${this.id} for ${functionName} could not be worked on`, error)
        this.#failure = error
        this.#stop.abort(error)
      })
      .finally(() => {
        this.#running.delete(run)
        lane.isRunning = false
        lane.lastEndMs = clock.now()
        lane.closesMs = lane.lastEndMs + settings.windowMs
        this.#makeRoom()
        this.#proceed()
        work.end()
      })
    this.#running.add(run)
    this.#makeRoom()
  }

  #makeRoom(): void {
    if (this.#room() > 0) this.#roomMade?.()
  }

  // ---- what batches see --------------------------------------------------------------------------------------------

  get window(): TumblingWindow | undefined {
    return this.#window
  }

  get stopping(): AbortSignal {
    return this.#stop.signal
  }

  async complete(
    records: readonly BufferedRecord[],
    { window, effects }: Parameters<BatchShard['complete']>[1],
  ): Promise<boolean> {
    for (const { mark } of records) mark.isDone = true
    this.#progress.advance()
    this.#window = window
    return this.#keep(effects)
  }

  blocked(by: 1 | -1): void {
    this.#blocked += by
  }

  // ---- what is kept ------------------------------------------------------------------------------------------------

  async #keep(effects: Parameters<PositionKeeper['keep']>[0] = []): Promise<boolean> {
    const isKept = await this.#keeper.keep(effects)
    if (!isKept && !this.#stop.signal.aborted) {
      this.#stop.abort(new Error('a newer instance of the mapping has taken over'))
      this.#on.superseded()
    }
    return isKept
  }

  #end(): void {
    if (this.#isRead || this.#stop.signal.aborted) return
    this.#isRead = true
    void this.#keep().then((isKept) => isKept && this.#on.shardChanged())
  }
}

/**
 * Lambda takes both settings, but a tumbling window has one state, which each batch takes over from the one before: with
 * windows a shard has one lane.
 */
const lanesOf = ({
  parallelizationFactor,
  tumblingWindowMs,
}: {
  parallelizationFactor: number
  tumblingWindowMs: number
}): number => (tumblingWindowMs > 0 ? 1 : parallelizationFactor)
