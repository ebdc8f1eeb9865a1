import { ANY, answers, type Case, entry, fails, FIFO, missingQueue, QueueUrl, refusal, step } from './case.ts'

const badName = refusal(
  'InvalidParameterValueException',
  'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
)
const invalidAttribute = refusal('InvalidAttributeValue')

const defaults = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
}
const provided = {
  ApproximateNumberOfMessages: '0',
  ApproximateNumberOfMessagesDelayed: '0',
  ApproximateNumberOfMessagesNotVisible: '0',
  QueueArn: '{arn}',
}
const fifoDefaults = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoQueue: 'true',
  FifoThroughputLimit: 'perQueue',
}
const ranges: readonly (readonly [string, number, number])[] = [
  ['VisibilityTimeout', 0, 43_200],
  ['MaximumMessageSize', 1_024, 1_048_576],
  ['MessageRetentionPeriod', 60, 1_209_600],
  ['DelaySeconds', 0, 900],
  ['ReceiveMessageWaitTimeSeconds', 0, 20],
  ['KmsDataKeyReusePeriodSeconds', 60, 86_400],
]

const attributesOf = (...AttributeNames: string[]) =>
  ['GetQueueAttributes', { QueueUrl, AttributeNames }] as const
const setTo = (Attributes: Record<string, string>) =>
  ['SetQueueAttributes', { QueueUrl, Attributes }] as const
const redrive = (deadLetterTargetArn: string, maxReceiveCount: unknown) =>
  JSON.stringify({ deadLetterTargetArn, maxReceiveCount })

const names: readonly Case[] = [
  entry('a queue has a URL', ['CreateQueue', { QueueName: '{queue}' }], answers({ QueueUrl }), {
    queue: null,
  }),
  entry(
    'the same queue again is the same queue',
    ['CreateQueue', { QueueName: '{queue}' }],
    answers({ QueueUrl }),
  ),
  entry(
    'the same attributes again are the same queue',
    ['CreateQueue', { QueueName: '{queue}', Attributes: { DelaySeconds: '5' } }],
    answers({ QueueUrl }),
    { queue: { DelaySeconds: '5' } },
  ),
  entry(
    'another value of an attribute is another queue',
    ['CreateQueue', { QueueName: '{queue}', Attributes: { VisibilityTimeout: '5' } }],
    fails(
      refusal(
        'QueueNameExists',
        'A queue already exists with the same name and a different value for attribute VisibilityTimeout',
      ),
    ),
  ),
  ...['or.ders', 'or ders', 'orders!', 'ö', 'x'.repeat(81)].map((QueueName) =>
    entry(`no queue is called ${QueueName.slice(0, 10)}`, ['CreateQueue', { QueueName }], fails(badName), {
      queue: null,
    }),
  ),
  entry(
    'a FIFO queue has a URL',
    ['CreateQueue', { QueueName: '{queue}', Attributes: FIFO }],
    answers({ QueueUrl }),
    {
      queue: FIFO,
    },
  ),
  entry(
    'only a name that ends in .fifo can be FIFO',
    ['CreateQueue', { QueueName: 'standard', Attributes: FIFO }],
    fails(refusal('InvalidAttributeName', 'Unknown Attribute FifoQueue.')),
    { queue: null },
  ),
  entry('tags may come with a queue', ['ListQueueTags', { QueueUrl }], answers({ Tags: { team: 'a&b' } }), {
    queue: null,
    before: [step('CreateQueue', { QueueName: '{queue}', tags: { team: 'a&b' } })],
  }),
  entry('a queue is found by name', ['GetQueueUrl', { QueueName: '{queue}' }], answers({ QueueUrl })),
  entry(
    'no queue is found by a name that none has',
    ['GetQueueUrl', { QueueName: '{queue}' }],
    fails(missingQueue),
    {
      queue: null,
    },
  ),
  entry('a list of no queues has no member', ['ListQueues', { QueueNamePrefix: '{queue}' }], answers({}), {
    queue: null,
  }),
  entry(
    'queues are listed by prefix',
    ['ListQueues', { QueueNamePrefix: '{queue}' }],
    answers({ QueueUrls: [QueueUrl] }),
  ),
  entry(
    'a page of queues has the token of the next',
    ['ListQueues', { QueueNamePrefix: '{queue}', MaxResults: 1 }],
    answers({ QueueUrls: [QueueUrl], NextToken: ANY }),
    { before: [step('CreateQueue', { QueueName: '{queue}-second' })] },
  ),
  entry('a deleted queue is gone', ['GetQueueUrl', { QueueName: '{queue}' }], fails(missingQueue), {
    before: [step('DeleteQueue', { QueueUrl })],
  }),
]

