import { expect, test } from 'vitest'
import { accountId, createWorld, query, region } from './world.ts'

/** What SNS refuses, with its codes and texts. Those below "not supported here" are our own. */

const topicArn = `arn:aws:sns:${region}:${accountId}:orders`
const subscriptionArn = `${topicArn}:21be56ed-a058-49f5-8c98-aedd2564c486`
const queueArn = `arn:aws:sqs:${region}:${accountId}:a`
const functionArn = `arn:aws:lambda:${region}:${accountId}:function:notify`

type Form = Readonly<Record<string, string>>
type Case = readonly [title: string, form: Form, status: number, code: string, message: string]

const publish = (form: Form): Form => ({ Action: 'Publish', TopicArn: topicArn, Message: 'hello', ...form })
const attribute = (name: string, type: string, value: Form): Form =>
  publish({
    'MessageAttributes.entry.1.Name': name,
    'MessageAttributes.entry.1.Value.DataType': type,
    ...Object.fromEntries(
      Object.entries(value).map(([key, text]) => [`MessageAttributes.entry.1.Value.${key}`, text]),
    ),
  })
const batch = (...entries: readonly Form[]): Form => ({
  Action: 'PublishBatch',
  TopicArn: topicArn,
  ...Object.fromEntries(
    entries.flatMap((entry, index) =>
      Object.entries(entry).map(([key, value]) => [
        `PublishBatchRequestEntries.member.${index + 1}.${key}`,
        value,
      ]),
    ),
  ),
})
const subscribe = (form: Form): Form => ({
  Action: 'Subscribe',
  TopicArn: topicArn,
  Protocol: 'sqs',
  Endpoint: queueArn,
  ...form,
})
const withAttribute = (name: string, value: string): Form => ({
  'Attributes.entry.1.key': name,
  'Attributes.entry.1.value': value,
})
const setSubscription = (AttributeName: string, AttributeValue: string): Form => ({
  Action: 'SetSubscriptionAttributes',
  SubscriptionArn: 'THE SUBSCRIPTION',
  AttributeName,
  AttributeValue,
})

const invalid = 'InvalidParameter'
const badValue = 'ParameterValueInvalid'
const text = { StringValue: 'x' }
const bytes = { BinaryValue: 'AQID' }

