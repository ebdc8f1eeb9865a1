import type { JsonObject } from '../../system/index.ts'
import type { LogRecord } from '../../store/index.ts'
import type { KeptRecord } from './change.ts'
import type { DynamoDbStreamRecord } from './record.ts'
import { sequenceNumberOf } from './sequenceNumbers.ts'
import type { Shard, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** A record as `GetRecords` answers it; its keys are in the order that was recorded from AWS. */
export function recordShape(streams: Streams, stream: Stream, shard: Shard, record: LogRecord): JsonObject {
  const kept = JSON.parse(Buffer.from(record.data).toString('utf8')) as KeptRecord
  return {
    eventID: kept.eventID,
    eventName: kept.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: streams.edges.identity.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(record.atMs / 1_000),
      Keys: kept.keys,
      ...(kept.newImage && { NewImage: kept.newImage }),
      ...(kept.oldImage && { OldImage: kept.oldImage }),
      SequenceNumber: sequenceNumberOf(shard.prefix, record.sequence),
      SizeBytes: kept.sizeBytes,
      StreamViewType: stream.kept.viewType,
    },
    ...(kept.userIdentity && { userIdentity: kept.userIdentity }),
  }
}

/** A record as code in this process reads it. */
export const streamRecord = (
  streams: Streams,
  stream: Stream,
  shard: Shard,
  record: LogRecord,
): DynamoDbStreamRecord => ({
  sequenceNumber: sequenceNumberOf(shard.prefix, record.sequence),
  itemKey: record.key,
  record: recordShape(streams, stream, shard, record),
  arrivedMs: record.atMs,
  cause: record.meta?.['c'] as string | undefined,
  streamArn: stream.arn,
})
