import type { Effect, Store } from '../../store/index.ts'
import type { Activity, JsonObject } from '../../system/index.ts'

/** Shards whose records are to go. */
export interface Removal extends JsonObject {
  readonly log: string
  readonly shards: readonly string[]
}

const table = 'kinesis/removals'

/** Records of what is deleted go one shard after the other: what was begun is noted first, and ended after a crash. */
export class Removals {
  readonly #store: Store
  readonly #activity: Activity

  constructor({ store, activity }: { readonly store: Store; readonly activity: Activity }) {
    this.#store = store
    this.#activity = activity
  }

  /** Notes a removal, for the transaction after which the shards are no longer known. */
  note(removal: Removal): Effect {
    return { kind: 'set', table, key: keyOf(removal), value: removal }
  }

  /** Removes the records; resolves once nothing is left to do. */
  async carryOut(removal: Removal): Promise<void> {
    for (const shard of removal.shards) await this.#store.removeShard(removal.log, shard)
    await this.#store.remove(table, keyOf(removal))
  }

  /** Ends what was begun before the process ended. */
  resume(): void {
    for (const [, removal] of this.#store.list(table)) {
      // What fails now is tried again at the next start.
      const ending = this.carryOut(removal as Removal)
      this.#activity.track('records of deleted streams', ending).catch(() => {})
    }
  }
}

const keyOf = ({ log, shards }: Removal): string => `${log} ${shards[0] ?? ''}`
