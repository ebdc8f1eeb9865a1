import {
  bodies,
  fifo,
  invalid,
  invalidValue,
  message,
  missing,
  receiveFifo,
  sendFifo,
  type SqsCase,
  type Step,
} from './sqsCase.ts'

const byContent = fifo({ ContentBasedDeduplication: 'true' })
const sent = { MessageId: '<uuid>', MD5OfMessageBody: '<md5>', SequenceNumber: '<sequence>' }

const sendOnly = (more: object): Step => [
  'SendMessage',
  { QueueUrl: '{url}.fifo', MessageBody: 'a', ...more },
]

const batch = (...Entries: readonly object[]): Step => [
  'SendMessageBatch',
  { QueueUrl: '{url}.fifo', Entries },
]

const change = (ReceiptHandle: string, VisibilityTimeout: number): Step => [
  'ChangeMessageVisibility',
  { QueueUrl: '{url}.fifo', ReceiptHandle, VisibilityTimeout },
]

const remove = (ReceiptHandle: string): Step => ['DeleteMessage', { QueueUrl: '{url}.fifo', ReceiptHandle }]

const noDeduplication = invalid(
  'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
)

const three = [fifo(), sendFifo('g', 'a'), sendFifo('g', 'b'), sendFifo('g', 'c')]
const twoOfThree = [...three, receiveFifo({ MaxNumberOfMessages: 2 })]

