import type { Effect, ShardLease, Store } from '../../store/index.ts'
import { type Activity, type Clock, type Log, parkedWhile, sleep } from '../../system/index.ts'
import { growingPauses } from '../trouble.ts'
import { entryEffect, type ShardEntry } from './positions.ts'

export interface KeeperDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly activity: Activity
  readonly uuid: string
  readonly functionName: string
}

/**
 * Keeps the position of one shard. While one transaction is under way, all that comes meanwhile waits for the next: a
 * shard costs one transaction at a time, however many batches end and however many records are filtered out.
 */
export class PositionKeeper {
  readonly #on: KeeperDependencies
  readonly #lease: ShardLease
  /** What is to be kept, at the moment of the transaction. */
  readonly #entry: () => ShardEntry
  /** Stops trying to store. */
  readonly #signal: AbortSignal
  #effects: Effect[] = []
  #writing: Promise<boolean> = Promise.resolve(true)
  #next: Promise<boolean> | undefined

  constructor(on: KeeperDependencies, lease: ShardLease, entry: () => ShardEntry, signal: AbortSignal) {
    this.#on = on
    this.#lease = lease
    this.#entry = entry
    this.#signal = signal
  }

  /**
   * Keeps the position as it is, and `effects` with it, all or nothing. Answers `false`, with nothing changed, when a
   * newer instance of the mapping has the shard, or when it stops while the store cannot write.
   */
  keep(effects: readonly Effect[] = []): Promise<boolean> {
    this.#effects.push(...effects)
    if (!this.#next) this.#writing = this.#next = this.#writing.then(() => this.#write())
    return this.#next
  }

  /** Resolves once nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing
  }

  async #write(): Promise<boolean> {
    const { store, uuid, clock, log, activity } = this.#on
    this.#next = undefined
    const shardId = this.#lease.shard
    const effects = [...this.#effects.splice(0), entryEffect(uuid, shardId, this.#entry())]
    const label = `position in ${shardId} for ${this.#on.functionName}`
    const work = activity.begin(label)
    const pauses = growingPauses()
    try {
      for (;;) {
        try {
          return await store.checkpoint(this.#lease, 0, effects)
        } catch (error) {
          // The function has run, and must not run again because a disk is full.
          log.error(`the ${label} could not be stored; it is tried again`, error)
          if (this.#signal.aborted) return false
          const pause = sleep(clock, pauses.next().value, label, this.#signal)
          await parkedWhile(
            work,
            pause.catch(() => {}),
          )
        }
      }
    } finally {
      work.end()
    }
  }
}
