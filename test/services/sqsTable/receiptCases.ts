import {
  bodies,
  fifo,
  invalid,
  message,
  missing,
  receive,
  send,
  type SqsCase,
  standard,
  type Step,
} from './sqsCase.ts'

const remove = (ReceiptHandle: string, QueueUrl = '{url}'): Step => [
  'DeleteMessage',
  { QueueUrl, ReceiptHandle },
]

const change = (ReceiptHandle: string, VisibilityTimeout: number): Step => [
  'ChangeMessageVisibility',
  { QueueUrl: '{url}', ReceiptHandle, VisibilityTimeout },
]

const batch = (action: string, Entries: readonly object[]): Step => [
  `${action}Batch`,
  { QueueUrl: '{url}', Entries },
]

const garbage = {
  code: 'ReceiptHandleIsInvalid',
  message: 'The input receipt handle "garbage" is not a valid receipt handle.',
}

const received = [standard(), send('a'), send('b'), receive({ MaxNumberOfMessages: 10 })]
const purge: Step = ['PurgeQueue', { QueueUrl: '{url}' }]

const deadLettered = [
  standard({}, '-dead'),
  standard({ RedrivePolicy: '{"deadLetterTargetArn":"{arn}-dead","maxReceiveCount":1}' }),
  send('a'),
  receive({ VisibilityTimeout: 0 }),
]

const unknownArn = (parameter: string) => ({
  code: 'ResourceNotFoundException',
  message: `The resource that you specified for the ${parameter} parameter doesn't exist.`,
  status: 404,
})

