import {
  BEFORE_HALF,
  create,
  HALF_KEY,
  type KinesisCase,
  LAST_KEY,
  notFound,
  put,
  shard,
  shardId,
  validation,
  violation,
} from './kinesisCase.ts'

const described = {
  StreamName: '{s}',
  StreamARN: '{arn}',
  StreamStatus: 'ACTIVE',
  StreamModeDetails: { StreamMode: 'PROVISIONED' },
  RetentionPeriodHours: 24,
  StreamCreationTimestamp: '<seconds>',
  EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
  EncryptionType: 'NONE',
}
const summarized = {
  ...described,
  StreamId: '<text>',
  OpenShardCount: 1,
  ConsumerCount: 0,
  MaxRecordSizeInKiB: 1_024,
}
const onDemand = { ...summarized, StreamModeDetails: { StreamMode: 'ON_DEMAND' }, OpenShardCount: 4 }
const describe = (more: object = {}): KinesisCase['request'] => [
  'DescribeStream',
  { StreamName: '{s}', ...more },
]
const summarize = (more: object = { StreamName: '{s}' }): KinesisCase['request'] => [
  'DescribeStreamSummary',
  { ...more },
]
const namePattern = 'satisfy regular expression pattern: [a-zA-Z0-9_.-]+'

export const streamCases: readonly KinesisCase[] = [
  {
    name: 'CreateStream answers nothing',
    request: create(),
    answer: {},
  },
  {
    name: 'a new stream has one shard over all hash keys',
    before: [create()],
    request: describe(),
    answer: {
      StreamDescription: { ...described, Shards: [shard(0, '0', LAST_KEY)], HasMoreShards: false },
    },
  },
  {
    name: 'two shards halve the hash keys',
    before: [create(2)],
    request: describe(),
    answer: {
      StreamDescription: {
        ...described,
        Shards: [shard(0, '0', BEFORE_HALF), shard(1, HALF_KEY, LAST_KEY)],
        HasMoreShards: false,
      },
    },
  },
  {
    name: 'of three shards the last one has what is left over',
    before: [create(3)],
    request: ['ListShards', { StreamName: '{s}' }],
    answer: {
      Shards: [
        shard(0, '0', '113427455640312821154458202477256070484'),
        shard(1, '113427455640312821154458202477256070485', '226854911280625642308916404954512140969'),
        shard(2, '226854911280625642308916404954512140970', LAST_KEY),
      ],
    },
  },
  {
    name: 'DescribeStream shows as many shards as are asked for',
    before: [create(3)],
    request: describe({ Limit: 2, ExclusiveStartShardId: shardId(0) }),
    answer: {
      StreamDescription: {
        ...described,
        Shards: [
          shard(1, '113427455640312821154458202477256070485', '226854911280625642308916404954512140969'),
          shard(2, '226854911280625642308916404954512140970', LAST_KEY),
        ],
        HasMoreShards: false,
      },
    },
  },
  {
    name: 'DescribeStream says that there are more shards',
    before: [create(2)],
    request: describe({ Limit: 1 }),
    answer: {
      StreamDescription: { ...described, Shards: [shard(0, '0', BEFORE_HALF)], HasMoreShards: true },
    },
  },
  {
    name: 'a Limit of 0 is refused',
    before: [create()],
    request: describe({ Limit: 0 }),
    refusal: violation('0', 'limit', 'have value greater than or equal to 1'),
  },
  {
    name: 'a Limit of 10,001 is refused',
    before: [create()],
    request: describe({ Limit: 10_001 }),
    refusal: violation('10001', 'limit', 'have value less than or equal to 10000'),
  },
  {
    name: 'the summary counts shards and consumers',
    before: [create()],
    request: summarize(),
    answer: { StreamDescriptionSummary: summarized },
  },
  {
    name: 'a stream is found by its ARN',
    before: [create()],
    request: summarize({ StreamARN: '{arn}' }),
    answer: { StreamDescriptionSummary: summarized },
  },
  {
    name: 'name and ARN may both be given',
    before: [create()],
    request: summarize({ StreamName: '{s}', StreamARN: '{arn}' }),
    answer: { StreamDescriptionSummary: summarized },
  },
  {
    name: 'name and ARN of two streams are refused',
    before: [create()],
    request: summarize({ StreamName: '{s}', StreamARN: '{arn}-2' }),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a request that names no stream is refused',
    request: summarize({}),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'without ShardCount a stream is on demand and has four shards',
    before: [['CreateStream', { StreamName: '{s}' }]],
    request: summarize(),
    answer: { StreamDescriptionSummary: onDemand },
  },
  {
    name: 'a stream on demand may be given a warm throughput',
    before: [
      [
        'CreateStream',
        {
          StreamName: '{s}',
          StreamModeDetails: { StreamMode: 'ON_DEMAND' },
          WarmThroughputMiBps: 100,
          MaxRecordSizeInKiB: 2_048,
        },
      ],
    ],
    request: summarize(),
    answer: {
      StreamDescriptionSummary: {
        ...onDemand,
        MaxRecordSizeInKiB: 2_048,
        WarmThroughput: { TargetMiBps: 100, CurrentMiBps: 100 },
      },
    },
  },
  {
    name: 'a provisioned stream needs a ShardCount',
    request: ['CreateStream', { StreamName: '{s}', StreamModeDetails: { StreamMode: 'PROVISIONED' } }],
    refusal: { code: 'ValidationException' },
  },
  {
    name: 'a stream on demand has no ShardCount',
    request: create(2, { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }),
    refusal: { code: 'ValidationException' },
  },
  {
    name: 'a provisioned stream has no warm throughput',
    request: create(1, { WarmThroughputMiBps: 10 }),
    refusal: { code: 'ValidationException' },
  },
  {
    name: 'a mode that does not exist is refused',
    request: create(1, { StreamModeDetails: { StreamMode: 'SERVERLESS' } }),
    refusal: violation(
      'SERVERLESS',
      'streamModeDetails.streamMode',
      'satisfy enum value set: [PROVISIONED, ON_DEMAND]',
    ),
  },
  {
    name: 'a ShardCount of 0 is refused',
    request: create(0),
    refusal: violation('0', 'shardCount', 'have value greater than or equal to 1'),
  },
  {
    name: 'more shards than the account may have are refused',
    request: create(100_000),
    refusal: { code: 'LimitExceededException' },
  },
  {
    name: 'a stream has a name',
    request: ['CreateStream', { ShardCount: 1 }],
    refusal: violation(null, 'streamName', 'not be null'),
  },
  {
    name: 'a name with a space is refused',
    request: ['CreateStream', { StreamName: 'my stream', ShardCount: 1 }],
    refusal: violation('my stream', 'streamName', namePattern),
  },
  {
    name: 'a name of 129 characters is refused',
    request: ['CreateStream', { StreamName: 'n'.repeat(129), ShardCount: 1 }],
    refusal: violation('n'.repeat(129), 'streamName', 'have length less than or equal to 128'),
  },
  {
    name: 'two violations are told at once',
    request: ['CreateStream', { StreamName: 'a b', ShardCount: 0 }],
    refusal: validation(
      `2 validation errors detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must ${namePattern}; Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    ),
  },
  {
    name: 'a name that is taken is refused',
    before: [create()],
    request: create(),
    refusal: {
      code: 'ResourceInUseException',
      message: 'Stream {s} under account 000000000000 already exists.',
    },
  },
  {
    name: 'a record size below 1 MiB is refused',
    request: create(1, { MaxRecordSizeInKiB: 1_000 }),
    refusal: violation('1000', 'maxRecordSizeInKiB', 'have value greater than or equal to 1024'),
  },
  {
    name: 'a record size above 10 MiB is refused',
    request: create(1, { MaxRecordSizeInKiB: 10_241 }),
    refusal: violation('10241', 'maxRecordSizeInKiB', 'have value less than or equal to 10240'),
  },
  {
    name: 'a stream that is not there is not described',
    request: describe(),
    refusal: notFound('Stream {s} under account 000000000000 not found.'),
  },
  {
    name: "another account's stream is not there",
    request: summarize({ StreamARN: 'arn:aws:kinesis:us-east-1:111122223333:stream/{s}' }),
    refusal: notFound('Stream {s} under account 111122223333 not found.'),
  },
  {
    name: 'a malformed StreamId is refused',
    request: summarize({ StreamId: 'me' }),
    refusal: violation('me', 'streamId', 'satisfy regular expression pattern: [a-z0-9]{20}-[a-z0-9]{3}'),
  },
  {
    name: 'DeleteStream answers nothing',
    before: [create()],
    request: ['DeleteStream', { StreamName: '{s}' }],
    answer: {},
  },
  {
    name: 'DeleteStream takes an ARN',
    before: [create(), ['DeleteStream', { StreamARN: '{arn}', EnforceConsumerDeletion: true }]],
    request: describe(),
    refusal: notFound('Stream {s} under account 000000000000 not found.'),
  },
  {
    name: 'a stream that is not there is not deleted',
    request: ['DeleteStream', { StreamName: '{s}' }],
    refusal: notFound('Stream {s} under account 000000000000 not found.'),
  },
  {
    name: 'a deleted stream takes no records',
    before: [create(), ['DeleteStream', { StreamName: '{s}' }]],
    request: put('a', 'a'),
    refusal: notFound('Stream {s} under account 000000000000 not found.'),
  },
  {
    name: 'a new stream of the same name is empty',
    before: [
      create(),
      put('a', 'a'),
      ['DeleteStream', { StreamName: '{s}' }],
      create(),
      ['GetShardIterator', { StreamName: '{s}', ShardId: shardId(0), ShardIteratorType: 'TRIM_HORIZON' }],
    ],
    request: ['GetRecords', { ShardIterator: '{iterator}' }],
    answer: { Records: [], NextShardIterator: '<text>', MillisBehindLatest: 0 },
  },
  {
    name: 'ListStreams goes on behind a name',
    before: [create(), create(1, { StreamName: '{s}-b' }), create(1, { StreamName: '{s}-c' })],
    request: ['ListStreams', { ExclusiveStartStreamName: '{s}', Limit: 1 }],
    answer: {
      StreamNames: ['{s}-b'],
      HasMoreStreams: true,
      NextToken: '<text>',
      StreamSummaries: [
        {
          StreamName: '{s}-b',
          StreamARN: '{arn}-b',
          StreamStatus: 'ACTIVE',
          StreamModeDetails: { StreamMode: 'PROVISIONED' },
          StreamCreationTimestamp: '<seconds>',
        },
      ],
    },
  },
  {
    name: 'ListStreams goes on with a token',
    before: [
      create(),
      create(1, { StreamName: '{s}-b' }),
      create(1, { StreamName: '{s}-c' }),
      ['ListStreams', { ExclusiveStartStreamName: '{s}', Limit: 1 }],
    ],
    request: ['ListStreams', { NextToken: '{token}', Limit: 1 }],
    answer: {
      StreamNames: ['{s}-c'],
      HasMoreStreams: true,
      NextToken: '<text>',
      StreamSummaries: [
        {
          StreamName: '{s}-c',
          StreamARN: '{arn}-c',
          StreamStatus: 'ACTIVE',
          StreamModeDetails: { StreamMode: 'PROVISIONED' },
          StreamCreationTimestamp: '<seconds>',
        },
      ],
    },
  },
  {
    name: 'ListStreams behind the last name is empty',
    request: ['ListStreams', { ExclusiveStartStreamName: 'zzzz' }],
    answer: { StreamNames: [], HasMoreStreams: false, StreamSummaries: [] },
  },
  {
    name: 'ListStreams refuses a token that is not its own',
    request: ['ListStreams', { NextToken: 'Ym9ndXMgdG9rZW4=' }],
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'ListStreams has at least one name on a page',
    request: ['ListStreams', { Limit: 0 }],
    refusal: violation('0', 'limit', 'have value greater than or equal to 1'),
  },
]
