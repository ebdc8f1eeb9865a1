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
  /** `waiting`: for records, or for its parents; `blocked`: a batch failed, and waits for its next attempt. */
  readonly state: 'waiting' | 'reading' | 'blocked' | 'ended'
}

/** How a shard stands that nobody reads. */
export const restingStatus = (shardId: string, entry: ShardEntry): ShardStatus => ({
  shardId,
  checkpoint: entry.position,
  iteratorAgeMs: 0,
  buffered: 0,
  dueMs: undefined,
  state: entry.isRead ? 'ended' : 'waiting',
})
