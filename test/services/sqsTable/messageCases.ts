import {
  bodies,
  invalid,
  invalidValue,
  message,
  missing,
  receive,
  send,
  type SqsCase,
  standard,
} from './sqsCase.ts'

const text = (StringValue: string, DataType = 'String'): object => ({ DataType, StringValue })
const md5OfA = '0cc175b9c0f1b6a831c399e269772661'

/** The vectors of section 8.4. */
const vectors: readonly (readonly [attributes: Readonly<Record<string, object>>, md5: string])[] = [
  [
    { Title: text('The Whistler'), Author: text('John Grisham'), WeeksOn: text('6', 'Number') },
    'd25a6aea97eb8f585bfa92d314504a92',
  ],
  [{ Foo: text('Bar') }, 'ae7155c6026991b6d54b11589678bf9c'],
  [{ MyAttribute: text('foobar') }, 'adb59cd4678ea5a855436b949cd07ab6'],
  [
    { Kind: text('order'), Blob: { DataType: 'Binary', BinaryValue: { $bytes: 'AQID' } } },
    '2474ddd69c9886aa94c69d4b53a6e312',
  ],
]

const digests = vectors.flatMap(([MessageAttributes, md5]): SqsCase[] => {
  const names = Object.keys(MessageAttributes).join()
  return [
    {
      name: `the digest of ${names} when sent`,
      before: [standard()],
      request: send('a', { MessageAttributes }),
      answer: { MessageId: '<uuid>', MD5OfMessageBody: md5OfA, MD5OfMessageAttributes: md5 },
    },
    {
      name: `the digest of ${names} when received`,
      before: [standard(), send('a', { MessageAttributes })],
      request: receive({ MessageAttributeNames: ['All'] }),
      answer: { Messages: [message('a', { MD5OfMessageAttributes: md5, MessageAttributes })] },
    },
  ]
})

const entries = (count: number, more: object = {}): readonly object[] =>
  Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, MessageBody: 'a', ...more }))

const sendBatch = (Entries: readonly object[]): SqsCase['request'] => [
  'SendMessageBatch',
  { QueueUrl: '{url}', Entries },
]

const succeeded = (Id: string, more: object = {}): object => ({
  Id,
  MessageId: '<uuid>',
  MD5OfMessageBody: '<md5>',
  ...more,
})

const system = {
  SenderId: '<text>',
  SentTimestamp: '<digits>',
  ApproximateReceiveCount: '1',
  ApproximateFirstReceiveTimestamp: '<digits>',
}
const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
const traced = send('a', { MessageSystemAttributes: { AWSTraceHeader: text(trace) } })
const attributed = send('a', { MessageAttributes: { 'a.x': text('1'), 'a.y': text('2'), b: text('3') } })

const systemAttribute = (name: keyof typeof system): readonly SqsCase[] =>
  ['AttributeNames', 'MessageSystemAttributeNames'].map((parameter) => ({
    name: `${name} by ${parameter}`,
    before: [standard(), send('a')],
    request: receive({ [parameter]: [name] }),
    answer: { Messages: [message('a', { Attributes: { [name]: system[name] } })] },
  }))

