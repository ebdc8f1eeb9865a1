import {
  ANY,
  answers,
  type Case,
  entry,
  fails,
  FIFO,
  invalidValue,
  QueueUrl,
  refusal,
  step,
  type Step,
} from './case.ts'

const MD5_OF_A = '0cc175b9c0f1b6a831c399e269772661'
const byContent = { ...FIFO, ContentBasedDeduplication: 'true' }
const text = (StringValue: string, DataType = 'String') => ({ DataType, StringValue })
const invalidParameter = (message?: string) => refusal('InvalidParameterValueException', message)

const send = (input: object = {}) => ['SendMessage', { QueueUrl, MessageBody: 'a', ...input }] as const
const receive = (input: object = {}) => ['ReceiveMessage', { QueueUrl, ...input }] as const
const sent = (input: object = {}, save?: Record<string, string>): Step => step(...send(input), save)
const received = (input: object = {}): Step => step(...receive(input), { handle: 'Messages.0.ReceiptHandle' })
const batch = (Entries: readonly object[]) => ['SendMessageBatch', { QueueUrl, Entries }] as const
const message = (more: object = {}) => ({
  MessageId: ANY,
  ReceiptHandle: ANY,
  Body: 'a',
  MD5OfBody: MD5_OF_A,
  ...more,
})
const one = (more: object = {}) => answers({ Messages: [message(more)] })

/** The vectors of the reference. */
const digests: readonly (readonly [string, object, string])[] = [
  [
    'two texts and a number',
    { Title: text('The Whistler'), Author: text('John Grisham'), WeeksOn: text('6', 'Number') },
    'd25a6aea97eb8f585bfa92d314504a92',
  ],
  ['a text', { Foo: text('Bar') }, 'ae7155c6026991b6d54b11589678bf9c'],
  ['another text', { MyAttribute: text('foobar') }, 'adb59cd4678ea5a855436b949cd07ab6'],
  [
    'a text and bytes',
    { Kind: text('order'), Blob: { DataType: 'Binary', BinaryValue: { $base64: 'AQID' } } },
    '2474ddd69c9886aa94c69d4b53a6e312',
  ],
]

