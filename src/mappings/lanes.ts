import type { QueueMappingSettings } from '../sources/index.ts'
import type { Clock } from '../system/index.ts'
import { firstLanes, type LaneScale, lanesNow, nextGainMs, recovered, scaleOf, slowed } from './laneLimit.ts'

export interface LanesDependencies {
  readonly clock: Clock
  /** How many runs of the function could start now; a lane that could not run its batch is not opened. */
  readonly freePlaces: () => number
  readonly onPlaceFreed: (listener: () => void) => () => void
  /** Names the timer for the next lane. */
  readonly label: string
}

/** How a batch went, as far as the speed of the mapping depends on it. */
export type BatchEnd = 'well' | 'failed'

/** The batches of one mapping that are with the function, and whether one more may be. */
export class Lanes {
  readonly #on: LanesDependencies
  #running = 0
  #limit: number
  #scale: LaneScale
  #state
  #wake: (() => void) | undefined

  constructor(on: LanesDependencies, settings: QueueMappingSettings, isOrdered: boolean) {
    this.#on = on
    this.#limit = limitOf(settings)
    this.#scale = scaleOf(settings, isOrdered)
    this.#state = firstLanes(this.#scale)
  }

  /** Takes over other limits; those who are running go on. */
  change(settings: QueueMappingSettings, isOrdered: boolean): void {
    const scale = scaleOf(settings, isOrdered)
    this.#limit = limitOf(settings)
    if (JSON.stringify(scale) === JSON.stringify(this.#scale)) return
    this.#scale = scale
    this.#state = firstLanes(scale)
  }

  /** Resolves when a batch may go to the function, with how many may; rejects when the signal is aborted. */
  async free(signal: AbortSignal): Promise<number> {
    for (;;) {
      signal.throwIfAborted()
      this.#state = lanesNow(this.#state, this.#running, this.#scale, this.#on.clock.now())
      const places = Math.min(this.#limit - this.#running, this.#on.freePlaces())
      const free = Math.min(places, this.#state.lanes - this.#running)
      if (free > 0) return free
      await this.#changed(places > 0, signal)
    }
  }

  opened(): void {
    this.#running++
  }

  ended(): void {
    this.#running--
    this.#wake?.()
  }

  /** One batch of a lane has ended. */
  note(end: BatchEnd): void {
    this.#state =
      end === 'well'
        ? recovered(this.#state, this.#scale)
        : slowed(this.#state, this.#scale, this.#on.clock.now())
  }

  /** Resolves when a lane has ended, a place has become free, a lane may have been gained, or on abort. */
  async #changed(mayGain: boolean, signal: AbortSignal): Promise<void> {
    const { clock, label, onPlaceFreed } = this.#on
    const wake = (): void => this.#wake?.()
    const unsubscribe = onPlaceFreed(wake)
    const dueMs = mayGain ? nextGainMs(this.#state, this.#scale) : undefined
    const gain = dueMs === undefined ? undefined : clock.at(dueMs, label, wake, { recurring: true })
    signal.addEventListener('abort', wake)
    await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#wake = undefined
    signal.removeEventListener('abort', wake)
    gain?.cancel()
    unsubscribe()
  }
}

const limitOf = ({ maximumConcurrency }: QueueMappingSettings): number => maximumConcurrency ?? Infinity
