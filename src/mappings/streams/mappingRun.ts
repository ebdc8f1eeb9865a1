import type { ShardFacts } from '../../sources/index.ts'
import type { Trouble } from '../trouble.ts'
import {
  enterStream,
  forgetShards,
  FROM_THE_BEGINNING,
  isInOldStream,
  leaseLogOf,
  readEntries,
  type ShardEntry,
  takePositions,
} from './positions.ts'
import type { ShardContext } from './shardContext.ts'
import { planShards, type ShardPlan } from './shardPlan.ts'
import { restingStatus, type ShardStatus } from './shardStatus.ts'
import { ShardWorker } from './shardWorker.ts'

/** What a run of a mapping needs; its settings stay the same as long as it lasts. */
export type RunContext<StreamRecord> = Omit<ShardContext<StreamRecord>, 'shardChanged' | 'superseded'> & {
  readonly trouble: Trouble
}

/** A mapping from one start, or change of its settings, to the next stop: brings shards in line as they come and go. */
export class MappingRun<StreamRecord> {
  readonly #on: RunContext<StreamRecord>
  readonly #workers = new Map<string, ShardWorker<StreamRecord>>()
  readonly #stop = new AbortController()
  readonly #supervising: Promise<void>
  #plan: Pick<ShardPlan, 'waiting' | 'read'> = { waiting: [], read: [] }
  #hasChanged = false
  #wake: (() => void) | undefined

  constructor(on: RunContext<StreamRecord>) {
    this.#on = on
    this.#supervising = this.#supervise(this.#stop.signal)
  }

  positions(): ShardStatus[] {
    const entries = readEntries(this.#on.uuid, this.#on.store)
    const atRest = (id: string): ShardStatus =>
      restingStatus(id, entries.get(id) ?? FROM_THE_BEGINNING, 'waiting')
    return [
      ...this.#plan.read.filter((id) => !this.#workers.has(id)).map(atRest),
      ...[...this.#workers.values()].map(({ status }) => status),
      ...this.#plan.waiting.map(atRest),
    ]
  }

  async stop(): Promise<void> {
    this.#end('the mapping has stopped, or has other settings now')
    await this.#supervising
    await this.#stopWorkers()
  }

  async #supervise(signal: AbortSignal): Promise<void> {
    const { reader, trouble } = this.#on
    const unsubscribe = reader.onShardsChanged(() => this.#change())
    while (!signal.aborted) {
      this.#hasChanged = false
      try {
        await this.#bringShards(signal)
        this.#lookForTrouble()
        await this.#changed()
      } catch (error) {
        if (signal.aborted) break
        await trouble.pauseAfter(error, signal)
        await this.#resume()
      }
    }
    unsubscribe()
  }

  /** Throws why a shard cannot be read, if one cannot. */
  #lookForTrouble(): void {
    const workers = [...this.#workers.values()]
    const stuck = workers.find((worker) => worker.isStuck)
    if (stuck) throw stuck.failure
    if (workers.every(({ failure }) => failure === undefined)) this.#on.trouble.over()
  }

  /** What has failed goes on; a shard that broke begins anew where it was. */
  async #resume(): Promise<void> {
    for (const worker of [...this.#workers.values()].filter(({ isStuck }) => isStuck)) {
      if (!worker.hasStopped) {
        worker.read()
        continue
      }
      this.#workers.delete(worker.id)
      await worker.stop()
    }
  }

  /** Begins with the shards that may be read now, and forgets those that are gone. */
  async #bringShards(signal: AbortSignal): Promise<void> {
    const { store, uuid, activity, settings } = this.#on
    const shards = await this.#shards()
    if (signal.aborted) return
    await this.#endWorkers(shards)
    const plan = planShards(shards, readEntries(uuid, store))
    this.#plan = plan
    const fresh = plan.begin.filter(({ id }) => !this.#workers.has(id))
    const gone = plan.gone.filter((id) => !this.#workers.has(id))
    if (fresh.length === 0 && gone.length === 0) return
    await activity.track(
      `shards of ${settings.streamArn}`,
      Promise.all([forgetShards(uuid, gone, store), ...fresh.map(({ id, entry }) => this.#begin(id, entry))]),
    )
  }

  /** The stream's shards; where the mapping begins in them is known then. */
  async #shards(): Promise<readonly ShardFacts[]> {
    try {
      await takePositions(this.#on)
      if (await isInOldStream(this.#on)) {
        await this.#stopWorkers()
        await enterStream(this.#on)
      }
      return await this.#on.reader.shards()
    } catch (error) {
      if (isGone(error)) await this.#forgetStream()
      throw error
    }
  }

  async #begin(id: string, entry: ShardEntry): Promise<void> {
    const { store, uuid, clock } = this.#on
    const taken = await store.lease({
      log: leaseLogOf(uuid),
      shard: id,
      reader: 'mapping',
      // The same for all instances: a newer one takes over at once, and the older one's lease is stale.
      owner: 'mapping',
      nowMs: clock.now(),
      untilMs: Infinity,
    })
    if (!taken || this.#stop.signal.aborted) return
    const worker = new ShardWorker(
      {
        ...this.#on,
        shardChanged: () => this.#change(),
        superseded: () => this.#end('a newer instance of the mapping has taken over'),
      },
      id,
      entry,
      taken.lease,
    )
    this.#workers.set(id, worker)
    worker.read()
  }

  /** Of shards that are over. One that the stream does not have any more is, once what was read of it is. */
  async #endWorkers(shards: readonly ShardFacts[]): Promise<void> {
    const known = new Set(shards.map(({ id }) => id))
    const workers = [...this.#workers.values()]
    for (const worker of workers) if (!known.has(worker.id)) worker.readNoFurther()
    const over = workers.filter((worker) => worker.isRead)
    for (const { id } of over) this.#workers.delete(id)
    await Promise.all(over.map((worker) => worker.stop()))
  }

  /** A stream of the same name that is made later is another one: all that is in it is new. */
  async #forgetStream(): Promise<void> {
    const { uuid, store } = this.#on
    await this.#stopWorkers()
    const known = [...readEntries(uuid, store).keys()]
    if (known.length > 0) await forgetShards(uuid, known, store)
    this.#plan = { waiting: [], read: [] }
  }

  async #stopWorkers(): Promise<void> {
    const workers = [...this.#workers.values()]
    this.#workers.clear()
    await Promise.all(workers.map((worker) => worker.stop()))
  }

  #end(why: string): void {
    this.#stop.abort(new Error(why))
    this.#change()
  }

  #change(): void {
    this.#hasChanged = true
    this.#wake?.()
  }

  async #changed(): Promise<void> {
    if (this.#hasChanged || this.#stop.signal.aborted) return
    await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}

/** There is no such stream. */
const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  [error.name, 'code' in error ? error.code : undefined].includes('ResourceNotFoundException')