/** What is done with receipts, and what happens to whole queues of messages (sections 8.2, 8.3 and 8.6). */
export const receiptCases: readonly SqsCase[] = [
  { name: 'a message deleted', before: received, request: remove('{handle}'), answer: {} },
  {
    name: 'a message deleted twice',
    before: [...received, remove('{handle}')],
    request: remove('{handle}'),
    answer: {},
  },
  {
    name: 'an expired handle on a standard queue',
    before: [standard(), send('a'), receive({ VisibilityTimeout: 0 })],
    request: remove('{handle}'),
    answer: {},
  },
  {
    name: 'a deleted message does not come back',
    before: [standard(), send('a'), receive({ VisibilityTimeout: 0 }), remove('{handle}')],
    request: receive(),
    answer: {},
  },
  { name: 'a garbage handle deleted', before: received, request: remove('garbage'), refusal: garbage },
  { name: 'a garbage handle changed', before: received, request: change('garbage', 1), refusal: garbage },
  {
    name: 'a delete without handle',
    before: received,
    request: ['DeleteMessage', { QueueUrl: '{url}' }],
    refusal: missing('ReceiptHandle'),
  },
  {
    name: 'a batch of deletes, one of them garbage',
    before: received,
    request: batch('DeleteMessage', [
      { Id: 'a', ReceiptHandle: '{handle}' },
      { Id: 'b', ReceiptHandle: 'garbage' },
    ]),
    answer: {
      Successful: [{ Id: 'a' }],
      Failed: [{ Id: 'b', SenderFault: true, Code: garbage.code, Message: garbage.message }],
    },
  },
  {
    name: 'a batch of deletes',
    before: received,
    request: batch('DeleteMessage', [
      { Id: 'a', ReceiptHandle: '{handle}' },
      { Id: 'b', ReceiptHandle: '{handle2}' },
    ]),
    answer: { Successful: [{ Id: 'a' }, { Id: 'b' }] },
  },
  ...['DeleteMessage', 'ChangeMessageVisibility'].flatMap((action): SqsCase[] => [
    {
      name: `an empty ${action}Batch`,
      before: received,
      request: batch(action, []),
      refusal: { code: 'EmptyBatchRequest' },
    },
    {
      name: `eleven entries of ${action}Batch`,
      before: received,
      request: batch(
        action,
        Array.from({ length: 11 }, (_, index) => ({
          Id: `e${index}`,
          ReceiptHandle: '{handle}',
          ...(action === 'ChangeMessageVisibility' && { VisibilityTimeout: 1 }),
        })),
      ),
      refusal: {
        code: 'TooManyEntriesInBatchRequest',
        message: 'Maximum number of entries per request are 10. You have sent 11.',
      },
    },
  ]),
  { name: 'visibility 43200', before: received, request: change('{handle}', 43_200), answer: {} },
  {
    name: 'visibility 43201',
    before: received,
    request: change('{handle}', 43_201),
    refusal: { code: 'InvalidParameterValueException' },
  },
  {
    name: 'visibility 0 releases',
    before: [...received, change('{handle2}', 0)],
    request: receive({ MaxNumberOfMessages: 10 }),
    answer: bodies('b'),
  },
  {
    name: 'a batch of releases',
    before: [
      ...received,
      batch('ChangeMessageVisibility', [
        { Id: 'a', ReceiptHandle: '{handle}', VisibilityTimeout: 0 },
        { Id: 'b', ReceiptHandle: '{handle2}', VisibilityTimeout: 0 },
      ]),
    ],
    request: receive({ MaxNumberOfMessages: 10 }),
    answer: bodies('a', 'b'),
  },
  {
    name: 'visibility of a deleted message',
    before: [...received, remove('{handle}')],
    request: change('{handle}', 1),
    refusal: invalid(
      'Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.',
    ),
  },
  {
    name: 'an expired handle on a FIFO queue',
    before: [
      fifo({ ContentBasedDeduplication: 'true' }),
      ['SendMessage', { QueueUrl: '{url}.fifo', MessageBody: 'a', MessageGroupId: 'g' }],
      ['ReceiveMessage', { QueueUrl: '{url}.fifo', VisibilityTimeout: 0 }],
    ],
    request: remove('{handle}', '{url}.fifo'),
    refusal: invalid(
      'Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
    ),
  },
  { name: 'a purge', before: received, request: purge, answer: {} },
  { name: 'a purged queue', before: [standard(), send('a'), purge], request: receive(), answer: {} },
  {
    name: 'a second purge within a minute',
    before: [standard(), purge],
    request: purge,
    refusal: {
      code: 'PurgeQueueInProgress',
      message: 'Only one PurgeQueue operation on {q} is allowed every 60 seconds.',
      status: 403,
    },
  },
  {
    name: 'a message received too often is not received again',
    before: deadLettered,
    request: receive(),
    answer: {},
  },
  {
    name: 'a message in the dead-letter queue: its count goes on, its source is told',
    before: [...deadLettered, receive()],
    request: [
      'ReceiveMessage',
      { QueueUrl: '{url}-dead', AttributeNames: ['ApproximateReceiveCount', 'DeadLetterQueueSourceArn'] },
    ],
    answer: {
      Messages: [
        message('a', { Attributes: { ApproximateReceiveCount: '2', DeadLetterQueueSourceArn: '{arn}' } }),
      ],
    },
  },
  {
    name: 'a move task',
    before: deadLettered,
    request: ['StartMessageMoveTask', { SourceArn: '{arn}-dead' }],
    answer: { TaskHandle: '<text>' },
  },
  {
    name: 'a move task from a queue that is nobody’s dead-letter queue',
    before: [standard()],
    request: ['StartMessageMoveTask', { SourceArn: '{arn}' }],
    refusal: invalid('Source queue must be configured as a Dead Letter Queue.'),
  },
  {
    name: 'a move task from nowhere',
    request: ['StartMessageMoveTask', { SourceArn: '{arn}' }],
    refusal: unknownArn('SourceArn'),
  },
  {
    name: 'a move task to nowhere',
    before: deadLettered,
    request: ['StartMessageMoveTask', { SourceArn: '{arn}-dead', DestinationArn: '{arn}-none' }],
    refusal: unknownArn('DestinationArn'),
  },
  {
    name: 'more than 500 moves a second',
    before: deadLettered,
    request: ['StartMessageMoveTask', { SourceArn: '{arn}-dead', MaxNumberOfMessagesPerSecond: 501 }],
    refusal: { code: 'InvalidParameterValueException' },
  },
  {
    name: 'a garbage task handle',
    request: ['CancelMessageMoveTask', { TaskHandle: 'garbage' }],
    refusal: invalid('Value for parameter TaskHandle is invalid.'),
  },
]
