import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../src/store/index.ts'
import { createWorld, sqsJson } from './world.ts'

/** Recorded refusals of AWS: what is asked, and `__type`, code of the query protocol, and text of the answer. */
interface Refusal {
  readonly title: string
  readonly operation: string
  readonly input: Record<string, unknown> | string
  readonly type: string
  readonly queryCode?: string
  readonly message: string
}

const text = { DataType: 'String', StringValue: 'x' }

const refusals: readonly Refusal[] = [
  {
    title: 'a queue that does not exist',
    operation: 'SendMessage',
    input: { QueueUrl: 'nope', MessageBody: 'a' },
    type: 'QueueDoesNotExist',
    queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
    message: 'The specified queue does not exist.',
  },
  {
    title: 'no queue URL',
    operation: 'SendMessage',
    input: { MessageBody: 'a' },
    type: 'MissingRequiredParameterException',
    queryCode: 'MissingParameter',
    message: 'The request must contain the parameter QueueUrl.',
  },
  {
    title: 'eleven messages at once',
    operation: 'ReceiveMessage',
    input: { QueueUrl: 'orders', MaxNumberOfMessages: 11 },
    type: 'InvalidParameterValueException',
    queryCode: 'InvalidParameterValue',
    message:
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
  },
  {
    title: 'waiting 21 seconds',
    operation: 'ReceiveMessage',
    input: { QueueUrl: 'orders', WaitTimeSeconds: 21 },
    type: 'InvalidParameterValueException',
    message:
      'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
  },
  {
    title: 'an unknown attribute of a message',
    operation: 'ReceiveMessage',
    input: { QueueUrl: 'orders', AttributeNames: ['Nope'] },
    type: 'InvalidAttributeName',
    message: 'Unknown Attribute Nope.',
  },
  {
    title: 'no body',
    operation: 'SendMessage',
    input: { QueueUrl: 'orders', MessageBody: '' },
    type: 'MissingRequiredParameterException',
    message: 'The request must contain the parameter MessageBody.',
  },
  {
    title: 'a message that is too long',
    operation: 'SendMessage',
    input: { QueueUrl: 'orders', MessageBody: 'x'.repeat(1_048_573), MessageAttributes: { A: text } },
    type: 'InvalidParameterValueException',
    message: 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
  },
  {
    title: 'characters that XML cannot hold',
    operation: 'SendMessage',
    input: { QueueUrl: 'orders', MessageBody: 'a\u0001' },
    type: 'InvalidMessageContents',
    message:
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  },
  {
    title: 'half a surrogate pair',
    operation: 'SendMessage',
    input: '{"QueueUrl":"orders","MessageBody":"a\\ud800"}',
    type: 'InvalidMessageContents',
    message:
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  },
  {
    title: 'a delay of more than 15 minutes',
    operation: 'SendMessage',
    input: { QueueUrl: 'orders', MessageBody: 'a', DelaySeconds: 901 },
    type: 'InvalidParameterValueException',
    message: 'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
  },
  {
    title: 'an attribute without a value',
    operation: 'SendMessage',
    input: {
      QueueUrl: 'orders',
      MessageBody: 'a',
      MessageAttributes: { X: { DataType: 'String', StringValue: '' } },
    },
    type: 'InvalidParameterValueException',
    message: "Message (user) attribute 'X' must contain a non-empty value of type 'String'.",
  },
  {
    title: 'a group id with a space',
    operation: 'SendMessage',
    input: { QueueUrl: 'orders', MessageBody: 'a', MessageGroupId: 'group 123' },
    type: 'InvalidParameterValueException',
    message:
      'Value group 123 for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  },
  {
    title: 'a deduplication id on a standard queue',
    operation: 'SendMessage',
    input: { QueueUrl: 'orders', MessageBody: 'a', MessageDeduplicationId: 'd' },
    type: 'InvalidParameterValueException',
    message:
      'Value d for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.',
  },
  {
    title: 'an empty batch',
    operation: 'SendMessageBatch',
    input: { QueueUrl: 'orders', Entries: [] },
    type: 'EmptyBatchRequest',
    queryCode: 'AWS.SimpleQueueService.EmptyBatchRequest',
    message: 'There should be at least one SendMessageBatchRequestEntry in the request.',
  },
  {
    title: 'a batch of twenty',
    operation: 'SendMessageBatch',
    input: {
      QueueUrl: 'orders',
      Entries: Array.from({ length: 20 }, (_, index) => ({ Id: String(index), MessageBody: 'a' })),
    },
    type: 'TooManyEntriesInBatchRequest',
    queryCode: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
    message: 'Maximum number of entries per request are 10. You have sent 20.',
  },
  {
    title: 'the same id twice in a batch',
    operation: 'SendMessageBatch',
    input: {
      QueueUrl: 'orders',
      Entries: [
        { Id: 'a', MessageBody: 'a' },
        { Id: 'a', MessageBody: 'b' },
      ],
    },
    type: 'BatchEntryIdsNotDistinct',
    queryCode: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
    message: 'Id a repeated.',
  },
  {
    title: 'a strange id in a batch',
    operation: 'DeleteMessageBatch',
    input: { QueueUrl: 'orders', Entries: [{ Id: 'a b', ReceiptHandle: 'x' }] },
    type: 'InvalidBatchEntryId',
    queryCode: 'AWS.SimpleQueueService.InvalidBatchEntryId',
    message:
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  },
  {
    title: 'a batch of more than 1 MiB',
    operation: 'SendMessageBatch',
    input: {
      QueueUrl: 'orders',
      Entries: ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) })),
    },
    type: 'BatchRequestTooLong',
    queryCode: 'AWS.SimpleQueueService.BatchRequestTooLong',
    message: 'Batch requests cannot be longer than 1048576 bytes. You have sent 1200000 bytes.',
  },
  {
    title: 'a handle that is none',
    operation: 'DeleteMessage',
    input: { QueueUrl: 'orders', ReceiptHandle: 'garbage' },
    type: 'ReceiptHandleIsInvalid',
    queryCode: 'ReceiptHandleIsInvalid',
    message: 'The input receipt handle "garbage" is not a valid receipt handle.',
  },
  {
    title: 'a queue name with a dot',
    operation: 'CreateQueue',
    input: { QueueName: 'or.ders' },
    type: 'InvalidParameterValueException',
    message: 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  },
  {
    title: 'a FIFO name without FifoQueue',
    operation: 'CreateQueue',
    input: { QueueName: 'orders.fifo' },
    type: 'InvalidParameterValueException',
    message: 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  },
  {
    title: 'FifoQueue on a standard name',
    operation: 'CreateQueue',
    input: { QueueName: 'x', Attributes: { FifoQueue: 'true' } },
    type: 'InvalidAttributeName',
    queryCode: 'InvalidAttributeName',
    message: 'Unknown Attribute FifoQueue.',
  },
  {
    title: 'DeduplicationScope on a standard queue',
    operation: 'SetQueueAttributes',
    input: { QueueUrl: 'orders', Attributes: { DeduplicationScope: 'queue' } },
    type: 'InvalidAttributeValue',
    queryCode: 'InvalidAttributeValue',
    message: 'You can specify the DeduplicationScope only when FifoQueue is set to true.',
  },
  {
    title: 'an attribute that only the queue sets',
    operation: 'SetQueueAttributes',
    input: { QueueUrl: 'orders', Attributes: { QueueArn: 'x' } },
    type: 'InvalidAttributeName',
    message: 'Unknown Attribute QueueArn.',
  },
  {
    title: 'a visibility timeout of more than 12 hours',
    operation: 'CreateQueue',
    input: { QueueName: 'x', Attributes: { VisibilityTimeout: '43201' } },
    type: 'InvalidAttributeValue',
    message: 'Invalid value for the parameter VisibilityTimeout.',
  },
  {
    title: 'a dead-letter queue that does not exist',
    operation: 'CreateQueue',
    input: {
      QueueName: 'x',
      Attributes: {
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:nope","maxReceiveCount":1}',
      },
    },
    type: 'InvalidParameterValueException',
    message:
      'Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:nope","maxReceiveCount":1} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.',
  },
  {
    title: 'maxReceiveCount 0',
    operation: 'SetQueueAttributes',
    input: {
      QueueUrl: 'orders',
      Attributes: {
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:orders","maxReceiveCount":0}',
      },
    },
    type: 'InvalidParameterValueException',
    message:
      'Value {"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:orders","maxReceiveCount":0} for parameter RedrivePolicy is invalid. Reason: Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.',
  },
  {
    title: 'a number where text belongs',
    operation: 'SendMessage',
    input: { QueueUrl: 'orders', MessageBody: 5 },
    type: 'SerializationException',
    message: 'NUMBER_VALUE can not be converted to a String',
  },
  {
    title: 'text where a number belongs',
    operation: 'SendMessage',
    input: { QueueUrl: 'orders', MessageBody: 'a', DelaySeconds: '5' },
    type: 'SerializationException',
    message: 'STRING_VALUE can not be converted to an Integer',
  },
  {
    title: 'a body that is not JSON',
    operation: 'SendMessage',
    input: '{"QueueUrl":',
    type: 'SerializationException',
    message: 'The request body is not valid JSON.',
  },
]

