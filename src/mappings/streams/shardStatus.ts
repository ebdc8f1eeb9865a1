import type { ShardEntry } from './positions.ts'

/** How a shard stands. */
export interface ShardStatus {
  readonly shardId: string
  /** Everything before this is over. */
  readonly checkpoint: ShardEntry['position']
  /** Age of the oldest record that is not over, or how far reading is behind; milliseconds. */
  readonly iteratorAgeMs: number
  /** Records that were read and are not below the checkpoint. */
  readonly buffered: number
  /** When the next of them goes to the function, where the clock decides that. */
  readonly dueMs: number | undefined
  /**
   * `resting`: the mapping does not run; `waiting`: its parents are not at their ends; `blocked`: a batch failed, and waits
   * for its next attempt; `ended`: nothing of the shard is left.
   */
  readonly state: 'resting' | 'waiting' | 'reading' | 'blocked' | 'ended'
}

/** How a shard stands that is not read now. */
export const restingStatus = (
  shardId: string,
  entry: ShardEntry,
  state: 'resting' | 'waiting',
): ShardStatus => ({
  shardId,
  checkpoint: entry.position,
  iteratorAgeMs: 0,
  buffered: 0,
  dueMs: undefined,
  state: entry.isRead ? 'ended' : state,
})