const missing: readonly Case[] = [
  ['GetQueueAttributes', { AttributeNames: ['All'] }],
  ['SetQueueAttributes', { Attributes: { DelaySeconds: '1' } }],
  ['SendMessage', { MessageBody: 'a' }],
  ['SendMessageBatch', { Entries: [{ Id: 'a', MessageBody: 'a' }] }],
  ['ReceiveMessage', {}],
  ['DeleteMessage', { ReceiptHandle: 'a' }],
  ['DeleteMessageBatch', { Entries: [{ Id: 'a', ReceiptHandle: 'a' }] }],
  ['ChangeMessageVisibility', { ReceiptHandle: 'a', VisibilityTimeout: 1 }],
  ['ChangeMessageVisibilityBatch', { Entries: [{ Id: 'a', ReceiptHandle: 'a', VisibilityTimeout: 1 }] }],
  ['PurgeQueue', {}],
  ['DeleteQueue', {}],
  ['ListDeadLetterSourceQueues', {}],
  ['TagQueue', { Tags: { a: 'b' } }],
  ['UntagQueue', { TagKeys: ['a'] }],
  ['ListQueueTags', {}],
].map(([operation, input]) =>
  entry(
    `${operation as string} needs a queue that is there`,
    [operation as string, { QueueUrl, ...(input as object) }],
    fails(missingQueue),
    { queue: null },
  ),
)

const attributes: readonly Case[] = [
  entry(
    'all attributes of a queue',
    attributesOf('All'),
    answers({
      Attributes: { ...defaults, ...provided, CreatedTimestamp: ANY, LastModifiedTimestamp: ANY },
    }),
  ),
  entry(
    'all attributes of a FIFO queue',
    attributesOf('All'),
    answers({
      Attributes: {
        ...defaults,
        ...provided,
        ...fifoDefaults,
        CreatedTimestamp: ANY,
        LastModifiedTimestamp: ANY,
      },
    }),
    { queue: FIFO },
  ),
  entry('no attributes without a name', ['GetQueueAttributes', { QueueUrl }], answers({})),
  ...Object.entries({ ...defaults, ...provided, CreatedTimestamp: ANY }).map(([name, value]) =>
    entry(`the attribute ${name} alone`, attributesOf(name), answers({ Attributes: { [name]: value } })),
  ),
  ...Object.entries(fifoDefaults).map(([name, value]) =>
    entry(
      `the attribute ${name} of a FIFO queue`,
      attributesOf(name),
      answers({ Attributes: { [name]: value } }),
      {
        queue: FIFO,
      },
    ),
  ),
  ...ranges.flatMap(([name, least, most]) => [
    ...[least, most].map((value) =>
      entry(`${name} can be ${value}`, setTo({ [name]: String(value) }), answers({})),
    ),
    ...[least - 1, most + 1, 'x'].map((value) =>
      entry(`${name} cannot be ${value}`, setTo({ [name]: String(value) }), fails(invalidAttribute)),
    ),
  ]),
  entry(
    'a value that was set is shown',
    attributesOf('DelaySeconds'),
    answers({ Attributes: { DelaySeconds: '7' } }),
    {
      before: [step(...setTo({ DelaySeconds: '7' }))],
    },
  ),
  entry(
    'a standard queue has no deduplication scope',
    setTo({ DeduplicationScope: 'queue' }),
    fails(
      refusal(
        'InvalidAttributeValue',
        'You can specify the DeduplicationScope only when FifoQueue is set to true.',
      ),
    ),
  ),
  entry(
    'a queue stays FIFO',
    setTo({ FifoQueue: 'false' }),
    fails(
      refusal(
        'InvalidAttributeValue',
        'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
      ),
    ),
    { queue: FIFO },
  ),
  entry('deduplication by content can be set', setTo({ ContentBasedDeduplication: 'true' }), answers({}), {
    queue: FIFO,
  }),
  entry(
    'throughput for each group goes with deduplication in each group',
    setTo({ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }),
    answers({}),
    { queue: FIFO },
  ),
  entry(
    'throughput for each group needs deduplication in each group',
    setTo({ FifoThroughputLimit: 'perMessageGroupId' }),
    fails(invalidAttribute),
    { queue: FIFO },
  ),
]