describe('SQS refuses', () => {
  test.each(refusals)('$title', async ({ operation, input, type, queryCode, message }) => {
    const { url } = await createWorld()
    await sqsJson(url, 'CreateQueue', { QueueName: 'orders' })
    const answer = await sqsJson(url, operation, input)
    expect(answer).toMatchObject({
      status: 400,
      body: { __type: `com.amazonaws.sqs#${type}`, message },
    })
    expect(answer.queryError).toContain(`${queryCode ?? ''};Sender`)
  })

  test('a receive while 120,000 messages are in flight', async () => {
    let inFlight = 120_000
    const store = { ...createMemoryStore(), counts: () => ({ ready: 1, inFlight, delayed: 0 }) }
    const { url } = await createWorld({ store })
    await sqsJson(url, 'CreateQueue', { QueueName: 'orders' })
    await sqsJson(url, 'SendMessage', { QueueUrl: 'orders', MessageBody: 'a' })
    const refused = await sqsJson(url, 'ReceiveMessage', { QueueUrl: 'orders' })
    expect(refused).toMatchObject({ status: 403, body: { __type: 'com.amazonaws.sqs#OverLimit' } })
    inFlight--
    const { body } = await sqsJson(url, 'ReceiveMessage', { QueueUrl: 'orders' })
    expect(body['Messages']).toHaveLength(1)
  })

  test('a handle of another queue', async () => {
    const { url, queues } = await createWorld()
    for (const QueueName of ['a', 'b']) await sqsJson(url, 'CreateQueue', { QueueName })
    await sqsJson(url, 'SendMessage', { QueueUrl: 'a', MessageBody: 'x' })
    const [message] = await queues
      .queueReader('a')
      .receive({ limit: 1, signal: new AbortController().signal })
    const answer = await sqsJson(url, 'DeleteMessage', {
      QueueUrl: 'b',
      ReceiptHandle: message?.receiptHandle,
    })
    expect(answer.body['__type']).toBe('com.amazonaws.sqs#ReceiptHandleIsInvalid')
  })

  test('a change of visibility for a message that is deleted, or visible again', async () => {
    const { url, queues, clock } = await createWorld()
    await sqsJson(url, 'CreateQueue', { QueueName: 'orders' })
    for (const MessageBody of ['a', 'b'])
      await sqsJson(url, 'SendMessage', { QueueUrl: 'orders', MessageBody })
    const reader = queues.queueReader('orders')
    const [deleted, expired] = await reader.receive({ limit: 2, signal: new AbortController().signal })
    if (deleted) await reader.remove([deleted])
    await clock.advance(30_000)
    for (const ReceiptHandle of [deleted?.receiptHandle, expired?.receiptHandle]) {
      const input = { QueueUrl: 'orders', ReceiptHandle, VisibilityTimeout: 10 }
      expect((await sqsJson(url, 'ChangeMessageVisibility', input)).body).toEqual({
        __type: 'com.amazonaws.sqs#InvalidParameterValueException',
        message: `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      })
    }
  })
})
