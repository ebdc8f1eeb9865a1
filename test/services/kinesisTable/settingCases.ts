import {
  bytes,
  create,
  get,
  invalidArgument,
  iterator,
  type KinesisCase,
  notFound,
  put,
  record,
  shardId,
  type Step,
  violation,
} from './kinesisCase.ts'

const increase = (RetentionPeriodHours: number): Step => [
  'IncreaseStreamRetentionPeriod',
  { StreamName: '{s}', RetentionPeriodHours },
]
const decrease = (RetentionPeriodHours: number): Step => [
  'DecreaseStreamRetentionPeriod',
  { StreamName: '{s}', RetentionPeriodHours },
]
const summary: Step = ['DescribeStreamSummary', { StreamName: '{s}' }]
const summarized = (more: object): Record<string, unknown> => ({
  StreamDescriptionSummary: {
    StreamName: '{s}',
    StreamARN: '{arn}',
    StreamId: '<text>',
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    RetentionPeriodHours: 24,
    StreamCreationTimestamp: '<seconds>',
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: 'NONE',
    OpenShardCount: 1,
    ConsumerCount: 0,
    MaxRecordSizeInKiB: 1_024,
    ...more,
  },
})
const tag = (Tags: Readonly<Record<string, string>>): Step => ['AddTagsToStream', { StreamName: '{s}', Tags }]
const tags: Step = ['ListTagsForStream', { StreamName: '{s}' }]
const resourceTags: Step = ['ListTagsForResource', { ResourceARN: '{arn}' }]
const two = [
  { Key: 'env', Value: 'dev' },
  { Key: 'team', Value: 'shop' },
]
const monitor = (ShardLevelMetrics: readonly string[], action = 'Enable'): Step => [
  `${action}EnhancedMonitoring`,
  { StreamName: '{s}', ShardLevelMetrics },
]
const allMetrics = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
]
const encrypt = (EncryptionType = 'KMS', action = 'Start'): Step => [
  `${action}StreamEncryption`,
  { StreamName: '{s}', EncryptionType, KeyId: 'alias/aws/kinesis' },
]
const setMode = (StreamMode: string, more: object = {}): Step => [
  'UpdateStreamMode',
  { StreamARN: '{arn}', StreamModeDetails: { StreamMode }, ...more },
]
const policy = (Policy: string): Step => ['PutResourcePolicy', { ResourceARN: '{arn}', Policy }]
const emptyPolicy = '{"Version":"2012-10-17","Statement":[]}'
const noStream = notFound('Stream {s} under account 000000000000 not found.')

