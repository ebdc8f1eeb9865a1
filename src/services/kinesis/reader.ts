import { innerRecords } from './aggregate.ts'
import { beforeTime, horizonOf } from '../shards/horizon.ts'
import { registrationOf } from './consumers.ts'
import { noSuchShard } from './iterator.ts'
import { nextPage } from '../shards/nextPage.ts'
import type { Page } from '../shards/readPage.ts'
import type {
  ShardPage as PageOf,
  ShardPosition,
  StreamReader as ShardReader,
} from '../shards/streamReader.ts'
import { currentOf, readPage } from './readShard.ts'
import { type KinesisRecord, kinesisRecord } from './record.ts'
import { sequenceIn, sequenceNumberOf } from './sequenceNumbers.ts'
import { findShard, listedShards, type Shard, type Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** Reads one stream; see {@link ShardReader}. */
export type StreamReader = ShardReader<KinesisRecord> & { incarnation(): Promise<string> }

/**
 * Creates a reader. The stream is looked up at each call, so a reader outlives its stream and finds a new one. With
 * `consumerArn` it reads for as long as that consumer is registered, and records of the Kinesis Producer Library come as those that
 * were put together in them.
 */
export function createStreamReader(
  streams: Streams,
  streamName: string,
  consumerArn: string | undefined,
): StreamReader {
  const { clock, store } = streams.edges
  const named = (): Stream => {
    const stream = streams.named(streamName)
    if (consumerArn !== undefined) registrationOf(streams, { ConsumerARN: consumerArn })
    return stream
  }
  const find = (shardId: string): { stream: Stream; shard: Shard } => {
    const stream = named()
    const shard = findShard(stream, shardId, clock.now())
    if (!shard) throw noSuchShard(streams, stream, shardId)
    return { stream, shard }
  }

  return {
    async shards() {
      return listedShards(named(), clock.now()).map(({ id, record }) => ({
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
      const afterSequence = sequenceBehind(streams, stream, shard, from)
      const page = await nextPage(streams, stream, shard, {
        read: () => readPage(streams, stream, currentOf(streams, named(), shard), { afterSequence, limit }),
        watchShards: (wake) => streams.watchShards(streamName, wake),
        untilMs: waitUntilMs,
        signal,
      })
      return pageOf(shard, page, consumerArn !== undefined)
    },
    async incarnation() {
      return streams.named(streamName).record.id
    },
    onShardsChanged: (listener) => streams.watchShards(streamName, listener),
    retentionMs() {
      const stream = streams.get(streamName)
      return stream?.retentionMs
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

const pageOf = (shard: Shard, page: Page, takesApart: boolean): PageOf<KinesisRecord> => ({
  records: page.records.flatMap((stored) => {
    const record = kinesisRecord(shard, stored)
    return takesApart ? apart(shard, record) : record
  }),
  next: positionAfter(shard, page.afterSequence),
  isEnd: page.isEnd,
  millisBehindLatest: page.millisBehindLatest,
})

/**
 * The records that the Kinesis Producer Library put into one, each with that one's number. Those whose keys belong to another
 * shard are dropped: they came here because shards were split or merged after they had been put together.
 */
function apart({ fromHex, toHex }: Shard, record: KinesisRecord): KinesisRecord[] {
  const inner = innerRecords(record.data)
  if (!inner) return [record]
  return inner
    .filter(({ hashKey }) => fromHex <= hashKey && hashKey <= toHex)
    .map(({ partitionKey, data }) => ({ ...record, partitionKey, data }))
}