const sending: readonly Case[] = [
  entry('a message has an id and a digest', send(), answers({ MessageId: ANY, MD5OfMessageBody: MD5_OF_A })),
  entry(
    'a digest is that of UTF-8',
    send({ MessageBody: 'grüße 🐑 <&"\r\n\t' }),
    answers({ MessageId: ANY, MD5OfMessageBody: '5f6afb5692f8637beb96b6ab444878df' }),
  ),
  ...digests.map(([title, MessageAttributes, MD5OfMessageAttributes]) =>
    entry(
      `the digest of attributes: ${title}`,
      send({ MessageAttributes }),
      answers({ MessageId: ANY, MD5OfMessageBody: MD5_OF_A, MD5OfMessageAttributes }),
    ),
  ),
  entry(
    'a trace header is a system attribute, with a digest of its own',
    send({ MessageSystemAttributes: { AWSTraceHeader: text('Root=1-5759e988-bd862e3fe1be46a994272793') } }),
    answers({ MessageId: ANY, MD5OfMessageBody: MD5_OF_A, MD5OfMessageSystemAttributes: ANY }),
  ),
  entry(
    'no body',
    ['SendMessage', { QueueUrl, MessageBody: '' }],
    fails(
      refusal('MissingRequiredParameterException', 'The request must contain the parameter MessageBody.'),
    ),
  ),
  entry(
    'a body of more than the queue takes',
    send({ MessageBody: 'x'.repeat(1_025) }),
    fails(
      invalidParameter(
        'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
      ),
    ),
    { queue: { MaximumMessageSize: '1024' } },
  ),
  entry(
    'attributes count towards the size',
    send({ MessageBody: 'x'.repeat(1_020), MessageAttributes: { Foo: text('Bar') } }),
    fails(
      invalidParameter(
        'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
      ),
    ),
    { queue: { MaximumMessageSize: '1024' } },
  ),
  entry(
    'a body of just what the queue takes',
    ['GetQueueAttributes', { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }],
    answers({ Attributes: { ApproximateNumberOfMessages: '1' } }),
    {
      queue: { MaximumMessageSize: '1024' },
      before: [sent({ MessageBody: 'x'.repeat(1_024) })],
    },
  ),
  entry(
    'an attribute without a value',
    send({ MessageAttributes: { X: text('') } }),
    fails(invalidParameter("Message (user) attribute 'X' must contain a non-empty value of type 'String'.")),
  ),
  ...['\u0001', 'a\u000bb', '\uffff'].map((MessageBody) =>
    entry(
      `a body with U+${MessageBody.replace(/[ab]/g, '').charCodeAt(0).toString(16)}`,
      send({ MessageBody }),
      fails(refusal('InvalidMessageContents')),
    ),
  ),
  ...[0, 900].map((DelaySeconds) =>
    entry(
      `a delay of ${DelaySeconds}`,
      send({ DelaySeconds }),
      answers({ MessageId: ANY, MD5OfMessageBody: MD5_OF_A }),
    ),
  ),
  ...[-1, 901].map((DelaySeconds) =>
    entry(`a delay of ${DelaySeconds}`, send({ DelaySeconds }), fails(invalidParameter())),
  ),
  entry(
    'a delayed message is counted as such',
    [
      'GetQueueAttributes',
      { QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesDelayed', 'ApproximateNumberOfMessages'] },
    ],
    answers({ Attributes: { ApproximateNumberOfMessagesDelayed: '1', ApproximateNumberOfMessages: '0' } }),
    { before: [sent({ DelaySeconds: 5 })] },
  ),
  entry(
    'a standard queue takes a group',
    receive({ AttributeNames: ['MessageGroupId'] }),
    one({ Attributes: { MessageGroupId: 'g' } }),
    {
      before: [sent({ MessageGroupId: 'g' })],
    },
  ),
  ...['group 123', 'x'.repeat(129)].map((MessageGroupId) =>
    entry(
      `a group of ${MessageGroupId.length} characters`,
      send({ MessageGroupId }),
      fails(
        invalidValue(
          MessageGroupId,
          'MessageGroupId',
          'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
        ),
      ),
    ),
  ),
]

const batches: readonly Case[] = [
  entry(
    'a batch answers entry by entry',
    batch([
      { Id: 'one', MessageBody: 'a' },
      { Id: 'two', MessageBody: 'x'.repeat(1_025) },
    ]),
    answers({
      Successful: [{ Id: 'one', MessageId: ANY, MD5OfMessageBody: MD5_OF_A }],
      Failed: [
        {
          Id: 'two',
          SenderFault: true,
          Code: 'InvalidParameterValue',
          Message:
            'One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.',
        },
      ],
    }),
    { queue: { MaximumMessageSize: '1024' } },
  ),
  entry('a batch of none', batch([]), fails(refusal('EmptyBatchRequest'))),
  ...[11, 20].map((count) =>
    entry(
      `a batch of ${count}`,
      batch(Array.from({ length: count }, (_, index) => ({ Id: String(index), MessageBody: 'a' }))),
      fails(
        refusal(
          'TooManyEntriesInBatchRequest',
          `Maximum number of entries per request are 10. You have sent ${count}.`,
        ),
      ),
    ),
  ),
  entry(
    'the same id twice',
    batch([
      { Id: 'a', MessageBody: 'a' },
      { Id: 'a', MessageBody: 'b' },
    ]),
    fails(refusal('BatchEntryIdsNotDistinct')),
  ),
  ...['a b', 'a.b', 'x'.repeat(81)].map((Id) =>
    entry(
      `an entry called ${Id.slice(0, 5)}`,
      batch([{ Id, MessageBody: 'a' }]),
      fails(refusal('InvalidBatchEntryId')),
    ),
  ),
  entry(
    'a batch of more than a mebibyte',
    batch(['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) }))),
    fails(
      refusal(
        'BatchRequestTooLong',
        'Batch requests cannot be longer than 1048576 bytes. You have sent 1200000 bytes.',
      ),
    ),
  ),
  entry(
    'messages are deleted one by one',
    [
      'DeleteMessageBatch',
      {
        QueueUrl,
        Entries: [
          { Id: 'good', ReceiptHandle: '{handle}' },
          { Id: 'bad', ReceiptHandle: 'garbage' },
        ],
      },
    ],
    answers({
      Successful: [{ Id: 'good' }],
      Failed: [
        {
          Id: 'bad',
          SenderFault: true,
          Code: 'ReceiptHandleIsInvalid',
          Message: 'The input receipt handle "garbage" is not a valid receipt handle.',
        },
      ],
    }),
    { before: [sent(), received()] },
  ),
  entry(
    'visibility is changed one by one',
    [
      'ChangeMessageVisibilityBatch',
      { QueueUrl, Entries: [{ Id: 'good', ReceiptHandle: '{handle}', VisibilityTimeout: 60 }] },
    ],
    answers({ Successful: [{ Id: 'good' }] }),
    { before: [sent(), received()] },
  ),
  ...['DeleteMessageBatch', 'ChangeMessageVisibilityBatch'].map((operation) =>
    entry(
      `${operation} of none`,
      [operation, { QueueUrl, Entries: [] }],
      fails(refusal('EmptyBatchRequest')),
    ),
  ),
]

const withAttributes = sent({ MessageAttributes: { Foo: text('Bar'), 'Foo.Count': text('1', 'Number.int') } })
const fooAlone = {
  MessageAttributes: { Foo: text('Bar') },
  MD5OfMessageAttributes: 'ae7155c6026991b6d54b11589678bf9c',
}
const bothAttributes = {
  MessageAttributes: { Foo: text('Bar'), 'Foo.Count': text('1', 'Number.int') },
  MD5OfMessageAttributes: ANY,
}

const receiving: readonly Case[] = [
  entry('no message is no member', receive(), answers({})),
  entry('a message, with what was asked for: nothing', receive(), one(), { before: [withAttributes] }),
  entry('all attributes of a message', receive({ MessageAttributeNames: ['All'] }), one(bothAttributes), {
    before: [withAttributes],
  }),
  entry('attributes by a pattern', receive({ MessageAttributeNames: ['.*'] }), one(bothAttributes), {
    before: [withAttributes],
  }),
  entry('attributes by a prefix', receive({ MessageAttributeNames: ['Foo.*'] }), one(bothAttributes), {
    before: [withAttributes],
  }),
  entry(
    'one attribute, and the digest of that one',
    receive({ MessageAttributeNames: ['Foo'] }),
    one(fooAlone),
    {
      before: [withAttributes],
    },
  ),
  entry('an attribute that is not there', receive({ MessageAttributeNames: ['Bar'] }), one(), {
    before: [withAttributes],
  }),
  entry(
    'bytes come back as bytes',
    receive({ MessageAttributeNames: ['All'] }),
    one({
      MessageAttributes: { Blob: { DataType: 'Binary', BinaryValue: { $base64: 'AQID' } } },
      MD5OfMessageAttributes: ANY,
    }),
    {
      before: [
        sent({ MessageAttributes: { Blob: { DataType: 'Binary', BinaryValue: { $base64: 'AQID' } } } }),
      ],
    },
  ),
  ...['AttributeNames', 'MessageSystemAttributeNames'].map((member) =>
    entry(
      `all of ${member}`,
      receive({ [member]: ['All'] }),
      one({
        Attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: ANY,
          SenderId: ANY,
          ApproximateFirstReceiveTimestamp: ANY,
        },
      }),
      { before: [sent()] },
    ),
  ),
  entry(
    'a trace header is shown when there was one',
    receive({ AttributeNames: ['AWSTraceHeader'] }),
    one({ Attributes: { AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793' } }),
    {
      before: [
        sent({
          MessageSystemAttributes: { AWSTraceHeader: text('Root=1-5759e988-bd862e3fe1be46a994272793') },
        }),
      ],
    },
  ),
  entry(
    'a body comes back as it was',
    receive(),
    answers({ Messages: [message({ Body: 'grüße 🐑 <&"\r\n\t', MD5OfBody: ANY })] }),
    { before: [sent({ MessageBody: 'grüße 🐑 <&"\r\n\t' })] },
  ),
  ...[-1, 0, 11].map((MaxNumberOfMessages) =>
    entry(
      `${MaxNumberOfMessages} messages at once`,
      receive({ MaxNumberOfMessages }),
      fails(
        invalidValue(MaxNumberOfMessages, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.'),
      ),
    ),
  ),
  ...[-1, 21].map((WaitTimeSeconds) =>
    entry(
      `waiting ${WaitTimeSeconds} seconds`,
      receive({ WaitTimeSeconds }),
      fails(invalidValue(WaitTimeSeconds, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.')),
    ),
  ),
  ...[-1, 43_201].map((VisibilityTimeout) =>
    entry(
      `hidden for ${VisibilityTimeout} seconds`,
      receive({ VisibilityTimeout }),
      fails(invalidParameter()),
    ),
  ),
  entry(
    'an attribute that no message has',
    receive({ AttributeNames: ['Nope'] }),
    fails(refusal('InvalidAttributeName')),
  ),
  entry('a received message is invisible', receive(), answers({}), { before: [sent(), received()] }),
  entry(
    'a received message is counted as in flight',
    [
      'GetQueueAttributes',
      { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] },
    ],
    answers({ Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' } }),
    { before: [sent(), received()] },
  ),
  entry(
    'a message that was given back comes again, with a higher count',
    receive({ AttributeNames: ['ApproximateReceiveCount'] }),
    one({ Attributes: { ApproximateReceiveCount: '2' } }),
    {
      before: [
        sent(),
        received(),
        step('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: '{handle}', VisibilityTimeout: 0 }),
      ],
    },
  ),
  entry('a message is deleted', ['DeleteMessage', { QueueUrl, ReceiptHandle: '{handle}' }], answers({}), {
    before: [sent(), received()],
  }),
  entry(
    'a message is deleted twice',
    ['DeleteMessage', { QueueUrl, ReceiptHandle: '{handle}' }],
    answers({}),
    {
      before: [sent(), received(), step('DeleteMessage', { QueueUrl, ReceiptHandle: '{handle}' })],
    },
  ),
  entry(
    'a standard queue takes the handle of a message that is visible again',
    ['DeleteMessage', { QueueUrl, ReceiptHandle: '{handle}' }],
    answers({}),
    { before: [sent(), received({ VisibilityTimeout: 0 })] },
  ),
  ...['DeleteMessage', 'ChangeMessageVisibility'].map((operation) =>
    entry(
      `${operation} of a handle that is none`,
      [
        operation,
        {
          QueueUrl,
          ReceiptHandle: 'garbage',
          ...(operation === 'ChangeMessageVisibility' && { VisibilityTimeout: 1 }),
        },
      ],
      fails(
        refusal(
          'ReceiptHandleIsInvalid',
          'The input receipt handle "garbage" is not a valid receipt handle.',
        ),
      ),
    ),
  ),
  ...[0, 43_200].map((VisibilityTimeout) =>
    entry(
      `visibility changed to ${VisibilityTimeout}`,
      ['ChangeMessageVisibility', { QueueUrl, ReceiptHandle: '{handle}', VisibilityTimeout }],
      answers({}),
      { before: [sent(), received()] },
    ),
  ),
  ...[-1, 43_201].map((VisibilityTimeout) =>
    entry(
      `visibility changed to ${VisibilityTimeout}`,
      ['ChangeMessageVisibility', { QueueUrl, ReceiptHandle: '{handle}', VisibilityTimeout }],
      fails(invalidParameter()),
      { before: [sent(), received()] },
    ),
  ),
  entry(
    'visibility of a message that is deleted',
    ['ChangeMessageVisibility', { QueueUrl, ReceiptHandle: '{handle}', VisibilityTimeout: 1 }],
    fails(
      invalidParameter('…Reason: Message does not exist or is not available for visibility timeout change.'),
    ),
    { before: [sent(), received(), step('DeleteMessage', { QueueUrl, ReceiptHandle: '{handle}' })] },
  ),
]

const inGroup = (MessageGroupId: string, MessageBody: string): Step => sent({ MessageGroupId, MessageBody })
const bodies = (...texts: string[]) =>
  answers({ Messages: texts.map((Body) => ({ MessageId: ANY, ReceiptHandle: ANY, Body, MD5OfBody: ANY })) })
const fifo = (more: Partial<Case> = {}) => ({ queue: byContent, ...more })
const badId = (id: string, parameter: string) =>
  invalidValue(
    id,
    parameter,
    `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  )

const ordered: readonly Case[] = [
  entry(
    'a FIFO message has a number',
    send({ MessageGroupId: 'g' }),
    answers({ MessageId: ANY, MD5OfMessageBody: MD5_OF_A, SequenceNumber: ANY }),
    fifo(),
  ),
  entry(
    'a duplicate is answered, and not delivered',
    receive({ MaxNumberOfMessages: 10 }),
    bodies('a'),
    fifo({ before: [inGroup('g', 'a'), inGroup('g', 'a')] }),
  ),
  entry(
    'an id counts and not the body',
    receive({ MaxNumberOfMessages: 10 }),
    bodies('a', 'a'),
    fifo({
      before: ['1', '2', '1'].map((MessageDeduplicationId) =>
        sent({ MessageGroupId: 'g', MessageDeduplicationId }),
      ),
    }),
  ),
  entry(
    'deduplication in the queue passes over groups',
    receive({ MaxNumberOfMessages: 10 }),
    bodies('a'),
    fifo({ before: [inGroup('g', 'a'), inGroup('h', 'a')] }),
  ),
  entry(
    'deduplication in the group is that of the group',
    receive({ MaxNumberOfMessages: 10 }),
    bodies('a', 'a'),
    fifo({
      queue: { ...byContent, DeduplicationScope: 'messageGroup' },
      before: [inGroup('g', 'a'), inGroup('h', 'a')],
    }),
  ),
  entry(
    'a duplicate of a message that was deleted is one',
    receive(),
    answers({}),
    fifo({
      before: [
        inGroup('g', 'a'),
        received(),
        step('DeleteMessage', { QueueUrl, ReceiptHandle: '{handle}' }),
        inGroup('g', 'a'),
      ],
    }),
  ),
  entry(
    'a purge forgets what was sent',
    receive(),
    bodies('a'),
    fifo({ before: [inGroup('g', 'a'), step('PurgeQueue', { QueueUrl }), inGroup('g', 'a')] }),
  ),
  entry(
    'the attributes of a FIFO message',
    receive({ AttributeNames: ['All'] }),
    one({
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: ANY,
        SenderId: ANY,
        ApproximateFirstReceiveTimestamp: ANY,
        SequenceNumber: ANY,
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
      },
    }),
    fifo({ before: [sent({ MessageGroupId: 'g', MessageDeduplicationId: 'd' })] }),
  ),
  entry(
    'no group',
    send(),
    fails(
      refusal('MissingRequiredParameterException', 'The request must contain the parameter MessageGroupId.'),
    ),
    fifo(),
  ),
  entry(
    'no group in a batch',
    batch([{ Id: 'a', MessageBody: 'a' }]),
    fails(invalidParameter('The request must contain the parameter MessageGroupId.')),
    fifo(),
  ),
  entry(
    'nothing to know a duplicate by',
    send({ MessageGroupId: 'g' }),
    fails(
      invalidParameter(
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      ),
    ),
    { queue: FIFO },
  ),
  ...['a b', 'x'.repeat(129)].flatMap((id) => [
    entry(
      `a deduplication id of ${id.length} characters`,
      send({ MessageGroupId: 'g', MessageDeduplicationId: id }),
      fails(badId(id, 'MessageDeduplicationId')),
      fifo(),
    ),
    entry(
      `a FIFO group of ${id.length} characters`,
      send({ MessageGroupId: id }),
      fails(badId(id, 'MessageGroupId')),
      fifo(),
    ),
  ]),
  entry(
    'a delay of a FIFO message',
    send({ MessageGroupId: 'g', DelaySeconds: 2 }),
    fails(
      invalidValue(2, 'DelaySeconds', 'The request include parameter that is not valid for this queue type.'),
    ),
    fifo(),
  ),
  entry(
    'no delay of a FIFO message',
    send({ MessageGroupId: 'g', DelaySeconds: 0 }),
    answers({ MessageId: ANY, MD5OfMessageBody: MD5_OF_A, SequenceNumber: ANY }),
    fifo(),
  ),
  entry(
    'the messages of a group come together and in order',
    receive({ MaxNumberOfMessages: 10 }),
    bodies('g1', 'g2', 'g3', 'h1'),
    fifo({ before: [inGroup('g', 'g1'), inGroup('g', 'g2'), inGroup('h', 'h1'), inGroup('g', 'g3')] }),
  ),
  entry(
    'what is in flight holds back what follows in its group',
    receive({ MaxNumberOfMessages: 10 }),
    bodies('h1'),
    fifo({ before: [inGroup('g', 'g1'), inGroup('g', 'g2'), inGroup('h', 'h1'), received()] }),
  ),
  entry(
    'what is deleted holds back nothing',
    receive({ MaxNumberOfMessages: 10 }),
    bodies('g2'),
    fifo({
      before: [
        inGroup('g', 'g1'),
        inGroup('g', 'g2'),
        received(),
        step('DeleteMessage', { QueueUrl, ReceiptHandle: '{handle}' }),
      ],
    }),
  ),
  entry(
    'what is given back comes first again',
    receive({ MaxNumberOfMessages: 10 }),
    bodies('g1', 'g2'),
    fifo({
      before: [
        inGroup('g', 'g1'),
        inGroup('g', 'g2'),
        received(),
        step('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: '{handle}', VisibilityTimeout: 0 }),
      ],
    }),
  ),
  entry(
    'a handle of a FIFO message ends with its visibility',
    ['DeleteMessage', { QueueUrl, ReceiptHandle: '{handle}' }],
    fails(invalidParameter('…Reason: The receipt handle has expired.')),
    fifo({ before: [inGroup('g', 'a'), received({ VisibilityTimeout: 0 })] }),
  ),
  entry(
    'a standard queue knows no deduplication id',
    send({ MessageDeduplicationId: 'd' }),
    fails(invalidParameter()),
  ),
]

/** Messages on their way in and out. */
export const messageCases: readonly Case[] = [...sending, ...batches, ...receiving, ...ordered]
