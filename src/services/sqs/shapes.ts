import { list, map, type OperationShapes, structure } from '../protocol/shapes.ts'

/** The members of every operation, with the names that the query protocol gives to lists and maps. */

const attributeValue = structure({
  StringValue: 'string',
  BinaryValue: 'blob',
  StringListValues: list('StringListValue', 'string'),
  BinaryListValues: list('BinaryListValue', 'blob'),
  DataType: 'string',
})
const messageAttributes = map('MessageAttribute', 'Name', 'Value', attributeValue)
const systemAttributes = map('MessageSystemAttribute', 'Name', 'Value', attributeValue)
const attributes = map('Attribute', 'Name', 'Value', 'string')
const tags = map('Tag', 'Key', 'Value', 'string')
const failed = list(
  'BatchResultErrorEntry',
  structure({ Id: 'string', SenderFault: 'boolean', Code: 'string', Message: 'string' }),
)
const succeeded = (name: string) => list(name, structure({ Id: 'string' }))

const message = {
  MessageBody: 'string',
  DelaySeconds: 'integer',
  MessageAttributes: messageAttributes,
  MessageSystemAttributes: systemAttributes,
  MessageDeduplicationId: 'string',
  MessageGroupId: 'string',
} as const

const sent = {
  MessageId: 'string',
  MD5OfMessageBody: 'string',
  MD5OfMessageAttributes: 'string',
  MD5OfMessageSystemAttributes: 'string',
  SequenceNumber: 'string',
} as const

const received = structure({
  MessageId: 'string',
  ReceiptHandle: 'string',
  MD5OfBody: 'string',
  Body: 'string',
  Attributes: attributes,
  MD5OfMessageAttributes: 'string',
  MessageAttributes: messageAttributes,
})

const moveTask = structure({
  TaskHandle: 'string',
  Status: 'string',
  SourceArn: 'string',
  DestinationArn: 'string',
  MaxNumberOfMessagesPerSecond: 'integer',
  ApproximateNumberOfMessagesMoved: 'integer',
  ApproximateNumberOfMessagesToMove: 'integer',
  FailureReason: 'string',
  StartedTimestamp: 'integer',
})

const queueOnly = structure({ QueueUrl: 'string' })

export const shapes = {
  CreateQueue: {
    input: structure({ QueueName: 'string', Attributes: attributes, tags }),
    output: queueOnly,
  },
  DeleteQueue: { input: queueOnly },
  ListQueues: {
    input: structure({ QueueNamePrefix: 'string', NextToken: 'string', MaxResults: 'integer' }),
    output: structure({ QueueUrls: list('QueueUrl', 'string'), NextToken: 'string' }),
  },
  GetQueueUrl: {
    input: structure({ QueueName: 'string', QueueOwnerAWSAccountId: 'string' }),
    output: queueOnly,
  },
  GetQueueAttributes: {
    input: structure({ QueueUrl: 'string', AttributeNames: list('AttributeName', 'string') }),
    output: structure({ Attributes: attributes }),
  },
  SetQueueAttributes: { input: structure({ QueueUrl: 'string', Attributes: attributes }) },
  PurgeQueue: { input: queueOnly },
  SendMessage: {
    input: structure({ QueueUrl: 'string', ...message }),
    output: structure(sent),
  },
  SendMessageBatch: {
    input: structure({
      QueueUrl: 'string',
      Entries: list('SendMessageBatchRequestEntry', structure({ Id: 'string', ...message })),
    }),
    output: structure({
      Successful: list('SendMessageBatchResultEntry', structure({ Id: 'string', ...sent })),
      Failed: failed,
    }),
  },
  ReceiveMessage: {
    input: structure({
      QueueUrl: 'string',
      AttributeNames: list('AttributeName', 'string'),
      MessageSystemAttributeNames: list('MessageSystemAttributeName', 'string'),
      MessageAttributeNames: list('MessageAttributeName', 'string'),
      MaxNumberOfMessages: 'integer',
      VisibilityTimeout: 'integer',
      WaitTimeSeconds: 'integer',
      ReceiveRequestAttemptId: 'string',
    }),
    output: structure({ Messages: list('Message', received) }),
  },
  DeleteMessage: { input: structure({ QueueUrl: 'string', ReceiptHandle: 'string' }) },
  DeleteMessageBatch: {
    input: structure({
      QueueUrl: 'string',
      Entries: list('DeleteMessageBatchRequestEntry', structure({ Id: 'string', ReceiptHandle: 'string' })),
    }),
    output: structure({ Successful: succeeded('DeleteMessageBatchResultEntry'), Failed: failed }),
  },
  ChangeMessageVisibility: {
    input: structure({ QueueUrl: 'string', ReceiptHandle: 'string', VisibilityTimeout: 'integer' }),
  },
  ChangeMessageVisibilityBatch: {
    input: structure({
      QueueUrl: 'string',
      Entries: list(
        'ChangeMessageVisibilityBatchRequestEntry',
        structure({ Id: 'string', ReceiptHandle: 'string', VisibilityTimeout: 'integer' }),
      ),
    }),
    output: structure({ Successful: succeeded('ChangeMessageVisibilityBatchResultEntry'), Failed: failed }),
  },
  ListDeadLetterSourceQueues: {
    input: structure({ QueueUrl: 'string', NextToken: 'string', MaxResults: 'integer' }),
    output: structure({ queueUrls: list('QueueUrl', 'string'), NextToken: 'string' }),
  },
  AddPermission: {
    input: structure({
      QueueUrl: 'string',
      Label: 'string',
      AWSAccountIds: list('AWSAccountId', 'string'),
      Actions: list('ActionName', 'string'),
    }),
  },
  RemovePermission: { input: structure({ QueueUrl: 'string', Label: 'string' }) },
  TagQueue: { input: structure({ QueueUrl: 'string', Tags: tags }) },
  UntagQueue: { input: structure({ QueueUrl: 'string', TagKeys: list('TagKey', 'string') }) },
  ListQueueTags: { input: queueOnly, output: structure({ Tags: tags }) },
  StartMessageMoveTask: {
    input: structure({
      SourceArn: 'string',
      DestinationArn: 'string',
      MaxNumberOfMessagesPerSecond: 'integer',
    }),
    output: structure({ TaskHandle: 'string' }),
  },
  ListMessageMoveTasks: {
    input: structure({ SourceArn: 'string', MaxResults: 'integer' }),
    output: structure({ Results: list('ListMessageMoveTasksResultEntry', moveTask) }),
  },
  CancelMessageMoveTask: {
    input: structure({ TaskHandle: 'string' }),
    output: structure({ ApproximateNumberOfMessagesMoved: 'integer' }),
  },
} satisfies Record<string, OperationShapes>
