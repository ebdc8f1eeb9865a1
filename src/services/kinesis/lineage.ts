import { evenRanges, type HashKeyRange } from './hashKeys.ts'
import { type ShardRecord, shardIdOf, type StreamRecord } from './stream.ts'

/** The shards of a stream on the way to other shards: closes some, and gives them children. Nothing is stored yet. */
export class Lineage {
  readonly #shards: Map<number, ShardRecord>
  readonly #nowMs: number
  readonly #lastSequenceOf: (shardId: string) => number
  #shardsEver: number

  constructor(
    { shards, shardsEver }: Pick<StreamRecord, 'shards' | 'shardsEver'>,
    now: { readonly ms: number; readonly lastSequenceOf: (shardId: string) => number },
  ) {
    this.#shards = new Map(shards.map((shard) => [shard.index, shard]))
    this.#shardsEver = shardsEver
    this.#nowMs = now.ms
    this.#lastSequenceOf = now.lastSequenceOf
  }

  /** As the stream's record has it. */
  result(): Pick<StreamRecord, 'shards' | 'shardsEver'> {
    return { shards: [...this.#shards.values()], shardsEver: this.#shardsEver }
  }

  split(shard: ShardRecord, at: bigint): [ShardRecord, ShardRecord] {
    const [left, right] = this.#replace(
      [shard],
      [
        { from: BigInt(shard.from), to: at - 1n },
        { from: at, to: BigInt(shard.to) },
      ],
    )
    return [left!, right!]
  }

  /** Two shards whose ranges lie side by side, in either order. */
  merge(shard: ShardRecord, adjacent: ShardRecord): ShardRecord {
    const from = least(BigInt(shard.from), BigInt(adjacent.from))
    const to = -least(-BigInt(shard.to), -BigInt(adjacent.to))
    return this.#replace([shard, adjacent], [{ from, to }])[0]!
  }

  /** Splits and merges until the key space is in `count` ranges of equal size; shards that have such a range stay. */
  makeUniform(count: number): void {
    const ranges = evenRanges(count)
    const cuts = ranges.slice(1).map(({ from }) => from)
    const pieces = this.#openShards().flatMap((shard) => this.#splitAt(shard, cutsInside(shard, cuts)))
    let next = 0
    for (const { to } of ranges) {
      const first = next
      while (next < pieces.length && BigInt(pieces[next]!.to) <= to) next++
      this.#mergeAll(pieces.slice(first, next))
    }
  }

  #openShards(): ShardRecord[] {
    return [...this.#shards.values()]
      .filter(({ closed }) => !closed)
      .sort((one, other) => (BigInt(one.from) < BigInt(other.from) ? -1 : 1))
  }

  #splitAt(shard: ShardRecord, cuts: readonly bigint[]): ShardRecord[] {
    if (cuts.length === 0) return [shard]
    const middle = cuts.length >> 1
    const [left, right] = this.split(shard, cuts[middle]!)
    return [...this.#splitAt(left, cuts.slice(0, middle)), ...this.#splitAt(right, cuts.slice(middle + 1))]
  }

  #mergeAll(shards: readonly ShardRecord[]): void {
    if (shards.length < 2) return
    const merged: ShardRecord[] = []
    for (let index = 0; index < shards.length; index += 2) {
      const [one, other] = [shards[index]!, shards[index + 1]]
      merged.push(other ? this.merge(one, other) : one)
    }
    this.#mergeAll(merged)
  }

  #replace(parents: readonly ShardRecord[], ranges: readonly HashKeyRange[]): ShardRecord[] {
    for (const parent of parents) this.#close(parent)
    const createdMs = Math.max(this.#nowMs, ...parents.map((parent) => parent.createdMs))
    return ranges.map(({ from, to }) => {
      const child: ShardRecord = {
        index: this.#shardsEver++,
        parents: parents.map(({ index }) => shardIdOf(index)),
        from: String(from),
        to: String(to),
        createdMs,
      }
      this.#shards.set(child.index, child)
      return child
    })
  }

  #close(shard: ShardRecord): void {
    const lastSequence = this.#lastSequenceOf(shardIdOf(shard.index))
    this.#shards.set(shard.index, { ...shard, closed: { lastSequence, atMs: this.#nowMs } })
  }
}

const cutsInside = ({ from, to }: ShardRecord, cuts: readonly bigint[]): bigint[] => {
  const [first, last] = [BigInt(from), BigInt(to)]
  return cuts.filter((cut) => first < cut && cut <= last)
}

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)
