import * as errors from './errors.ts'
import { beforeTime, horizonOf } from '../shards/horizon.ts'
import { nextPage } from '../shards/nextPage.ts'
import type { Page } from '../shards/readPage.ts'
import type {
  ShardPage as PageOf,
  ShardPosition,
  StreamReader as ShardReader,
} from '../shards/streamReader.ts'
import { currentOf, readPage } from './readShard.ts'
import type { DynamoDbStreamRecord } from './record.ts'
import { streamRecord } from './recordShape.ts'
import { sequenceIn, sequenceNumberOf } from './sequenceNumbers.ts'
import { findShard, listedShards, RETENTION_MS, type Shard, type Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** Reads one stream; see {@link ShardReader}. */
export type StreamReader = ShardReader<DynamoDbStreamRecord> & { retentionMs(): number }

/** Creates a reader of a stream, or of the newest stream of a table. It is looked up at each call. */
export function createStreamReader(streams: Streams, arn: string): StreamReader {
  const { clock, store } = streams.edges
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
      const afterSequence = sequenceBehind(streams, stream, shard, from)
      const page = await nextPage(streams, stream, shard, {
        read: () => readPage(streams, stream, currentOf(streams, stream, shard), { afterSequence, limit }),
        watchShards: (wake) => streams.watchShards(wake),
        untilMs: waitUntilMs,
        signal,
      })
      return pageOf(streams, stream, shard, page)
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

const pageOf = (
  streams: Streams,
  stream: Stream,
  shard: Shard,
  page: Page,
): PageOf<DynamoDbStreamRecord> => ({
  records: page.records.map((record) => streamRecord(streams, stream, shard, record)),
  next: positionAfter(shard, page.afterSequence),
  isEnd: page.isEnd,
  millisBehindLatest: page.millisBehindLatest,
})
