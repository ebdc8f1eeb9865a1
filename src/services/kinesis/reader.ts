import type { Activity } from '../../system/index.ts'
import { beforeTime, horizonOf } from './horizon.ts'
import { noSuchShard } from './iterator.ts'
import { currentOf, type Page, readPage } from './readShard.ts'
import { type KinesisRecord, kinesisRecord } from './record.ts'
import { sequenceIn, sequenceNumberOf } from './sequenceNumbers.ts'
import { somethingNew } from './somethingNew.ts'
import { findShard, listedShards, retentionMsOf, type Shard, type Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** A shard, as far as the order of reading depends on it. */
export interface ShardFacts {
  readonly id: string
  readonly parents: readonly string[]
  /** No record will be added any more. */
  readonly isClosed: boolean
}

/** A place between the records of a shard; JSON, so that it can be kept. */
export type ShardPosition =
  | { readonly kind: 'oldest' }
  | { readonly kind: 'after'; readonly sequenceNumber: string }
  | { readonly kind: 'time'; readonly ms: number }
  /** Of streams elsewhere; never one of ours. */
  | { readonly kind: 'iterator'; readonly iterator: string; readonly takenMs: number }

/** What one read of a shard brings. */
export interface ShardPage {
  readonly records: readonly KinesisRecord[]
  readonly next: ShardPosition
  readonly isEnd: boolean
  readonly millisBehindLatest: number
}

export interface ReadOptions {
  readonly from: ShardPosition
  readonly limit: number
  /** Clock time; a time in the past only looks. */
  readonly waitUntilMs?: number
  readonly signal: AbortSignal
}

/** Reads one stream without HTTP; waits on the store, and never asks twice. */
export interface StreamReader {
  /** Parents before their children; those whose records are all too old are gone. Rejects when there is no such stream. */
  shards(): Promise<readonly ShardFacts[]>
  /** Behind everything that the shard holds now. */
  latest(shardId: string): Promise<ShardPosition>
  /**
   * Waits until there is something behind `from`, or the end of the shard, and answers up to `limit` records; with
   * `waitUntilMs` a page without records when nothing came by then. Rejects with the signal's reason when aborted, and
   * with AWS's error when stream or shard are gone. A place in an earlier stream of the same name is before the oldest.
   */
  read(shardId: string, options: ReadOptions): Promise<ShardPage>
  /** Tells this very stream from one that is deleted and made anew under the same name. Rejects when there is none. */
  incarnation(): Promise<string>
  /** Calls `listener` when the stream came or went, and when its shards were split or merged. */
  onShardsChanged(listener: () => void): () => void
  retentionMs(): number | undefined
}

/** Creates a reader. The stream is looked up at each call, so a reader outlives its stream and finds a new one. */
export function createStreamReader(streams: Streams, activity: Activity, streamName: string): StreamReader {
  const { clock, store } = streams.edges
  const find = (shardId: string): { stream: Stream; shard: Shard } => {
    const stream = streams.named(streamName)
    const shard = findShard(stream, shardId, clock.now())
    if (!shard) throw noSuchShard(streams, stream, shardId)
    return { stream, shard }
  }

  return {
    async shards() {
      return listedShards(streams.named(streamName), clock.now()).map(({ id, record }) => ({
        id,
        parents: record.parents,
        isClosed: record.closed !== undefined,
      }))
    },
    async latest(shardId) {
      const { stream, shard } = find(shardId)
      return positionAfter(shard, store.lastSequence(stream.log, shard.id))
    },
    async read(shardId, { from, limit, waitUntilMs = Infinity, signal }) {
      signal.throwIfAborted()
      const { stream, shard } = find(shardId)
      const label = `read ${shardId} of ${streamName}`
      let work = activity.begin(label)
      try {
        const afterSequence = sequenceBehind(streams, stream, shard, from)
        for (;;) {
          const page = readPage(streams, stream, currentOf(streams, stream, shard), { afterSequence, limit })
          const isOver = page.records.length > 0 || page.isEnd || clock.now() >= waitUntilMs
          if (isOver) return pageOf(shard, page)
          // A reader at rest is no work at all: nobody should have to wait for it, or be told of it.
          work.end()
          await somethingNew(streams, stream, shard, {
            untilMs: waitUntilMs,
            signal,
            label: `read of ${streamName}`,
          })
          work = activity.begin(label)
          signal.throwIfAborted()
        }
      } finally {
        work.end()
      }
    },
    async incarnation() {
      return streams.named(streamName).record.id
    },
    onShardsChanged: (listener) => streams.watchShards(streamName, listener),
    retentionMs() {
      const stream = streams.get(streamName)
      return stream && retentionMsOf(stream)
    },
  }
}

function sequenceBehind(streams: Streams, stream: Stream, shard: Shard, from: ShardPosition): number {
  if (from.kind === 'oldest') return 0
  if (from.kind === 'time') {
    horizonOf(streams, stream, shard)
    return beforeTime(streams, stream, shard, from.ms)
  }
  // A place in an earlier stream of this name: all that is in this one came later.
  return (from.kind === 'after' ? sequenceIn(shard.prefix, from.sequenceNumber) : undefined) ?? 0
}

const positionAfter = ({ prefix }: Shard, sequence: number): ShardPosition => ({
  kind: 'after',
  sequenceNumber: sequenceNumberOf(prefix, sequence),
})

const pageOf = (shard: Shard, page: Page): ShardPage => ({
  records: page.records.map((record) => kinesisRecord(shard, record)),
  next: positionAfter(shard, page.afterSequence),
  isEnd: page.isEnd,
  millisBehindLatest: page.millisBehindLatest,
})
