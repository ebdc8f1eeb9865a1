import { list, map, type OperationShapes, structure } from '../protocol/shapes.ts'

/** The members of every operation, as far as a protocol must know their types. */

const strings = list('member', 'string')
const stream = { StreamName: 'string', StreamARN: 'string', StreamId: 'string' } as const
const resource = { ResourceARN: 'string', StreamId: 'string' } as const
const tags = map('entry', 'key', 'value', 'string')
const tagList = list('member', structure({ Key: 'string', Value: 'string' }))
const mode = structure({ StreamMode: 'string' })
const throughput = structure({ TargetMiBps: 'integer', CurrentMiBps: 'integer' })
const hashKeyRange = structure({ StartingHashKey: 'string', EndingHashKey: 'string' })
const shards = list(
  'member',
  structure({
    ShardId: 'string',
    ParentShardId: 'string',
    AdjacentParentShardId: 'string',
    HashKeyRange: hashKeyRange,
    SequenceNumberRange: structure({ StartingSequenceNumber: 'string', EndingSequenceNumber: 'string' }),
  }),
)

const records = list(
  'member',
  structure({
    SequenceNumber: 'string',
    ApproximateArrivalTimestamp: 'timestamp',
    Data: 'blob',
    PartitionKey: 'string',
    EncryptionType: 'string',
  }),
)
const childShards = list(
  'member',
  structure({ ShardId: 'string', ParentShards: strings, HashKeyRange: hashKeyRange }),
)

const consumer = structure({
  ConsumerName: 'string',
  ConsumerARN: 'string',
  ConsumerStatus: 'string',
  ConsumerCreationTimestamp: 'timestamp',
})
const consumerNames = structure({
  StreamARN: 'string',
  ConsumerName: 'string',
  ConsumerARN: 'string',
  StreamId: 'string',
})

const described = {
  StreamName: 'string',
  StreamARN: 'string',
  StreamStatus: 'string',
  StreamModeDetails: mode,
  RetentionPeriodHours: 'integer',
  StreamCreationTimestamp: 'timestamp',
  EnhancedMonitoring: list('member', structure({ ShardLevelMetrics: strings })),
  EncryptionType: 'string',
  KeyId: 'string',
} as const

const monitoring = {
  input: structure({ ...stream, ShardLevelMetrics: strings }),
  output: structure({
    StreamName: 'string',
    StreamARN: 'string',
    CurrentShardLevelMetrics: strings,
    DesiredShardLevelMetrics: strings,
  }),
} as const
const retention = { input: structure({ ...stream, RetentionPeriodHours: 'integer' }) } as const
const encryption = { input: structure({ ...stream, EncryptionType: 'string', KeyId: 'string' }) } as const
const billing = (more: Readonly<Record<string, 'timestamp'>>) =>
  structure({ MinimumThroughputBillingCommitment: structure({ Status: 'string', ...more }) })
const billingAnswer = billing({
  StartedAt: 'timestamp',
  EndedAt: 'timestamp',
  EarliestAllowedEndAt: 'timestamp',
})

