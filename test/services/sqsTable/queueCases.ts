import { invalid, missing, type SqsCase, standard, fifo } from './sqsCase.ts'

const attributesOf = (suffix: string, AttributeNames: readonly string[] = ['All']): SqsCase['request'] => [
  'GetQueueAttributes',
  { QueueUrl: `{url}${suffix}`, AttributeNames },
]

const set = (Attributes: Readonly<Record<string, string>>, suffix = ''): SqsCase['request'] => [
  'SetQueueAttributes',
  { QueueUrl: `{url}${suffix}`, Attributes },
]

const provided = (suffix: string): Readonly<Record<string, string>> => ({
  ApproximateNumberOfMessages: '0',
  ApproximateNumberOfMessagesDelayed: '0',
  ApproximateNumberOfMessagesNotVisible: '0',
  CreatedTimestamp: '<digits>',
  LastModifiedTimestamp: '<digits>',
  QueueArn: `{arn}${suffix}`,
})

const defaults: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
}

const fifoDefaults: Readonly<Record<string, string>> = {
  FifoQueue: 'true',
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
}

const ranges: readonly (readonly [name: string, least: number, most: number])[] = [
  ['VisibilityTimeout', 0, 43_200],
  ['MaximumMessageSize', 1_024, 1_048_576],
  ['MessageRetentionPeriod', 60, 1_209_600],
  ['DelaySeconds', 0, 900],
  ['ReceiveMessageWaitTimeSeconds', 0, 20],
]

const inRange = ranges.flatMap(([name, least, most]) =>
  [least, most].map((value): SqsCase => ({
    name: `${name} ${value}`,
    before: [standard(), set({ [name]: String(value) })],
    request: attributesOf('', [name]),
    answer: { Attributes: { [name]: String(value) } },
  })),
)

const beyond = [...ranges, ['KmsDataKeyReusePeriodSeconds', 60, 86_400] as const].flatMap(
  ([name, least, most]) =>
    [String(least - 1), String(most + 1), 'many'].map((value): SqsCase => ({
      name: `${name} ${value}`,
      before: [standard()],
      request: set({ [name]: value }),
      refusal: { code: 'InvalidAttributeValue' },
    })),
)

const byDefault = Object.entries(defaults).map(([name, value]): SqsCase => ({
  name: `${name} by default`,
  before: [standard()],
  request: attributesOf('', [name]),
  answer: { Attributes: { [name]: value } },
}))

const readOnly = Object.keys(provided('')).map((name): SqsCase => ({
  name: `${name} cannot be set`,
  before: [standard()],
  request: set({ [name]: '1' }),
  refusal: { code: 'InvalidAttributeName' },
}))

const badName = invalid(
  'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
)

const badNames = ['or.ders', 'or ders', 'a/b', 'x'.repeat(81), 'no-attribute.fifo'].map(
  (QueueName): SqsCase => ({
    name: `a queue named ${QueueName}`,
    request: ['CreateQueue', { QueueName }],
    refusal: badName,
  }),
)

const missingQueue = {
  code: 'QueueDoesNotExist',
  message: 'The specified queue does not exist.',
  queryMessage: 'The specified queue does not exist for this wsdl version.',
}

const onNoQueue: readonly SqsCase['request'][] = [
  ['GetQueueUrl', { QueueName: '{q}' }],
  ['DeleteQueue', { QueueUrl: '{url}' }],
  ['PurgeQueue', { QueueUrl: '{url}' }],
  attributesOf(''),
  set({ DelaySeconds: '1' }),
  ['SendMessage', { QueueUrl: '{url}', MessageBody: 'a' }],
  ['SendMessageBatch', { QueueUrl: '{url}', Entries: [{ Id: 'a', MessageBody: 'a' }] }],
  ['ReceiveMessage', { QueueUrl: '{url}' }],
  ['DeleteMessage', { QueueUrl: '{url}', ReceiptHandle: 'a' }],
  ['DeleteMessageBatch', { QueueUrl: '{url}', Entries: [{ Id: 'a', ReceiptHandle: 'a' }] }],
  ['ChangeMessageVisibility', { QueueUrl: '{url}', ReceiptHandle: 'a', VisibilityTimeout: 1 }],
  ['ListDeadLetterSourceQueues', { QueueUrl: '{url}' }],
  ['ListQueueTags', { QueueUrl: '{url}' }],
  ['TagQueue', { QueueUrl: '{url}', Tags: { a: 'b' } }],
  ['UntagQueue', { QueueUrl: '{url}', TagKeys: ['a'] }],
]

const redrive = (target: string): string => `{"deadLetterTargetArn":"{arn}${target}","maxReceiveCount":2}`

