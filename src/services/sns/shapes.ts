import { type OperationShapes, structure, wrappedList, wrappedMap } from '../protocol/shapes.ts'

/** The members of every operation. SNS wraps its lists and maps. */

const attributes = wrappedMap('key', 'value', 'string')
const tags = wrappedList(structure({ Key: 'string', Value: 'string' }))
const messageAttributes = wrappedMap(
  'Name',
  'Value',
  structure({ DataType: 'string', StringValue: 'string', BinaryValue: 'blob' }),
)
const subscriptions = wrappedList(
  structure({
    SubscriptionArn: 'string',
    Owner: 'string',
    Protocol: 'string',
    Endpoint: 'string',
    TopicArn: 'string',
  }),
)

const message = {
  Message: 'string',
  Subject: 'string',
  MessageStructure: 'string',
  MessageAttributes: messageAttributes,
  MessageDeduplicationId: 'string',
  MessageGroupId: 'string',
} as const

const topicOnly = structure({ TopicArn: 'string' })
const subscriptionOnly = structure({ SubscriptionArn: 'string' })
const nothing = structure({})

export const shapes = {
  CreateTopic: {
    input: structure({
      Name: 'string',
      Attributes: attributes,
      Tags: tags,
      DataProtectionPolicy: 'string',
    }),
    output: topicOnly,
  },
  DeleteTopic: { input: topicOnly },
  ListTopics: {
    input: structure({ NextToken: 'string' }),
    output: structure({ Topics: wrappedList(topicOnly), NextToken: 'string' }),
  },
  GetTopicAttributes: { input: topicOnly, output: structure({ Attributes: attributes }) },
  SetTopicAttributes: {
    input: structure({ TopicArn: 'string', AttributeName: 'string', AttributeValue: 'string' }),
  },
  Subscribe: {
    input: structure({
      TopicArn: 'string',
      Protocol: 'string',
      Endpoint: 'string',
      Attributes: attributes,
      ReturnSubscriptionArn: 'boolean',
    }),
    output: subscriptionOnly,
  },
  Unsubscribe: { input: subscriptionOnly },
  ListSubscriptions: {
    input: structure({ NextToken: 'string' }),
    output: structure({ Subscriptions: subscriptions, NextToken: 'string' }),
  },
  ListSubscriptionsByTopic: {
    input: structure({ TopicArn: 'string', NextToken: 'string' }),
    output: structure({ Subscriptions: subscriptions, NextToken: 'string' }),
  },
  GetSubscriptionAttributes: {
    input: subscriptionOnly,
    output: structure({ Attributes: attributes }),
  },
  SetSubscriptionAttributes: {
    input: structure({ SubscriptionArn: 'string', AttributeName: 'string', AttributeValue: 'string' }),
  },
  Publish: {
    input: structure({ TopicArn: 'string', TargetArn: 'string', PhoneNumber: 'string', ...message }),
    output: structure({ MessageId: 'string' }),
  },
  PublishBatch: {
    input: structure({
      TopicArn: 'string',
      PublishBatchRequestEntries: wrappedList(structure({ Id: 'string', ...message })),
    }),
    output: structure({
      Failed: wrappedList(
        structure({ Id: 'string', Code: 'string', Message: 'string', SenderFault: 'boolean' }),
      ),
      Successful: wrappedList(structure({ Id: 'string', MessageId: 'string' })),
    }),
  },
  TagResource: { input: structure({ ResourceArn: 'string', Tags: tags }), output: nothing },
  UntagResource: {
    input: structure({ ResourceArn: 'string', TagKeys: wrappedList('string') }),
    output: nothing,
  },
  ListTagsForResource: {
    input: structure({ ResourceArn: 'string' }),
    output: structure({ Tags: tags }),
  },
} satisfies Record<string, OperationShapes>
