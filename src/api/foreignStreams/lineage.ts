import type { ShardFacts } from '../../sources/index.ts'

/** Parents before their children; otherwise by name. */
export function inOrderOfDescent(shards: readonly ShardFacts[]): ShardFacts[] {
  const left = new Map(
    shards.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((shard) => [shard.id, shard] as const),
  )
  const ordered: ShardFacts[] = []
  const take = (shard: ShardFacts): void => {
    if (!left.delete(shard.id)) return
    for (const parent of shard.parents) {
      const facts = left.get(parent)
      if (facts) take(facts)
    }
    ordered.push(shard)
  }
  for (const shard of left.values()) take(shard)
  return ordered
}

/** Which shards there are and which of them are closed, as one text to compare. */
export const lineageText = (shards: readonly ShardFacts[]): string =>
  shards.map(({ id, isClosed }) => `${id}${isClosed ? '-' : '+'}`).join(' ')