const [standardDead, fifoDead] = [standard({}, '-dead'), fifo({}, '-dead')]

/** Queues: made, found, listed, described, tagged, given a dead-letter queue (section 8.2 and 8.4). */
export const queueCases: readonly SqsCase[] = [
  { name: 'a new queue', request: standard(), answer: { QueueUrl: '{url}' } },
  { name: 'a new FIFO queue', request: fifo(), answer: { QueueUrl: '{url}.fifo' } },
  {
    name: 'the same queue again',
    before: [standard({ DelaySeconds: '3' })],
    request: standard({ DelaySeconds: '3' }),
    answer: { QueueUrl: '{url}' },
  },
  {
    name: 'the same queue without its attributes',
    before: [standard({ DelaySeconds: '3' })],
    request: ['CreateQueue', { QueueName: '{q}' }],
    answer: { QueueUrl: '{url}' },
  },
  {
    name: 'the same name with another attribute',
    before: [standard()],
    request: standard({ DelaySeconds: '3' }),
    refusal: {
      code: 'QueueNameExists',
      message: 'A queue already exists with the same name and a different value for attribute DelaySeconds',
    },
  },
  ...badNames,
  {
    name: 'a queue name of 80',
    request: ['CreateQueue', { QueueName: 'x'.repeat(80) }],
    answer: { QueueUrl: `{base}/000000000000/${'x'.repeat(80)}` },
  },
  {
    name: 'FifoQueue on a standard name',
    request: standard({ FifoQueue: 'true' }),
    refusal: { code: 'InvalidAttributeName', message: 'Unknown Attribute FifoQueue.' },
  },
  {
    name: 'a FIFO queue that shall be a standard one',
    before: [fifo()],
    request: set({ FifoQueue: 'false' }, '.fifo'),
    refusal: {
      code: 'InvalidAttributeValue',
      message: 'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    },
  },
  {
    name: 'DeduplicationScope on a standard queue',
    request: standard({ DeduplicationScope: 'queue' }),
    refusal: {
      code: 'InvalidAttributeValue',
      message: 'You can specify the DeduplicationScope only when FifoQueue is set to true.',
    },
  },
  {
    name: 'a throughput limit for each group without deduplication for each group',
    request: fifo({ FifoThroughputLimit: 'perMessageGroupId' }),
    refusal: { code: 'InvalidAttributeValue' },
  },
  {
    name: 'high throughput',
    before: [fifo({ FifoThroughputLimit: 'perMessageGroupId', DeduplicationScope: 'messageGroup' })],
    request: attributesOf('.fifo', ['FifoThroughputLimit', 'DeduplicationScope']),
    answer: { Attributes: { FifoThroughputLimit: 'perMessageGroupId', DeduplicationScope: 'messageGroup' } },
  },
  {
    name: 'deduplication by content switched on later',
    before: [fifo(), set({ ContentBasedDeduplication: 'true' }, '.fifo')],
    request: attributesOf('.fifo', ['ContentBasedDeduplication']),
    answer: { Attributes: { ContentBasedDeduplication: 'true' } },
  },
  {
    name: 'all attributes of a standard queue',
    before: [standard()],
    request: attributesOf(''),
    answer: { Attributes: { ...defaults, ...provided('') } },
  },
  {
    name: 'all attributes of a FIFO queue',
    before: [fifo()],
    request: attributesOf('.fifo'),
    answer: { Attributes: { ...defaults, ...fifoDefaults, ...provided('.fifo') } },
  },
  {
    name: 'no attributes without names',
    before: [standard()],
    request: ['GetQueueAttributes', { QueueUrl: '{url}' }],
    answer: {},
  },
  ...byDefault,
  ...inRange,
  ...beyond,
  ...readOnly,
  {
    name: 'an unknown attribute is set',
    before: [standard()],
    request: set({ Color: 'red' }),
    refusal: { code: 'InvalidAttributeName', message: 'Unknown Attribute Color.' },
  },
  {
    name: 'KmsDataKeyReusePeriodSeconds with a key',
    before: [standard({ KmsMasterKeyId: 'alias/aws/sqs' })],
    request: attributesOf('', ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds']),
    answer: { Attributes: { KmsMasterKeyId: 'alias/aws/sqs', KmsDataKeyReusePeriodSeconds: '300' } },
  },
  {
    name: 'a dead-letter queue',
    before: [standardDead, standard({ RedrivePolicy: redrive('-dead') })],
    request: attributesOf('', ['RedrivePolicy']),
    answer: { Attributes: { RedrivePolicy: redrive('-dead') } },
  },
  {
    name: 'a dead-letter queue taken away',
    before: [standardDead, standard({ RedrivePolicy: redrive('-dead') }), set({ RedrivePolicy: '' })],
    request: attributesOf('', ['RedrivePolicy']),
    answer: {},
  },
  {
    name: 'a redrive policy without its count',
    before: [standardDead],
    request: standard({ RedrivePolicy: '{"deadLetterTargetArn":"{arn}-dead"}' }),
    refusal: { code: 'InvalidParameterValueException' },
  },
  {
    name: 'a redrive policy without its target',
    request: standard({ RedrivePolicy: '{"maxReceiveCount":1}' }),
    refusal: { code: 'InvalidParameterValueException' },
  },
  {
    name: 'a FIFO dead-letter queue for a standard queue',
    before: [fifoDead],
    request: standard({ RedrivePolicy: redrive('-dead.fifo') }),
    refusal: { code: 'InvalidParameterValueException' },
  },
  {
    name: 'a standard dead-letter queue for a FIFO queue',
    before: [standardDead],
    request: fifo({ RedrivePolicy: redrive('-dead') }),
    refusal: { code: 'InvalidParameterValueException' },
  },
  ...['allowAll', 'denyAll'].map((permission): SqsCase => ({
    name: `RedriveAllowPolicy ${permission}`,
    before: [standard({ RedriveAllowPolicy: `{"redrivePermission":"${permission}"}` })],
    request: attributesOf('', ['RedriveAllowPolicy']),
    answer: { Attributes: { RedriveAllowPolicy: `{"redrivePermission":"${permission}"}` } },
  })),
  {
    name: 'RedriveAllowPolicy with eleven queues',
    request: standard({
      RedriveAllowPolicy: `{"redrivePermission":"byQueue","sourceQueueArns":[${Array(11).fill('"{arn}"').join()}]}`,
    }),
    refusal: { code: 'InvalidParameterValueException' },
  },
  {
    name: 'queues by prefix',
    before: [standard(), standard({}, '-b')],
    request: ['ListQueues', { QueueNamePrefix: '{q}' }],
    answer: { QueueUrls: ['{url}', '{url}-b'] },
  },
  { name: 'no queues by prefix', request: ['ListQueues', { QueueNamePrefix: '{q}' }], answer: {} },
  {
    name: 'the first page of queues',
    before: [standard(), standard({}, '-b'), standard({}, '-c')],
    request: ['ListQueues', { QueueNamePrefix: '{q}', MaxResults: 2 }],
    answer: { QueueUrls: ['{url}', '{url}-b'], NextToken: '<text>' },
  },
  {
    name: 'pages that end with the last queue',
    before: [standard(), standard({}, '-b')],
    request: ['ListQueues', { QueueNamePrefix: '{q}', MaxResults: 3 }],
    answer: { QueueUrls: ['{url}', '{url}-b'] },
  },
  {
    name: 'a queue’s URL',
    before: [standard()],
    request: ['GetQueueUrl', { QueueName: '{q}' }],
    answer: { QueueUrl: '{url}' },
  },
  {
    name: 'the URL of a deleted queue',
    before: [standard(), ['DeleteQueue', { QueueUrl: '{url}' }]],
    request: ['GetQueueUrl', { QueueName: '{q}' }],
    refusal: missingQueue,
  },
  ...onNoQueue.map((request): SqsCase => ({
    name: `${request[0]} without a queue`,
    request,
    refusal: missingQueue,
  })),
  { name: 'a queue without a name', request: ['CreateQueue', {}], refusal: missing('QueueName') },
  {
    name: 'the sources of a dead-letter queue',
    before: [standardDead, standard({ RedrivePolicy: redrive('-dead') })],
    request: ['ListDeadLetterSourceQueues', { QueueUrl: '{url}-dead' }],
    answer: { queueUrls: ['{url}'] },
  },
  {
    name: 'tags from the start',
    before: [['CreateQueue', { QueueName: '{q}', tags: { team: 'a&b' } }]],
    request: ['ListQueueTags', { QueueUrl: '{url}' }],
    answer: { Tags: { team: 'a&b' } },
  },
  {
    name: 'tags added, replaced and taken away',
    before: [
      standard(),
      ['TagQueue', { QueueUrl: '{url}', Tags: { a: '1', b: '2' } }],
      ['TagQueue', { QueueUrl: '{url}', Tags: { b: '3', c: '' } }],
      ['UntagQueue', { QueueUrl: '{url}', TagKeys: ['a'] }],
    ],
    request: ['ListQueueTags', { QueueUrl: '{url}' }],
    answer: { Tags: { b: '3', c: '' } },
  },
]