const deadLetters: readonly Case[] = [
  entry('a redrive policy is taken', setTo({ RedrivePolicy: redrive('{deadArn}', 3) }), answers({}), {
    dead: {},
  }),
  entry('an empty redrive policy removes it', attributesOf('RedrivePolicy'), answers({}), {
    dead: {},
    before: [
      step(...setTo({ RedrivePolicy: redrive('{deadArn}', 3) })),
      step(...setTo({ RedrivePolicy: '' })),
    ],
  }),
  entry(
    'a redrive policy needs both members',
    setTo({ RedrivePolicy: '{"maxReceiveCount":3}' }),
    fails(refusal('InvalidParameterValueException')),
  ),
  entry(
    'the dead-letter queue of a standard queue is standard',
    setTo({ RedrivePolicy: redrive('{arn}.fifo', 3) }),
    fails(refusal('InvalidParameterValueException')),
  ),
  entry(
    'the sources of a dead-letter queue are listed, with a small letter',
    ['ListDeadLetterSourceQueues', { QueueUrl: '{deadUrl}' }],
    answers({ queueUrls: [QueueUrl] }),
    { dead: {}, before: [step(...setTo({ RedrivePolicy: redrive('{deadArn}', 3) }))] },
  ),
  ...['allowAll', 'denyAll'].map((redrivePermission) =>
    entry(
      `${redrivePermission} is taken`,
      setTo({ RedriveAllowPolicy: JSON.stringify({ redrivePermission }) }),
      answers({}),
    ),
  ),
  entry(
    'a message that was received too often moves, with its id, its count and where it was',
    [
      'ReceiveMessage',
      { QueueUrl: '{deadUrl}', AttributeNames: ['ApproximateReceiveCount', 'DeadLetterQueueSourceArn'] },
    ],
    answers({
      Messages: [
        {
          MessageId: '{id}',
          ReceiptHandle: ANY,
          Body: 'a',
          MD5OfBody: '0cc175b9c0f1b6a831c399e269772661',
          Attributes: { ApproximateReceiveCount: '2', DeadLetterQueueSourceArn: '{arn}' },
        },
      ],
    }),
    {
      dead: {},
      before: [
        step(...setTo({ RedrivePolicy: redrive('{deadArn}', 1) })),
        step('SendMessage', { QueueUrl, MessageBody: 'a' }, { id: 'MessageId' }),
        step('ReceiveMessage', { QueueUrl, VisibilityTimeout: 0 }),
        step('ReceiveMessage', { QueueUrl }),
      ],
    },
  ),
]

const moves: readonly Case[] = [
  entry(
    'messages are moved out of a dead-letter queue',
    ['StartMessageMoveTask', { SourceArn: '{deadArn}' }],
    answers({ TaskHandle: ANY }),
    {
      dead: {},
      before: [step(...setTo({ RedrivePolicy: redrive('{deadArn}', 3) }))],
    },
  ),
  entry(
    'a queue without move tasks has none to list',
    ['ListMessageMoveTasks', { SourceArn: '{deadArn}' }],
    answers({}),
    {
      dead: {},
      before: [step(...setTo({ RedrivePolicy: redrive('{deadArn}', 3) }))],
    },
  ),
  entry(
    'only the messages of a dead-letter queue are moved',
    ['StartMessageMoveTask', { SourceArn: '{arn}' }],
    fails(
      refusal('InvalidParameterValueException', 'Source queue must be configured as a Dead Letter Queue.'),
    ),
  ),
  entry(
    'the source of a move is there',
    ['StartMessageMoveTask', { SourceArn: '{arn}' }],
    fails(
      refusal(
        'ResourceNotFoundException',
        "The resource that you specified for the SourceArn parameter doesn't exist.",
      ),
    ),
    { queue: null },
  ),
  entry(
    'the destination of a move is there',
    ['StartMessageMoveTask', { SourceArn: '{deadArn}', DestinationArn: '{arn}-nowhere' }],
    fails(
      refusal(
        'ResourceNotFoundException',
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
      ),
    ),
    { dead: {}, before: [step(...setTo({ RedrivePolicy: redrive('{deadArn}', 3) }))] },
  ),
  entry(
    'a handle of a move is one',
    ['CancelMessageMoveTask', { TaskHandle: 'garbage' }],
    fails(refusal('InvalidParameterValueException', 'Value for parameter TaskHandle is invalid.')),
  ),
]

const tags: readonly Case[] = [
  entry('a queue without tags has none to list', ['ListQueueTags', { QueueUrl }], answers({})),
  entry('tags are kept', ['ListQueueTags', { QueueUrl }], answers({ Tags: { a: '1', b: '2' } }), {
    before: [step('TagQueue', { QueueUrl, Tags: { a: '1', b: '2' } })],
  }),
  entry('tags are removed', ['ListQueueTags', { QueueUrl }], answers({ Tags: { b: '2' } }), {
    before: [
      step('TagQueue', { QueueUrl, Tags: { a: '1', b: '2' } }),
      step('UntagQueue', { QueueUrl, TagKeys: ['a'] }),
    ],
  }),
  entry('a queue is purged', ['PurgeQueue', { QueueUrl }], answers({})),
  entry(
    'a queue is purged once a minute',
    ['PurgeQueue', { QueueUrl }],
    fails(
      refusal(
        'PurgeQueueInProgress',
        'Only one PurgeQueue operation on {queue} is allowed every 60 seconds.',
      ),
    ),
    { before: [step('PurgeQueue', { QueueUrl })] },
  ),
]

/** Queues and all that is said of them. */
export const queueCases: readonly Case[] = [
  ...names,
  ...missing,
  ...attributes,
  ...deadLetters,
  ...moves,
  ...tags,
]