const badIds = ['MessageDeduplicationId', 'MessageGroupId'].flatMap((parameter) =>
  ['', 'group 123', 'x'.repeat(129)].map((value): SqsCase => ({
    name: `${parameter} "${value.slice(0, 12)}"`,
    before: [fifo()],
    request: sendFifo('g', 'a', { [parameter]: value }),
    refusal: invalidValue(
      value,
      parameter,
      `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    ),
  })),
)

/** Messages sent and received on FIFO queues (sections 8.3 and 8.5). */
export const fifoCases: readonly SqsCase[] = [
  { name: 'a message in a group', before: [fifo()], request: sendFifo('g', 'a'), answer: sent },
  {
    name: 'a message with its place',
    before: [fifo(), sendFifo('g', 'a')],
    request: receiveFifo({ AttributeNames: ['All'] }),
    answer: {
      Messages: [
        message('a', {
          Attributes: {
            SenderId: '<text>',
            SentTimestamp: '<digits>',
            ApproximateReceiveCount: '1',
            ApproximateFirstReceiveTimestamp: '<digits>',
            SequenceNumber: '<sequence>',
            MessageGroupId: 'g',
            MessageDeduplicationId: 'g-a',
          },
        }),
      ],
    },
  },
  {
    name: 'a batch into two groups',
    before: [byContent],
    request: batch(
      { Id: 'a', MessageBody: 'a', MessageGroupId: 'g' },
      { Id: 'b', MessageBody: 'b', MessageGroupId: 'h' },
    ),
    answer: {
      Successful: [
        { Id: 'a', ...sent },
        { Id: 'b', ...sent },
      ],
    },
  },
  {
    name: 'no deduplication id',
    before: [fifo()],
    request: sendOnly({ MessageGroupId: 'g' }),
    refusal: noDeduplication,
  },
  {
    name: 'no deduplication id in a batch',
    before: [fifo()],
    request: batch({ Id: 'a', MessageBody: 'a', MessageGroupId: 'g' }),
    refusal: noDeduplication,
  },
  {
    name: 'no group',
    before: [fifo()],
    request: sendOnly({ MessageDeduplicationId: 'd' }),
    refusal: missing('MessageGroupId'),
  },
  {
    name: 'no group in a batch',
    before: [fifo()],
    request: batch({ Id: 'a', MessageBody: 'a', MessageDeduplicationId: 'd' }),
    refusal: invalid('The request must contain the parameter MessageGroupId.'),
  },
  ...badIds,
  {
    name: 'a delay of its own',
    before: [fifo()],
    request: sendFifo('g', 'a', { DelaySeconds: 2 }),
    refusal: invalidValue(
      2,
      'DelaySeconds',
      'The request include parameter that is not valid for this queue type.',
    ),
  },
  {
    name: 'a delay of 0',
    before: [fifo()],
    request: sendFifo('g', 'a', { DelaySeconds: 0 }),
    answer: sent,
  },
  {
    name: 'the queue’s delay',
    before: [fifo({ DelaySeconds: '5' }), sendFifo('g', 'a')],
    request: receiveFifo(),
    answer: {},
  },
  { name: 'the order of a group', before: three, request: receiveFifo(), answer: bodies('a', 'b', 'c') },
  {
    name: 'groups are not mixed',
    before: [fifo(), sendFifo('g', 'a'), sendFifo('h', 'x'), sendFifo('g', 'b'), sendFifo('h', 'y')],
    request: receiveFifo(),
    answer: bodies('a', 'b', 'x', 'y'),
  },
  {
    name: 'messages in flight block their group',
    before: twoOfThree,
    request: receiveFifo(),
    answer: {},
  },
  {
    name: 'messages in flight do not block another group',
    before: [...twoOfThree, sendFifo('h', 'x')],
    request: receiveFifo(),
    answer: bodies('x'),
  },
  {
    name: 'some deleted keep the block',
    before: [...twoOfThree, remove('{handle}')],
    request: receiveFifo(),
    answer: {},
  },
  {
    name: 'all deleted free the rest',
    before: [...twoOfThree, remove('{handle}'), remove('{handle2}')],
    request: receiveFifo(),
    answer: bodies('c'),
  },
  {
    name: 'a released head comes alone',
    before: [...three, receiveFifo(), change('{handle}', 0)],
    request: receiveFifo(),
    answer: bodies('a'),
  },
  {
    name: 'a released second waits for its head',
    before: [...three, receiveFifo(), change('{handle2}', 0)],
    request: receiveFifo(),
    answer: {},
  },
  {
    name: 'an extended second blocks what is behind it',
    before: [
      ...three,
      receiveFifo(),
      change('{handle2}', 600),
      change('{handle}', 0),
      change('{handle3}', 0),
    ],
    request: receiveFifo(),
    answer: bodies('a'),
  },
  {
    name: 'visibility 0 leaves a group open',
    before: [...three, receiveFifo({ VisibilityTimeout: 0 })],
    request: receiveFifo(),
    answer: bodies('a', 'b', 'c'),
  },
  {
    name: 'a duplicate by id is accepted',
    before: [fifo(), sendFifo('g', 'a')],
    request: sendFifo('g', 'b', { MessageDeduplicationId: 'g-a' }),
    answer: sent,
  },
  {
    name: 'a duplicate by id is not delivered',
    before: [fifo(), sendFifo('g', 'a'), sendFifo('g', 'b', { MessageDeduplicationId: 'g-a' })],
    request: receiveFifo(),
    answer: bodies('a'),
  },
  {
    name: 'a duplicate by content is not delivered',
    before: [byContent, sendOnly({ MessageGroupId: 'g' }), sendOnly({ MessageGroupId: 'g' })],
    request: receiveFifo(),
    answer: bodies('a'),
  },
  {
    name: 'a duplicate in another group of the queue’s scope',
    before: [byContent, sendOnly({ MessageGroupId: 'g' }), sendOnly({ MessageGroupId: 'h' })],
    request: receiveFifo(),
    answer: bodies('a'),
  },
  {
    name: 'the same body in another group of the groups’ scope',
    before: [
      fifo({ ContentBasedDeduplication: 'true', DeduplicationScope: 'messageGroup' }),
      sendOnly({ MessageGroupId: 'g' }),
      sendOnly({ MessageGroupId: 'h' }),
    ],
    request: receiveFifo(),
    answer: bodies('a', 'a'),
  },
  {
    name: 'ids of one’s own go before the content',
    before: [
      byContent,
      sendOnly({ MessageGroupId: 'g', MessageDeduplicationId: '1' }),
      sendOnly({ MessageGroupId: 'g', MessageDeduplicationId: '2' }),
    ],
    request: receiveFifo(),
    answer: bodies('a', 'a'),
  },
  {
    name: 'deduplication outlives the message',
    before: [fifo(), sendFifo('g', 'a'), receiveFifo(), remove('{handle}'), sendFifo('g', 'a')],
    request: receiveFifo(),
    answer: {},
  },
  {
    name: 'a purge forgets what was sent',
    before: [fifo(), sendFifo('g', 'a'), ['PurgeQueue', { QueueUrl: '{url}.fifo' }], sendFifo('g', 'a')],
    request: receiveFifo(),
    answer: bodies('a'),
  },
  {
    name: 'a receive attempt id',
    before: three,
    request: receiveFifo({ ReceiveRequestAttemptId: 'attempt' }),
    answer: bodies('a', 'b', 'c'),
  },
]
