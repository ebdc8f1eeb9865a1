import {
  create,
  invalidArgument,
  type KinesisCase,
  notFound,
  shardId,
  type Step,
  validation,
  violation,
  wait,
} from './kinesisCase.ts'

const register = (ConsumerName = 'app', more: object = {}): Step => [
  'RegisterStreamConsumer',
  { StreamARN: '{arn}', ConsumerName, ...more },
]
const deregister: Step = ['DeregisterStreamConsumer', { ConsumerARN: '{consumer}' }]
const list = (more: object = {}): Step => ['ListStreamConsumers', { StreamARN: '{arn}', ...more }]
const describe = (input: Readonly<Record<string, unknown>>): Step => ['DescribeStreamConsumer', input]
const byName = describe({ StreamARN: '{arn}', ConsumerName: 'app' })
const subscribe = (more: object = {}): Step => [
  'SubscribeToShard',
  {
    ConsumerARN: '{consumer}',
    ShardId: shardId(0),
    StartingPosition: { Type: 'LATEST' },
    ...more,
  },
]
const consumer = (ConsumerName = 'app', more: object = {}): object => ({
  ConsumerName,
  ConsumerARN: '<text>',
  ConsumerStatus: 'ACTIVE',
  ConsumerCreationTimestamp: '<seconds>',
  ...more,
})
const arnPattern =
  '(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/[a-zA-Z0-9_.-]+:[0-9]+'
const noSuchConsumer = (name: string) =>
  notFound(`Consumer ${name} of stream {s} under account 000000000000 not found.`)
const unnamed = invalidArgument(
  'Either the ConsumerARN, or the StreamARN and the ConsumerName must be specified.',
)

