import * as errors from './errors.ts'
import { beforeTime, horizonOf } from './horizon.ts'
import { currentOf, type Page, readPage } from './readShard.ts'
import type { DynamoDbStreamRecord } from './record.ts'
import { streamRecord } from './recordShape.ts'
import { sequenceIn, sequenceNumberOf } from './sequenceNumbers.ts'
import { somethingNew } from './somethingNew.ts'
import { findShard, listedShards, RETENTION_MS, type Shard, type Stream } from './stream.ts'
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
  readonly records: readonly DynamoDbStreamRecord[]
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
   * with AWS's error when stream or shard are gone.
   */
  read(shardId: string, options: ReadOptions): Promise<ShardPage>
  /** Calls `listener` when a stream came or went, and when shards were closed or added. */
  onShardsChanged(listener: () => void): () => void
  retentionMs(): number
}

/** Creates a reader of a stream, or of the newest stream of a table. It is looked up at each call. */
export function createStreamReader(streams: Streams, arn: string): StreamReader {
  const { clock, store, activity } = streams.edges
  const find = (shardId: string): { stream: Stream; shard: Shard } => {
    const stream = streams.named(arn)
    const shard = findShard(stream, shardId, clock.now())
    if (!shard) throw errors.shardNotFound(stream.arn, shardId)
    return { stream, shard }
  }

  return {
    async shards() {
      return listedShards(streams.named(arn), clock.now()).map(({ id, kept }) => ({
        id,
        parents: kept.parent === undefined ? [] : [kept.parent],
        isClosed: kept.closed !== undefined,
      }))
    },
    async latest(shardId) {
      const { stream, shard } = find(shardId)
      return positionAfter(shard, store.lastSequence(stream.log, shard.id))
    },
    async read(shardId, { from, limit, waitUntilMs = Infinity, signal }) {
      signal.throwIfAborted()
      const { stream, shard } = find(shardId)
      const label = `read ${shardId} of ${arn}`
      let work = activity.begin(label)
      try {
        const afterSequence = sequenceBehind(streams, stream, shard, from)
        for (;;) {
          const page = readPage(streams, stream, currentOf(streams, stream, shard), { afterSequence, limit })
          const isOver = page.records.length > 0 || page.isEnd || clock.now() >= waitUntilMs
          if (isOver) return pageOf(streams, stream, shard, page)
          // A reader at rest is no work at all: nobody should have to wait for it, or be told of it.
          work.end()
          const wait = { untilMs: waitUntilMs, signal, label: `read of ${arn}` }
          await somethingNew(streams, stream, shard, wait)
          work = activity.begin(label)
          signal.throwIfAborted()
        }
      } finally {
        work.end()
      }
    },
    onShardsChanged: (listener) => streams.watchShards(listener),
    retentionMs: () => RETENTION_MS,
  }
}

function sequenceBehind(streams: Streams, stream: Stream, shard: Shard, from: ShardPosition): number {
  if (from.kind === 'oldest') return 0
  if (from.kind === 'time') {
    horizonOf(streams, stream, shard)
    return beforeTime(streams, stream, shard, from.ms)
  }
  const sequence = from.kind === 'after' ? sequenceIn(shard.prefix, from.sequenceNumber) : undefined
  if (sequence === undefined)
    throw errors.validation(`There is no such place in shard ${shard.id} of stream ${stream.arn}`)
  return sequence
}

const positionAfter = ({ prefix }: Shard, sequence: number): ShardPosition => ({
  kind: 'after',
  sequenceNumber: sequenceNumberOf(prefix, sequence),
})

const pageOf = (streams: Streams, stream: Stream, shard: Shard, page: Page): ShardPage => ({
  records: page.records.map((record) => streamRecord(streams, stream, shard, record)),
  next: positionAfter(shard, page.afterSequence),
  isEnd: page.isEnd,
  millisBehindLatest: page.millisBehindLatest,
})
