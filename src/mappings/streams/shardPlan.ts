import type { ShardFacts } from '../../sources/index.ts'
import { FROM_THE_BEGINNING, type ShardEntry } from './positions.ts'

export interface ShardPlan {
  /** Shards that may be read now, with where to begin. */
  readonly begin: readonly { readonly id: string; readonly entry: ShardEntry }[]
  /** Shards that have to wait for their parents. */
  readonly waiting: readonly string[]
  readonly read: readonly string[]
  /** Shards that are kept, and that the stream does not have any more. */
  readonly gone: readonly string[]
}

/**
 * Which shards may be read: those whose parents have been read to their ends, both of them after a merge. A parent that
 * is gone counts as read; a shard that is open does not, whatever is kept of an older one of its name.
 */
export function planShards(
  shards: readonly ShardFacts[],
  entries: ReadonlyMap<string, ShardEntry>,
): ShardPlan {
  const facts = new Map(shards.map((shard) => [shard.id, shard]))
  const entryOf = ({ id, isClosed }: ShardFacts): ShardEntry => {
    const entry = entries.get(id) ?? FROM_THE_BEGINNING
    return entry.isRead && !isClosed ? FROM_THE_BEGINNING : entry
  }
  const isOver = (id: string): boolean => {
    const shard = facts.get(id)
    return !shard || entryOf(shard).isRead
  }
  const mayBegin = ({ parents }: ShardFacts): boolean => parents.every(isOver)
  const unread = shards.filter(({ id }) => !isOver(id))
  return {
    begin: unread.filter(mayBegin).map((shard) => ({ id: shard.id, entry: entryOf(shard) })),
    waiting: unread.filter((shard) => !mayBegin(shard)).map(({ id }) => id),
    read: shards.map(({ id }) => id).filter(isOver),
    gone: [...entries.keys()].filter((id) => !facts.has(id)),
  }
}