const recorded: readonly Case[] = [
  [
    'an ARN that is none',
    { Action: 'GetTopicAttributes', TopicArn: 'orders' },
    400,
    invalid,
    'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
  ],
  [
    'an empty ARN',
    publish({ TopicArn: '' }),
    400,
    invalid,
    'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
  ],
  [
    'a topic that does not exist',
    publish({ TopicArn: `${topicArn}-2` }),
    404,
    'NotFound',
    'Topic does not exist',
  ],
  [
    'an ARN that is too short',
    { Action: 'DeleteTopic', TopicArn: 'arn:aws' },
    400,
    invalid,
    'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 2',
  ],
  [
    'a mobile endpoint',
    { Action: 'Publish', Message: 'x', TargetArn: `arn:aws:sns:${region}:${accountId}:endpoint/APNS/app/1` },
    400,
    invalid,
    'Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified',
  ],
  ['an empty message', publish({ Message: '' }), 400, invalid, 'Invalid parameter: Empty message'],
  ['an empty subject', publish({ Subject: '' }), 400, invalid, 'Invalid parameter: Subject'],
  [
    'a message that is too long',
    publish({ Message: 'x'.repeat(262_145) }),
    400,
    invalid,
    'Invalid parameter: Message too long',
  ],
  [
    'JSON without a default',
    publish({ MessageStructure: 'json', Message: '{"sqs":"x"}' }),
    400,
    invalid,
    'Invalid parameter: Message Structure - No default entry in JSON message body',
  ],
  [
    'a default that is no text',
    publish({ MessageStructure: 'json', Message: '{"default":{"a":1}}' }),
    400,
    invalid,
    'Invalid parameter: Message Structure - No default entry in JSON message body',
  ],
  [
    'a message that is no JSON',
    publish({ MessageStructure: 'json', Message: '{"default' }),
    400,
    invalid,
    'Invalid parameter: Message Structure - JSON message body failed to parse',
  ],
  [
    'an attribute without value',
    attribute('a', 'String', {}),
    400,
    badValue,
    "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.",
  ],
  [
    'an empty binary attribute',
    attribute('a', 'Binary', { BinaryValue: '' }),
    400,
    badValue,
    "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'Binary'.",
  ],
  [
    'an attribute without type',
    publish({
      'MessageAttributes.entry.1.Name': 'a',
      'MessageAttributes.entry.1.Value.StringValue': 'x',
    }),
    400,
    'ValidationError',
    "1 validation error detected: Value null at 'messageAttributes.a.member.dataType' failed to satisfy constraint: Member must not be null",
  ],
  [
    'bytes in a text attribute',
    attribute('a', 'Number', bytes),
    400,
    badValue,
    "The message attribute 'a' with type 'Number' must use field 'String'.",
  ],
  [
    'text in a binary attribute',
    attribute('a', 'Binary', text),
    400,
    badValue,
    "The message attribute 'a' with type 'Binary' must use field 'Binary'.",
  ],
  [
    'an attribute of a type that there is not',
    attribute('a', 'Strings', text),
    400,
    badValue,
    "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
  ],
  [
    'an attribute with a long name',
    attribute('a'.repeat(257), 'String', text),
    400,
    badValue,
    'Length of message attribute name must be less than 256 bytes.',
  ],
  [
    'an attribute with a strange character',
    attribute('a^b', 'String', text),
    400,
    badValue,
    "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
  ],
  [
    'an attribute that starts with a dot',
    attribute('.a', 'String', text),
    400,
    badValue,
    "Invalid message attribute name starting with character '.' was found.",
  ],
  [
    'an attribute that ends with a dot',
    attribute('a.', 'String', text),
    400,
    badValue,
    "Invalid message attribute name ending with character '.' was found.",
  ],
  [
    'an attribute with two dots',
    attribute('a..b', 'String', text),
    400,
    badValue,
    "Message attribute name can not have successive '.' character.",
  ],
  [
    'an entry of a batch with a wrong attribute',
    batch({
      Id: '1',
      Message: 'x',
      'MessageAttributes.entry.1.Name': 'a',
      'MessageAttributes.entry.1.Value.StringValue': 'x',
    }),
    400,
    'ValidationError',
    "1 validation error detected: Value null at 'publishBatchRequestEntries.1.member.messageAttributes.a.member.dataType' failed to satisfy constraint: Member must not be null",
  ],
  [
    'eleven entries',
    batch(...Array.from({ length: 11 }, (_, index) => ({ Id: `${index}`, Message: 'x' }))),
    400,
    'TooManyEntriesInBatchRequest',
    'The batch request contains more entries than permissible.',
  ],
  [
    'the same id twice',
    batch({ Id: '1', Message: 'x' }, { Id: '1', Message: 'y' }),
    400,
    'BatchEntryIdsNotDistinct',
    'Two or more batch entries in the request have the same Id.',
  ],
  [
    'a batch for no topic',
    { ...batch({ Id: '1', Message: 'x' }), TopicArn: `${topicArn}-2` },
    404,
    'NotFound',
    'Topic does not exist',
  ],
  [
    'a protocol that there is not',
    subscribe({ Protocol: 'test-protocol' }),
    400,
    invalid,
    'Invalid parameter: Amazon SNS does not support this protocol string: test-protocol',
  ],
  [
    "a queue's URL",
    subscribe({ Endpoint: 'http://127.0.0.1/000000000000/a' }),
    400,
    invalid,
    'Invalid parameter: SQS endpoint ARN',
  ],
  [
    'a FIFO queue',
    subscribe({ Endpoint: `${queueArn}.fifo` }),
    400,
    invalid,
    'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
  ],
  [
    'a wrong truth value with Subscribe',
    subscribe(withAttribute('RawMessageDelivery', 'wrongvalue')),
    400,
    invalid,
    'Invalid parameter: Attributes Reason: RawMessageDelivery: Invalid value [wrongvalue]. Must be true or false.',
  ],
  [
    'a wrong truth value',
    setSubscription('RawMessageDelivery', 'test-ValUe'),
    400,
    invalid,
    'Invalid parameter: RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false.',
  ],
  [
    'no truth value',
    setSubscription('RawMessageDelivery', ''),
    400,
    invalid,
    'Invalid parameter: RawMessageDelivery: Invalid value []. Must be true or false.',
  ],
  [
    'a subscription attribute that there is not',
    setSubscription('FakeAttribute', 'x'),
    400,
    invalid,
    'Invalid parameter: AttributeName',
  ],
  [
    'a dead-letter queue that is none',
    setSubscription('RedrivePolicy', '{"deadLetterTargetArn":"fake-arn"}'),
    400,
    invalid,
    'Invalid parameter: RedrivePolicy: deadLetterTargetArn is an invalid arn',
  ],
  [
    'attributes of a subscription that does not exist',
    { Action: 'GetSubscriptionAttributes', SubscriptionArn: subscriptionArn },
    404,
    'NotFound',
    'Subscription does not exist',
  ],
  [
    'the end of nothing',
    { Action: 'Unsubscribe' },
    400,
    invalid,
    'Invalid parameter: SubscriptionArn Reason: no value for required parameter',
  ],
  [
    'the end of a topic as a subscription',
    { Action: 'Unsubscribe', SubscriptionArn: topicArn },
    400,
    invalid,
    'Invalid parameter: SubscriptionId',
  ],
  [
    'a tag twice',
    {
      Action: 'TagResource',
      ResourceArn: topicArn,
      'Tags.member.1.Key': 'a',
      'Tags.member.1.Value': 'x',
      'Tags.member.2.Key': 'a',
      'Tags.member.2.Value': 'y',
    },
    400,
    invalid,
    'Invalid parameter: Duplicated keys are not allowed.',
  ],
  [
    'the topic again with other tags',
    { Action: 'CreateTopic', Name: 'orders', 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': 'x' },
    400,
    invalid,
    'Invalid parameter: Tags Reason: Topic already exists with different tags',
  ],
  [
    'the topic again with other attributes',
    { Action: 'CreateTopic', Name: 'orders', ...withAttribute('DisplayName', 'Another') },
    400,
    invalid,
    'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
  ],
  [
    'the subscription again with other attributes',
    subscribe(withAttribute('RawMessageDelivery', 'true')),
    400,
    invalid,
    'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
  ],
  [
    'a deduplication id on a standard topic',
    publish({ MessageDeduplicationId: 'a' }),
    400,
    invalid,
    'Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
  ],
]

async function refusal(form: Form) {
  const { url, topics } = await createWorld()
  await topics.declareTopic({ name: 'orders' })
  const arn = await topics.declareSubscription({ topicArn, protocol: 'sqs', endpoint: queueArn })
  const filled = Object.entries(form).map(([key, value]) => [key, value === 'THE SUBSCRIPTION' ? arn : value])
  const { status, xml } = await query(url, { Version: '2010-03-31', ...Object.fromEntries(filled) })
  const part = (name: string) =>
    new RegExp(`<${name}>(.*)</${name}>`, 's').exec(xml)?.[1]?.replaceAll('&quot;', '"')
  return { status, code: part('Code'), message: part('Message') }
}

test.each(recorded)('%s is refused as by AWS', async (_, form, status, code, message) => {
  expect(await refusal(form)).toEqual({ status, code, message })
})

test.each([
  ['a FIFO topic', { Action: 'CreateTopic', Name: 'orders.fifo', ...withAttribute('FifoTopic', 'true') }],
  [
    'a FIFO topic by attribute',
    { Action: 'CreateTopic', Name: 'more', ...withAttribute('FifoTopic', 'true') },
  ],
  ['a data protection policy', { Action: 'CreateTopic', Name: 'more', DataProtectionPolicy: '{}' }],
  ['active tracing', { Action: 'CreateTopic', Name: 'more', ...withAttribute('TracingConfig', 'Active') }],
  ['a delivery policy', { Action: 'CreateTopic', Name: 'more', ...withAttribute('DeliveryPolicy', '{}') }],
  [
    'delivery logs',
    { Action: 'CreateTopic', Name: 'more', ...withAttribute('SQSSuccessFeedbackRoleArn', 'x') },
  ],
  ['a name with a space', { Action: 'CreateTopic', Name: 'my orders' }],
  ['no name', { Action: 'CreateTopic' }],
  [
    'a topic attribute that there is not',
    { Action: 'SetTopicAttributes', TopicArn: topicArn, AttributeName: 'Foo', AttributeValue: 'x' },
  ],
  ['e-mail', subscribe({ Protocol: 'email', Endpoint: 'someone@example.com' })],
  ['HTTPS', subscribe({ Protocol: 'https', Endpoint: 'https://example.com' })],
  ['a filter policy', subscribe(withAttribute('FilterPolicy', '{"a":["b"]}'))],
  ['a filter policy later', setSubscription('FilterPolicy', '{"a":["b"]}')],
  ["a filter policy's scope", setSubscription('FilterPolicyScope', 'MessageBody')],
  [
    'raw delivery to a function',
    subscribe({
      Protocol: 'lambda',
      Endpoint: functionArn,
      ...withAttribute('RawMessageDelivery', 'true'),
    }),
  ],
  ['a queue as a function', subscribe({ Protocol: 'lambda' })],
  ['a redrive policy that is no JSON', setSubscription('RedrivePolicy', '{invalid}')],
  [
    'a topic as a dead-letter queue',
    setSubscription('RedrivePolicy', `{"deadLetterTargetArn":"${topicArn}"}`),
  ],
  ['a phone', { Action: 'Publish', PhoneNumber: '+491234567', Message: 'x' }],
  ['a message group', publish({ MessageGroupId: 'a' })],
  ['a subject of two lines', publish({ Subject: 'a\nb' })],
  ['a subject of 101 characters', publish({ Subject: 'x'.repeat(101) })],
  ['no message', { Action: 'Publish', TopicArn: topicArn }],
  ['no topic', { Action: 'Publish', Message: 'x' }],
  ['a topic of another region', publish({ TopicArn: `arn:aws:sns:eu-central-1:${accountId}:orders` })],
  ['a wrong token', { Action: 'ListTopics', NextToken: 'x' }],
])('%s is refused', async (_, form) => {
  const { status, code, message } = await refusal(form)
  expect([status, code]).toEqual([400, 'InvalidParameter'])
  expect(message).toMatch(/^Invalid parameter: /)
})

test('no number in a number attribute, an empty batch, a wrong id and too many tags have codes of their own', async () => {
  const tags = Object.fromEntries(
    Array.from({ length: 51 }, (_, index) => [
      [`Tags.member.${index + 1}.Key`, `k${index}`],
      [`Tags.member.${index + 1}.Value`, 'x'],
    ]).flat(),
  )
  const half = 'x'.repeat(131_073)
  const codes = [
    attribute('a', 'Number', text),
    { Action: 'PublishBatch', TopicArn: topicArn },
    batch({ Id: 'a b', Message: 'x' }),
    batch({ Id: 'a', Message: half }, { Id: 'b', Message: half }),
    { Action: 'TagResource', ResourceArn: topicArn, ...tags },
    { Action: 'ListTagsForResource', ResourceArn: `${topicArn}-2` },
  ]
  expect((await Promise.all(codes.map(refusal))).map(({ code }) => code)).toEqual([
    'ParameterValueInvalid',
    'EmptyBatchRequest',
    'InvalidBatchEntryId',
    'BatchRequestTooLong',
    'TagLimitExceeded',
    'ResourceNotFound',
  ])
})

test('what AWS has and we have not is a 501 by name', async () => {
  const { url } = await createWorld()
  const { status, xml } = await query(url, { Action: 'AddPermission', Version: '2010-03-31' })
  expect(status).toBe(501)
  expect(xml).toContain('The sns operation AddPermission is not supported here.')
})