const badGroup = (value: string): SqsCase => ({
  name: `the group "${value.slice(0, 12)}" on a standard queue`,
  before: [standard()],
  request: send('a', { MessageGroupId: value }),
  refusal: invalidValue(
    value,
    'MessageGroupId',
    'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  ),
})

const badBatchIds = ['', 'a b', 'a.b', 'x'.repeat(81)].map((Id): SqsCase => ({
  name: `a batch entry named "${Id.slice(0, 12)}"`,
  before: [standard()],
  request: sendBatch([{ Id, MessageBody: 'a' }]),
  refusal: { code: 'InvalidBatchEntryId' },
}))

const tooLong = invalid(
  'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
)
const tooLongFor1024 =
  'One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.'

/** Messages sent and received on standard queues (sections 8.2 to 8.5). */
export const messageCases: readonly SqsCase[] = [
  {
    name: 'a message',
    before: [standard()],
    request: send('a'),
    answer: { MessageId: '<uuid>', MD5OfMessageBody: md5OfA },
  },
  {
    name: 'the digest of a body in UTF-8',
    before: [standard()],
    request: send('é'),
    answer: { MessageId: '<uuid>', MD5OfMessageBody: '66ddcd97cfdeabb2f6fb8a999b4bc76f' },
  },
  ...digests,
  { name: 'no message', before: [standard()], request: receive(), answer: {} },
  { name: 'a message as sent', before: [standard(), send('a')], request: receive(), answer: bodies('a') },
  ...['<a> "quoted" & \'more\'', 'a\r\nb\tc', '{"z": 1,  "a": 2}', '🚀 ü'].map((body): SqsCase => ({
    name: `the body ${JSON.stringify(body)}`,
    before: [standard(), send(body)],
    request: receive(),
    answer: bodies(body),
  })),
  {
    name: 'one message unless more are asked for',
    before: [standard(), send('a'), send('a')],
    request: receive(),
    answer: bodies('a'),
  },
  {
    name: 'no more than are asked for',
    before: [standard(), send('a'), send('a'), send('a')],
    request: receive({ MaxNumberOfMessages: 2 }),
    answer: bodies('a', 'a'),
  },
  ...[0, 11].map((value): SqsCase => ({
    name: `MaxNumberOfMessages ${value}`,
    before: [standard()],
    request: receive({ MaxNumberOfMessages: value }),
    refusal: invalidValue(value, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.'),
  })),
  ...[-1, 21].map((value): SqsCase => ({
    name: `WaitTimeSeconds ${value}`,
    before: [standard()],
    request: receive({ WaitTimeSeconds: value }),
    refusal: invalidValue(value, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.'),
  })),
  ...systemAttribute('SenderId'),
  ...systemAttribute('SentTimestamp'),
  ...systemAttribute('ApproximateReceiveCount'),
  ...systemAttribute('ApproximateFirstReceiveTimestamp'),
  {
    name: 'all system attributes',
    before: [standard(), send('a')],
    request: receive({ MessageSystemAttributeNames: ['All'] }),
    answer: { Messages: [message('a', { Attributes: system })] },
  },
  {
    name: 'a trace header',
    before: [standard(), traced],
    request: receive({ AttributeNames: ['All'] }),
    answer: { Messages: [message('a', { Attributes: { ...system, AWSTraceHeader: trace } })] },
  },
  {
    name: 'a group on a standard queue',
    before: [standard(), send('a', { MessageGroupId: 'g' })],
    request: receive({ AttributeNames: ['All'] }),
    answer: { Messages: [message('a', { Attributes: { ...system, MessageGroupId: 'g' } })] },
  },
  badGroup('group 123'),
  badGroup('x'.repeat(129)),
  {
    name: 'no message attributes unless asked for',
    before: [standard(), attributed],
    request: receive(),
    answer: bodies('a'),
  },
  {
    name: 'message attributes by prefix, with a digest of their own',
    before: [standard(), attributed],
    request: receive({ MessageAttributeNames: ['a.*'] }),
    answer: {
      Messages: [
        message('a', {
          MD5OfMessageAttributes: '<md5>',
          MessageAttributes: { 'a.x': text('1'), 'a.y': text('2') },
        }),
      ],
    },
  },
  {
    name: 'the digest of only the attribute that is returned',
    before: [standard(), send('a', { MessageAttributes: { Foo: text('Bar'), Other: text('x') } })],
    request: receive({ MessageAttributeNames: ['Foo'] }),
    answer: {
      Messages: [
        message('a', {
          MD5OfMessageAttributes: 'ae7155c6026991b6d54b11589678bf9c',
          MessageAttributes: { Foo: text('Bar') },
        }),
      ],
    },
  },
  {
    name: 'an attribute of a custom type',
    before: [standard(), send('a', { MessageAttributes: { n: text('7', 'Number.int') } })],
    request: receive({ MessageAttributeNames: ['n'] }),
    answer: {
      Messages: [
        message('a', { MD5OfMessageAttributes: '<md5>', MessageAttributes: { n: text('7', 'Number.int') } }),
      ],
    },
  },
  {
    name: 'visibility 0 leaves a message visible',
    before: [standard(), send('a'), receive({ VisibilityTimeout: 0 })],
    request: receive(),
    answer: bodies('a'),
  },
  {
    name: 'a received message is not visible',
    before: [standard(), send('a'), receive()],
    request: receive(),
    answer: {},
  },
  {
    name: 'a second receive counts two',
    before: [
      standard(),
      send('a'),
      receive(),
      ['ChangeMessageVisibility', { QueueUrl: '{url}', ReceiptHandle: '{handle}', VisibilityTimeout: 0 }],
    ],
    request: receive({ AttributeNames: ['ApproximateReceiveCount'] }),
    answer: { Messages: [message('a', { Attributes: { ApproximateReceiveCount: '2' } })] },
  },
  {
    name: 'a delayed message',
    before: [standard(), send('a', { DelaySeconds: 5 })],
    request: receive(),
    answer: {},
  },
  {
    name: 'the queue’s delay',
    before: [standard({ DelaySeconds: '5' }), send('a')],
    request: receive(),
    answer: {},
  },
  {
    name: 'a message’s delay overrides the queue’s',
    before: [standard({ DelaySeconds: '5' }), send('a', { DelaySeconds: 0 })],
    request: receive(),
    answer: bodies('a'),
  },
  {
    name: 'counts of messages',
    before: [standard(), send('a'), send('b'), receive(), send('c', { DelaySeconds: 9 })],
    request: [
      'GetQueueAttributes',
      {
        QueueUrl: '{url}',
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      },
    ],
    answer: {
      Attributes: {
        ApproximateNumberOfMessages: '1',
        ApproximateNumberOfMessagesNotVisible: '1',
        ApproximateNumberOfMessagesDelayed: '1',
      },
    },
  },
  {
    name: 'no body',
    before: [standard()],
    request: ['SendMessage', { QueueUrl: '{url}' }],
    refusal: missing('MessageBody'),
  },
  {
    name: 'a body that is too long',
    before: [standard()],
    request: send('x'.repeat(1_048_577)),
    refusal: tooLong,
  },
  {
    name: 'a body and attributes that are too long together',
    before: [standard()],
    request: send('x'.repeat(1_048_573), { MessageAttributes: { A: text('x') } }),
    refusal: tooLong,
  },
  {
    name: 'an attribute without a value',
    before: [standard()],
    request: send('a', { MessageAttributes: { X: text('') } }),
    refusal: invalid("Message (user) attribute 'X' must contain a non-empty value of type 'String'."),
  },
  {
    name: 'eleven message attributes',
    before: [standard()],
    request: send('a', {
      MessageAttributes: Object.fromEntries(
        Array.from({ length: 11 }, (_, index) => [`a${index}`, text('x')]),
      ),
    }),
    refusal: { code: 'InvalidParameterValueException' },
  },
  {
    name: 'an attribute’s name of 257',
    before: [standard()],
    request: send('a', { MessageAttributes: { ['x'.repeat(257)]: text('x') } }),
    refusal: { code: 'InvalidParameterValueException' },
  },
  ...['\u0001', '\u001f', '\ufffe'].map((character): SqsCase => ({
    name: `a body with ${JSON.stringify(character)}`,
    before: [standard()],
    request: send(`a${character}`),
    refusal: { code: 'InvalidMessageContents' },
  })),
  {
    name: 'a batch',
    before: [standard()],
    request: sendBatch([
      { Id: 'one', MessageBody: 'a' },
      { Id: 'two_2-', MessageBody: 'b' },
    ]),
    answer: { Successful: [succeeded('one'), succeeded('two_2-')] },
  },
  {
    name: 'a batch of ten',
    before: [standard(), sendBatch(entries(10))],
    request: receive({ MaxNumberOfMessages: 10 }),
    answer: bodies(...Array<string>(10).fill('a')),
  },
  {
    name: 'a batch entry too long for its queue',
    before: [standard({ MaximumMessageSize: '1024' })],
    request: sendBatch([
      { Id: 'good', MessageBody: 'a' },
      { Id: 'long', MessageBody: 'x'.repeat(1_025) },
    ]),
    answer: {
      Successful: [succeeded('good')],
      Failed: [{ Id: 'long', SenderFault: true, Code: 'InvalidParameterValue', Message: tooLongFor1024 }],
    },
  },
  {
    name: 'a batch that is too long',
    before: [standard()],
    request: sendBatch([
      { Id: 'a', MessageBody: 'x'.repeat(600_000) },
      { Id: 'b', MessageBody: 'x'.repeat(600_000) },
    ]),
    refusal: {
      code: 'BatchRequestTooLong',
      message: 'Batch requests cannot be longer than 1048576 bytes. You have sent 1200000 bytes.',
    },
  },
  ...[11, 20].map((count): SqsCase => ({
    name: `${count} entries`,
    before: [standard()],
    request: sendBatch(entries(count)),
    refusal: {
      code: 'TooManyEntriesInBatchRequest',
      message: `Maximum number of entries per request are 10. You have sent ${count}.`,
    },
  })),
  ...badBatchIds,
  {
    name: 'the same id twice',
    before: [standard()],
    request: sendBatch([...entries(1), ...entries(1)]),
    refusal: { code: 'BatchEntryIdsNotDistinct' },
  },
  {
    name: 'an empty batch',
    before: [standard()],
    request: sendBatch([]),
    refusal: { code: 'EmptyBatchRequest' },
  },
]
