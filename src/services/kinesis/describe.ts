import type { LogRecord } from '../../store/index.ts'
import { sequenceNumberOf } from './sequenceNumbers.ts'
import { childrenOf, endOf, type Shard, startOf, type Stream } from './stream.ts'

/** Streams and shards in the shapes of the API. */

/** A shard as `DescribeStream` and `ListShards` show it. */
export function shardShape(shard: Shard): Record<string, unknown> {
  const { parents, from, to } = shard.record
  const ending = endOf(shard)
  return {
    ShardId: shard.id,
    ...(parents[0] !== undefined && { ParentShardId: parents[0] }),
    ...(parents[1] !== undefined && { AdjacentParentShardId: parents[1] }),
    HashKeyRange: { StartingHashKey: from, EndingHashKey: to },
    SequenceNumberRange: {
      StartingSequenceNumber: startOf(shard),
      ...(ending !== undefined && { EndingSequenceNumber: ending }),
    },
  }
}

/** The children of a shard as a reader is told of them at its end. */
export const childShapes = (stream: Stream, shardId: string): object[] =>
  childrenOf(stream, shardId).map(({ id, record }) => ({
    ShardId: id,
    ParentShards: record.parents,
    HashKeyRange: { StartingHashKey: record.from, EndingHashKey: record.to },
  }))

/** A record as readers get it, its data in base64. */
export function recordShape(prefix: string, { sequence, key, data, atMs, meta }: LogRecord): object {
  const { buffer, byteOffset, byteLength } = data
  const shape = {
    SequenceNumber: sequenceNumberOf(prefix, sequence),
    ApproximateArrivalTimestamp: atMs / 1_000,
    Data: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
    PartitionKey: key,
  }
  return meta?.['k'] === true ? { ...shape, EncryptionType: 'KMS' } : shape
}

/** What `DescribeStream` and `DescribeStreamSummary` have in common. */
export const streamShape = ({ name, arn, record }: Stream): Record<string, unknown> => ({
  StreamName: name,
  StreamARN: arn,
  StreamStatus: 'ACTIVE',
  StreamModeDetails: { StreamMode: record.mode },
  RetentionPeriodHours: record.retentionHours,
  StreamCreationTimestamp: record.createdMs / 1_000,
  EnhancedMonitoring: [{ ShardLevelMetrics: record.metrics }],
  EncryptionType: encryptionOf(record) ?? 'NONE',
  KeyId: record.keyId ?? null,
})

/** `KMS` where a stream is said to be encrypted. */
export const encryptionOf = ({ keyId }: Pick<Stream['record'], 'keyId'>): 'KMS' | undefined =>
  keyId === undefined ? undefined : 'KMS'

/** What was asked for is there at once. */
export const warmThroughput = (miBps: number): object => ({ TargetMiBps: miBps, CurrentMiBps: miBps })