export const shapes = {
  CreateStream: {
    input: structure({
      StreamName: 'string',
      ShardCount: 'integer',
      StreamModeDetails: mode,
      Tags: tags,
      WarmThroughputMiBps: 'integer',
      MaxRecordSizeInKiB: 'integer',
    }),
  },
  DeleteStream: { input: structure({ ...stream, EnforceConsumerDeletion: 'boolean' }) },
  DescribeStream: {
    input: structure({ ...stream, Limit: 'integer', ExclusiveStartShardId: 'string' }),
    output: structure({
      StreamDescription: structure({ ...described, Shards: shards, HasMoreShards: 'boolean' }),
    }),
  },
  DescribeStreamSummary: {
    input: structure(stream),
    output: structure({
      StreamDescriptionSummary: structure({
        ...described,
        StreamId: 'string',
        OpenShardCount: 'integer',
        ConsumerCount: 'integer',
        WarmThroughput: throughput,
        MaxRecordSizeInKiB: 'integer',
      }),
    }),
  },
  ListStreams: {
    input: structure({ Limit: 'integer', ExclusiveStartStreamName: 'string', NextToken: 'string' }),
    output: structure({
      StreamNames: strings,
      HasMoreStreams: 'boolean',
      NextToken: 'string',
      StreamSummaries: list(
        'member',
        structure({
          StreamName: 'string',
          StreamARN: 'string',
          StreamStatus: 'string',
          StreamModeDetails: mode,
          StreamCreationTimestamp: 'timestamp',
        }),
      ),
    }),
  },
  PutRecord: {
    input: structure({
      ...stream,
      Data: 'blob',
      PartitionKey: 'string',
      ExplicitHashKey: 'string',
      SequenceNumberForOrdering: 'string',
    }),
    output: structure({ ShardId: 'string', SequenceNumber: 'string', EncryptionType: 'string' }),
  },
  PutRecords: {
    input: structure({
      ...stream,
      Records: list('member', structure({ Data: 'blob', ExplicitHashKey: 'string', PartitionKey: 'string' })),
    }),
    output: structure({
      FailedRecordCount: 'integer',
      Records: list(
        'member',
        structure({
          SequenceNumber: 'string',
          ShardId: 'string',
          ErrorCode: 'string',
          ErrorMessage: 'string',
        }),
      ),
      EncryptionType: 'string',
    }),
  },
  GetShardIterator: {
    input: structure({
      ...stream,
      ShardId: 'string',
      ShardIteratorType: 'string',
      StartingSequenceNumber: 'string',
      Timestamp: 'timestamp',
    }),
    output: structure({ ShardIterator: 'string' }),
  },
  GetRecords: {
    input: structure({
      ShardIterator: 'string',
      Limit: 'integer',
      StreamARN: 'string',
      StreamId: 'string',
    }),
    output: structure({
      Records: records,
      NextShardIterator: 'string',
      MillisBehindLatest: 'integer',
      ChildShards: childShards,
    }),
  },
  ListShards: {
    input: structure({
      ...stream,
      NextToken: 'string',
      ExclusiveStartShardId: 'string',
      MaxResults: 'integer',
      StreamCreationTimestamp: 'timestamp',
      ShardFilter: structure({ Type: 'string', ShardId: 'string', Timestamp: 'timestamp' }),
    }),
    output: structure({ Shards: shards, NextToken: 'string' }),
  },
  RegisterStreamConsumer: {
    input: structure({ StreamARN: 'string', ConsumerName: 'string', StreamId: 'string', Tags: tags }),
    output: structure({ Consumer: consumer }),
  },
  DescribeStreamConsumer: {
    input: consumerNames,
    output: structure({ ConsumerDescription: structure({ ...consumer.members, StreamARN: 'string' }) }),
  },
  ListStreamConsumers: {
    input: structure({
      StreamARN: 'string',
      StreamId: 'string',
      NextToken: 'string',
      MaxResults: 'integer',
      StreamCreationTimestamp: 'timestamp',
    }),
    output: structure({ Consumers: list('member', consumer), NextToken: 'string' }),
  },
  DeregisterStreamConsumer: { input: consumerNames },
  SubscribeToShard: {
    input: structure({
      ConsumerARN: 'string',
      StreamId: 'string',
      ShardId: 'string',
      StartingPosition: structure({ Type: 'string', SequenceNumber: 'string', Timestamp: 'timestamp' }),
    }),
    output: structure({
      EventStream: structure({
        SubscribeToShardEvent: structure({
          Records: records,
          ContinuationSequenceNumber: 'string',
          MillisBehindLatest: 'integer',
          ChildShards: childShards,
        }),
      }),
    }),
  },
  SplitShard: { input: structure({ ...stream, ShardToSplit: 'string', NewStartingHashKey: 'string' }) },
  MergeShards: { input: structure({ ...stream, ShardToMerge: 'string', AdjacentShardToMerge: 'string' }) },
  UpdateShardCount: {
    input: structure({ ...stream, TargetShardCount: 'integer', ScalingType: 'string' }),
    output: structure({
      StreamName: 'string',
      StreamARN: 'string',
      CurrentShardCount: 'integer',
      TargetShardCount: 'integer',
    }),
  },
  IncreaseStreamRetentionPeriod: retention,
  DecreaseStreamRetentionPeriod: retention,
  AddTagsToStream: { input: structure({ ...stream, Tags: tags }) },
  RemoveTagsFromStream: { input: structure({ ...stream, TagKeys: strings }) },
  ListTagsForStream: {
    input: structure({ ...stream, ExclusiveStartTagKey: 'string', Limit: 'integer' }),
    output: structure({ Tags: tagList, HasMoreTags: 'boolean' }),
  },
  TagResource: { input: structure({ ...resource, Tags: tags }) },
  UntagResource: { input: structure({ ...resource, TagKeys: strings }) },
  ListTagsForResource: { input: structure(resource), output: structure({ Tags: tagList }) },
  UpdateStreamMode: {
    input: structure({ ...stream, StreamModeDetails: mode, WarmThroughputMiBps: 'integer' }),
  },
  EnableEnhancedMonitoring: monitoring,
  DisableEnhancedMonitoring: monitoring,
  StartStreamEncryption: encryption,
  StopStreamEncryption: encryption,
  PutResourcePolicy: { input: structure({ ...resource, Policy: 'string' }) },
  GetResourcePolicy: { input: structure(resource), output: structure({ Policy: 'string' }) },
  DeleteResourcePolicy: { input: structure(resource) },
  UpdateMaxRecordSize: { input: structure({ ...stream, MaxRecordSizeInKiB: 'integer' }) },
  UpdateStreamWarmThroughput: {
    input: structure({ ...stream, WarmThroughputMiBps: 'integer' }),
    output: structure({ StreamName: 'string', StreamARN: 'string', WarmThroughput: throughput }),
  },
  DescribeLimits: {
    input: structure({}),
    output: structure({
      ShardLimit: 'integer',
      OpenShardCount: 'integer',
      OnDemandStreamCount: 'integer',
      OnDemandStreamCountLimit: 'integer',
    }),
  },
  DescribeAccountSettings: { input: structure({}), output: billingAnswer },
  UpdateAccountSettings: { input: billing({}), output: billingAnswer },
} satisfies Record<string, OperationShapes>