/** Consumers, and what SubscribeToShard refuses; what it sends is not one answer. */
export const consumerCases: readonly KinesisCase[] = [
  {
    name: 'a new consumer is being created',
    before: [create()],
    request: register(),
    answer: { Consumer: consumer('app', { ConsumerStatus: 'CREATING' }) },
  },
  {
    name: 'a consumer is active at once',
    before: [create(), register()],
    request: describe({ ConsumerARN: '{consumer}' }),
    answer: { ConsumerDescription: consumer('app', { StreamARN: '{arn}' }) },
  },
  {
    name: 'a consumer is named by its stream and its name as well',
    before: [create(), register()],
    request: byName,
    answer: { ConsumerDescription: consumer('app', { StreamARN: '{arn}' }) },
  },
  {
    name: 'consumers are listed by name',
    before: [create(), register('b'), register('a')],
    request: list(),
    answer: { Consumers: [consumer('a'), consumer('b')] },
  },
  {
    name: 'a page of consumers ends with a token',
    before: [create(), register('b'), register('a')],
    request: list({ MaxResults: 1 }),
    answer: { Consumers: [consumer('a')], NextToken: '<text>' },
  },
  {
    name: 'a token brings the next consumers',
    before: [create(), register('b'), register('a'), list({ MaxResults: 1 })],
    request: list({ NextToken: '{token}' }),
    answer: { Consumers: [consumer('b')] },
  },
  {
    name: 'a token for consumers is good for five minutes',
    before: [create(), register('b'), register('a'), list({ MaxResults: 1 }), wait(300_001)],
    request: list({ NextToken: '{token}' }),
    refusal: { code: 'ExpiredNextTokenException' },
  },
  { name: 'a stream may have no consumers', before: [create()], request: list(), answer: { Consumers: [] } },
  {
    name: 'a stream counts its consumers',
    before: [create(), register('a'), register('b'), deregister],
    request: ['DescribeStreamSummary', { StreamName: '{s}' }],
    answer: {
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
        ConsumerCount: 1,
        MaxRecordSizeInKiB: 1_024,
      },
    },
  },
  {
    name: 'a consumer is registered with tags',
    before: [create(), register('app', { Tags: { team: 'shop' } })],
    request: ['ListTagsForResource', { ResourceARN: '{consumer}' }],
    answer: { Tags: [{ Key: 'team', Value: 'shop' }] },
  },
  {
    name: 'deregistering answers nothing',
    before: [create(), register()],
    request: deregister,
    answer: {},
  },
  {
    name: 'a consumer that is deregistered is gone',
    before: [create(), register(), deregister],
    request: byName,
    refusal: noSuchConsumer('app'),
  },
  {
    name: 'a consumer is deregistered once',
    before: [create(), register(), deregister],
    request: deregister,
    refusal: noSuchConsumer('app'),
  },
  {
    name: 'a name is taken once',
    before: [create(), register()],
    request: register(),
    refusal: { code: 'ResourceInUseException' },
  },
  {
    name: 'a stream with consumers is not deleted',
    before: [create(), register()],
    request: ['DeleteStream', { StreamName: '{s}' }],
    refusal: { code: 'ResourceInUseException' },
  },
  {
    name: 'a stream with consumers is deleted if that is said',
    before: [create(), register()],
    request: ['DeleteStream', { StreamName: '{s}', EnforceConsumerDeletion: true }],
    answer: {},
  },
  {
    name: 'a consumer of no stream',
    request: register(),
    refusal: notFound('Stream {s} under account 000000000000 not found.'),
  },
  {
    name: 'a consumer without a name',
    before: [create()],
    request: ['RegisterStreamConsumer', { StreamARN: '{arn}' }],
    refusal: violation(null, 'consumerName', 'not be null'),
  },
  {
    name: 'a consumer whose name is none',
    before: [create()],
    request: register('a b'),
    refusal: violation('a b', 'consumerName', 'satisfy regular expression pattern: [a-zA-Z0-9_.-]+'),
  },
  {
    name: 'a consumer with a tag of AWS',
    before: [create()],
    request: register('app', { Tags: { 'aws:team': 'shop' } }),
    refusal: { code: 'InvalidArgumentException' },
  },
  { name: 'describing nobody', request: describe({}), refusal: unnamed },
  {
    name: 'describing a name without a stream',
    request: describe({ ConsumerName: 'app' }),
    refusal: unnamed,
  },
  {
    name: 'describing two consumers in one',
    before: [create(), register()],
    request: describe({ ConsumerARN: '{consumer}', ConsumerName: 'other' }),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a consumer by what is no ARN',
    request: describe({ ConsumerARN: 'app' }),
    refusal: violation('app', 'consumerARN', `satisfy regular expression pattern: ^${arnPattern}`),
  },
  {
    name: 'a consumer by the ARN of another time',
    before: [create(), register()],
    request: describe({ ConsumerARN: '{arn}/consumer/app:1' }),
    refusal: noSuchConsumer('app'),
  },
  {
    name: 'a page of no consumers',
    before: [create()],
    request: list({ MaxResults: 0 }),
    refusal: violation('0', 'maxResults', 'have value greater than or equal to 1'),
  },
  {
    name: 'a token that is none',
    before: [create()],
    request: list({ NextToken: 'token' }),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a subscription of nobody',
    before: [create()],
    request: subscribe({ ConsumerARN: '{arn}/consumer/app:1' }),
    refusal: noSuchConsumer('app'),
  },
  {
    name: 'a subscription to no shard',
    before: [create(), register()],
    request: subscribe({ ShardId: shardId(7) }),
    refusal: notFound(`Shard ${shardId(7)} in stream {s} under account 000000000000 does not exist`),
  },
  {
    name: 'a subscription from nowhere',
    before: [create(), register()],
    request: subscribe({ StartingPosition: { Type: 'SOMEWHERE' } }),
    refusal: violation(
      'SOMEWHERE',
      'startingPosition.type',
      'satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]',
    ),
  },
  {
    name: 'a subscription without a position',
    before: [create(), register()],
    request: subscribe({ StartingPosition: undefined }),
    refusal: violation(null, 'startingPosition', 'not be null'),
  },
  {
    name: 'a subscription from a sequence number of elsewhere',
    before: [create(), register()],
    request: subscribe({ StartingPosition: { Type: 'AT_SEQUENCE_NUMBER', SequenceNumber: '7' } }),
    refusal: { code: 'InvalidArgumentException' },
  },
  {
    name: 'a subscription with nothing said',
    request: ['SubscribeToShard', {}],
    refusal: validation(
      "3 validation errors detected: Value null at 'consumerARN' failed to satisfy constraint: Member must not be null; Value null at 'shardId' failed to satisfy constraint: Member must not be null; Value null at 'startingPosition' failed to satisfy constraint: Member must not be null",
    ),
  },
]
