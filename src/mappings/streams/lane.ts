import type { StreamMappingSettings } from '../../sources/index.ts'
import type { Clock, Timer } from '../../system/index.ts'
import { Gathering } from './gathering.ts'
import { closingTime, type LaneStep, nextStep } from './nextStep.ts'
import type { BufferedRecord } from './record.ts'
import { isOverfull, type TumblingWindow, type WindowEnd } from './tumbling.ts'

/** What a lane sees of its shard. */
export interface LaneShard {
  readonly id: string
  readonly window: TumblingWindow | undefined
  /** All records that are in the shard have been read. */
  readonly isCaughtUp: boolean
  readonly hasEnded: boolean
  /** As much was read ahead as may be. */
  readonly isFull: boolean
  readonly stopping: AbortSignal
  /** Works on a batch, or without records on the end of the window; resolves when that is over. */
  work(batch: readonly BufferedRecord[], end: WindowEnd | undefined): Promise<void>
  /** That is over, and the lane is at rest. */
  rested(): void
}

export interface LaneDependencies {
  readonly clock: Clock
  readonly functionName: string
  readonly settings: StreamMappingSettings
}

/** Hands batches over, one after the other. Records of one key are all in one lane, and so in order. */
export class Lane {
  readonly #on: LaneDependencies
  readonly #shard: LaneShard
  readonly #gathering: Gathering
  #running: Promise<void> | undefined
  #lastEndMs = -Infinity
  /** When the batching window of the gathered records ends. */
  #closesMs = Infinity
  #alarm: Timer | undefined

  constructor(on: LaneDependencies, shard: LaneShard) {
    this.#on = on
    this.#shard = shard
    this.#gathering = new Gathering(on.settings)
  }

  /** When what was gathered goes out, if nothing more comes. */
  get dueMs(): number | undefined {
    return this.#gathering.count > 0 ? this.#alarm?.dueMs : undefined
  }

  add(record: BufferedRecord): void {
    const { clock, settings } = this.#on
    if (this.#gathering.count === 0)
      this.#closesMs = closingTime(this.#lastEndMs, settings.windowMs, clock.now())
    this.#gathering.add(record)
  }

  /** Does what is next, unless a batch is under way. */
  proceed(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
    if (this.#running || this.#shard.stopping.aborted) return
    const step = this.#nextStep()
    if (step.kind === 'run') this.#run(this.#gathering.take(), undefined)
    if (step.kind === 'closeWindow') this.#run([], step.end)
    if (step.kind === 'wait') this.#wait(step.untilMs)
  }

  /** Hands nothing over any more, which the shard's signal has said; resolves once what is with the function has ended. */
  async stop(): Promise<void> {
    this.#alarm?.cancel()
    await this.#running
  }

  #nextStep(): LaneStep {
    const { clock, settings } = this.#on
    const { window, isCaughtUp, hasEnded, isFull } = this.#shard
    return nextStep({
      nowMs: clock.now(),
      gathered: this.#gathering.count,
      isFull: this.#gathering.isFull,
      closesMs: this.#closesMs,
      isReadOut: hasEnded || isFull,
      isCaughtUp,
      hasEnded,
      window: window && {
        endMs: window.startMs + settings.tumblingWindowMs,
        isOverfull: isOverfull(window),
        isPassed: (this.#gathering.windowStartMs ?? 0) > window.startMs,
      },
    })
  }

  #run(batch: readonly BufferedRecord[], end: WindowEnd | undefined): void {
    this.#running = this.#shard.work(batch, end).finally(() => {
      this.#running = undefined
      this.#lastEndMs = this.#on.clock.now()
      this.#closesMs = this.#lastEndMs + this.#on.settings.windowMs
      this.#shard.rested()
    })
  }

  #wait(untilMs: number): void {
    const { clock, functionName } = this.#on
    const label = `next batch from ${this.#shard.id} for ${functionName}`
    this.#alarm = clock.at(untilMs, label, () => this.proceed())
  }
}