export const settingCases: readonly KinesisCase[] = [
  { name: 'a longer retention period', before: [create()], request: increase(48), answer: {} },
  {
    name: 'a longer retention period is shown',
    before: [create(), increase(8_760)],
    request: summary,
    answer: summarized({ RetentionPeriodHours: 8_760 }),
  },
  {
    name: 'a shorter retention period is shown',
    before: [create(), increase(48), decrease(36)],
    request: summary,
    answer: summarized({ RetentionPeriodHours: 36 }),
  },
  {
    name: '8,761 hours are too long',
    before: [create()],
    request: increase(8_761),
    refusal: invalidArgument(
      'Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.',
    ),
  },
  {
    name: '23 hours are too short',
    before: [create()],
    request: decrease(23),
    refusal: invalidArgument(
      'Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.',
    ),
  },
  {
    name: 'an increase does not make it shorter',
    before: [create(), increase(48)],
    request: increase(24),
    refusal: invalidArgument(
      'Requested retention period (24 hours) for stream {s} can not be shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API.',
    ),
  },
  {
    name: 'a decrease does not make it longer',
    before: [create()],
    request: decrease(48),
    refusal: invalidArgument(
      'Requested retention period (48 hours) for stream {s} can not be longer than existing retention period (24 hours). Use IncreaseRetentionPeriod API.',
    ),
  },
  {
    name: 'a retention period needs hours',
    before: [create()],
    request: ['IncreaseStreamRetentionPeriod', { StreamName: '{s}' }],
    refusal: violation(null, 'retentionPeriodHours', 'not be null'),
  },
  { name: 'the retention period of no stream', request: increase(48), refusal: noStream },
  {
    name: 'a stream has the tags that it was created with',
    before: [create(1, { Tags: { team: 'shop', env: 'dev' } })],
    request: tags,
    answer: { Tags: two, HasMoreTags: false },
  },
  {
    name: 'tags are added',
    before: [create(), tag({ env: 'test' }), tag({ env: 'dev', team: 'shop' })],
    request: tags,
    answer: { Tags: two, HasMoreTags: false },
  },
  {
    name: 'tags are removed',
    before: [
      create(),
      tag({ env: 'dev', team: 'shop', x: 'y' }),
      ['RemoveTagsFromStream', { StreamName: '{s}', TagKeys: ['x', 'z'] }],
    ],
    request: tags,
    answer: { Tags: two, HasMoreTags: false },
  },
  {
    name: 'tags come in pages',
    before: [create(), tag({ env: 'dev', team: 'shop' })],
    request: ['ListTagsForStream', { StreamName: '{s}', Limit: 1 }],
    answer: { Tags: two.slice(0, 1), HasMoreTags: true },
  },
  {
    name: 'the next page of tags begins behind a key',
    before: [create(), tag({ env: 'dev', team: 'shop' })],
    request: ['ListTagsForStream', { StreamName: '{s}', Limit: 1, ExclusiveStartTagKey: 'env' }],
    answer: { Tags: two.slice(1), HasMoreTags: false },
  },
  {
    name: 'a page has 50 tags at most',
    before: [create()],
    request: ['ListTagsForStream', { StreamName: '{s}', Limit: 51 }],
    refusal: violation('51', 'limit', 'have value less than or equal to 50'),
  },
  {
    name: 'a tag of AWS is refused',
    before: [create()],
    request: tag({ 'aws:x': '1' }),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: '51 tags are refused',
    before: [create()],
    request: tag(Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, '']))),
    refusal: { code: 'InvalidArgumentException' },
  },
  { name: 'the tags of no stream', request: tags, refusal: noStream },
  {
    name: 'tags of the resource are those of the stream',
    before: [
      create(),
      tag({ env: 'dev' }),
      ['TagResource', { ResourceARN: '{arn}', Tags: { team: 'shop' } }],
    ],
    request: resourceTags,
    answer: { Tags: two },
  },
  {
    name: 'tags of the resource are removed',
    before: [
      create(),
      tag({ env: 'dev', x: 'y', team: 'shop' }),
      ['UntagResource', { ResourceARN: '{arn}', TagKeys: ['x'] }],
    ],
    request: resourceTags,
    answer: { Tags: two },
  },
  { name: 'the tags of no resource', request: resourceTags, refusal: noStream },
  {
    name: 'the tags of a consumer that is not there',
    before: [create()],
    request: ['ListTagsForResource', { ResourceARN: '{arn}/consumer/app:1767323045' }],
    refusal: { code: 'ResourceNotFoundException' },
  },
  {
    name: 'the tags of what is no stream',
    request: ['ListTagsForResource', { ResourceARN: 'arn:aws:sqs:us-east-1:000000000000:q' }],
    refusal: violation(
      'arn:aws:sqs:us-east-1:000000000000:q',
      'resourceARN',
      'satisfy regular expression pattern: arn:aws.*:kinesis:.*:\\d{12}:.*stream/\\S+',
    ),
  },
  {
    name: 'metrics are asked for',
    before: [create(), monitor(['IncomingBytes'])],
    request: monitor(['OutgoingBytes', 'IncomingBytes']),
    answer: {
      StreamName: '{s}',
      StreamARN: '{arn}',
      CurrentShardLevelMetrics: ['IncomingBytes'],
      DesiredShardLevelMetrics: ['IncomingBytes', 'OutgoingBytes'],
    },
  },
  {
    name: 'all metrics are shown',
    before: [create(), monitor(['ALL'])],
    request: summary,
    answer: summarized({ EnhancedMonitoring: [{ ShardLevelMetrics: allMetrics }] }),
  },
  {
    name: 'metrics are asked for no longer',
    before: [create(), monitor(['ALL'])],
    request: monitor(allMetrics.slice(1), 'Disable'),
    answer: {
      StreamName: '{s}',
      StreamARN: '{arn}',
      CurrentShardLevelMetrics: allMetrics,
      DesiredShardLevelMetrics: ['IncomingBytes'],
    },
  },
  {
    name: 'a metric that does not exist is refused',
    before: [create()],
    request: monitor(['Mood']),
    refusal: violation(
      'Mood',
      'shardLevelMetrics.1.member',
      `satisfy enum value set: [${[...allMetrics, 'ALL'].join(', ')}]`,
    ),
  },
  { name: 'encryption begins', before: [create()], request: encrypt(), answer: {} },
  {
    name: 'encryption is shown',
    before: [create(), encrypt()],
    request: summary,
    answer: summarized({ EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }),
  },
  {
    name: 'who puts is told of the encryption',
    before: [create(), encrypt()],
    request: put('a', 'a'),
    answer: { ShardId: shardId(0), SequenceNumber: '<56 digits>', EncryptionType: 'KMS' },
  },
  {
    name: 'who puts many is told of the encryption',
    before: [create(), encrypt()],
    request: ['PutRecords', { StreamName: '{s}', Records: [{ PartitionKey: 'a', Data: bytes('a') }] }],
    answer: {
      FailedRecordCount: 0,
      Records: [{ ShardId: shardId(0), SequenceNumber: '<56 digits>' }],
      EncryptionType: 'KMS',
    },
  },
  {
    name: 'records say whether they were encrypted',
    before: [create(), put('a', 'a'), encrypt(), put('b', 'b'), iterator('TRIM_HORIZON')],
    request: get(),
    answer: {
      Records: [record('a', 'a'), record('b', 'b', { EncryptionType: 'KMS' })],
      NextShardIterator: '<text>',
      MillisBehindLatest: 0,
    },
  },
  {
    name: 'encryption ends',
    before: [create(), encrypt(), encrypt('KMS', 'Stop')],
    request: summary,
    answer: summarized({}),
  },
  {
    name: 'an encryption that does not exist is refused',
    before: [create()],
    request: encrypt('ROT13'),
    refusal: violation('ROT13', 'encryptionType', 'satisfy enum value set: [NONE, KMS]'),
  },
  {
    name: 'a stream goes on demand with its shards',
    before: [create(), setMode('ON_DEMAND', { WarmThroughputMiBps: 5 })],
    request: summary,
    answer: summarized({
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      WarmThroughput: { TargetMiBps: 5, CurrentMiBps: 5 },
    }),
  },
  {
    name: 'and back',
    before: [create(), setMode('ON_DEMAND', { WarmThroughputMiBps: 5 }), setMode('PROVISIONED')],
    request: summary,
    answer: summarized({}),
  },
  {
    name: 'a mode is needed',
    before: [create()],
    request: ['UpdateStreamMode', { StreamARN: '{arn}' }],
    refusal: violation(null, 'streamModeDetails', 'not be null'),
  },
  {
    name: 'the warm throughput changes',
    before: [create(), setMode('ON_DEMAND')],
    request: ['UpdateStreamWarmThroughput', { StreamName: '{s}', WarmThroughputMiBps: 7 }],
    answer: {
      StreamName: '{s}',
      StreamARN: '{arn}',
      WarmThroughput: { TargetMiBps: 7, CurrentMiBps: 7 },
    },
  },
  {
    name: 'the warm throughput of a provisioned stream',
    before: [create()],
    request: ['UpdateStreamWarmThroughput', { StreamName: '{s}', WarmThroughputMiBps: 7 }],
    refusal: { code: 'ValidationException' },
  },
  {
    name: 'the record size is shown',
    before: [create(), ['UpdateMaxRecordSize', { StreamARN: '{arn}', MaxRecordSizeInKiB: 10_240 }]],
    request: summary,
    answer: summarized({ MaxRecordSizeInKiB: 10_240 }),
  },
  {
    name: 'a record size is needed',
    before: [create()],
    request: ['UpdateMaxRecordSize', { StreamARN: '{arn}' }],
    refusal: violation(null, 'maxRecordSizeInKiB', 'not be null'),
  },
  { name: 'a policy is put', before: [create()], request: policy(emptyPolicy), answer: {} },
  {
    name: 'a policy is shown',
    before: [create(), policy(emptyPolicy)],
    request: ['GetResourcePolicy', { ResourceARN: '{arn}' }],
    answer: { Policy: emptyPolicy },
  },
  {
    name: 'a stream without a policy shows an empty one',
    before: [create(), policy(emptyPolicy), ['DeleteResourcePolicy', { ResourceARN: '{arn}' }]],
    request: ['GetResourcePolicy', { ResourceARN: '{arn}' }],
    answer: { Policy: '{}' },
  },
  {
    name: 'a policy that is not there is not deleted',
    before: [create()],
    request: ['DeleteResourcePolicy', { ResourceARN: '{arn}' }],
    refusal: { code: 'ResourceNotFoundException' },
  },
  {
    name: 'a policy is JSON',
    before: [create()],
    request: policy('allow me'),
    refusal: { code: 'InvalidArgumentException' },
  },
  { name: 'the policy of no stream', request: policy(emptyPolicy), refusal: noStream },
  {
    name: 'the limits of the account are told',
    before: [create()],
    request: ['DescribeLimits', {}],
    answer: {
      ShardLimit: '<seconds>',
      OpenShardCount: '<seconds>',
      OnDemandStreamCount: '<seconds>',
      OnDemandStreamCountLimit: '<seconds>',
    },
  },
]
