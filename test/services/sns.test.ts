import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns'
import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { createMemoryStore, type Store } from '../../src/store/index.ts'
import { accountId, createWorld, region, startMs, type WorldOptions } from './world.ts'

const topicArn = `arn:aws:sns:${region}:${accountId}:orders`
const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`
const functionArn = `arn:aws:lambda:${region}:${accountId}:function:notify`
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/) as string

/** A world with the topic `orders`. */
async function withTopic(options?: WorldOptions) {
  const world = await createWorld(options)
  await world.sns.send(new CreateTopicCommand({ Name: 'orders' }))
  return world
}

type World = Awaited<ReturnType<typeof withTopic>>

/** Subscribes a new queue; answers the subscription's ARN. */
async function subscribeQueue(world: World, name: string, Attributes?: Record<string, string>) {
  await world.sqs.send(new CreateQueueCommand({ QueueName: name }))
  const input = { TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn(name), Attributes }
  return (await world.sns.send(new SubscribeCommand(input))).SubscriptionArn ?? ''
}

const publish = (world: World, input: Partial<PublishCommand['input']>) =>
  world.sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'hello', ...input }))

describe('a topic', () => {
  test('is created once, however often it is asked for', async () => {
    const { sns } = await createWorld()
    const input = { Name: 'orders', Attributes: { DisplayName: 'Orders' }, Tags: [{ Key: 'a', Value: 'b' }] }
    expect((await sns.send(new CreateTopicCommand(input))).TopicArn).toBe(topicArn)
    expect((await sns.send(new CreateTopicCommand(input))).TopicArn).toBe(topicArn)
    expect((await sns.send(new CreateTopicCommand({ Name: 'orders' }))).TopicArn).toBe(topicArn)
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: topicArn }])
  })

  test('shows what was set and what goes for every topic', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a')
    const set = (AttributeName: string, AttributeValue: string) =>
      world.sns.send(new SetTopicAttributesCommand({ TopicArn: topicArn, AttributeName, AttributeValue }))
    await set('DisplayName', 'Orders & more')
    await set('SignatureVersion', '2')
    const { Attributes } = await world.sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }))
    expect(Attributes).toEqual({
      DisplayName: 'Orders & more',
      EffectiveDeliveryPolicy:
        '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}',
      Owner: accountId,
      Policy: expect.stringContaining(`"Resource":"${topicArn}"`) as string,
      SignatureVersion: '2',
      SubscriptionsConfirmed: '1',
      SubscriptionsDeleted: '0',
      SubscriptionsPending: '0',
      TopicArn: topicArn,
    })
  })

  test('is deleted with its subscriptions; deleting it again is fine', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a')
    await world.sns.send(new DeleteTopicCommand({ TopicArn: topicArn }))
    await world.sns.send(new DeleteTopicCommand({ TopicArn: topicArn }))
    expect((await world.sns.send(new ListTopicsCommand({}))).Topics).toEqual([])
    expect((await world.sns.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual([])
    await expect(publish(world, {})).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Topic does not exist',
    })
  })

  test('topics are listed a hundred at a time', async () => {
    const { sns, topics } = await createWorld()
    const names = Array.from({ length: 250 }, (_, index) => `topic-${String(index).padStart(3, '0')}`)
    for (const name of names.toReversed()) await topics.declareTopic({ name })
    const pages: string[][] = []
    let NextToken: string | undefined
    do {
      const answer = await sns.send(new ListTopicsCommand({ NextToken }))
      pages.push((answer.Topics ?? []).map(({ TopicArn = '' }) => TopicArn.split(':').at(-1) ?? ''))
      NextToken = answer.NextToken
    } while (NextToken !== undefined)
    expect(pages.map((page) => page.length)).toEqual([100, 100, 50])
    expect(pages.flat()).toEqual(names)
  })

  test('takes tags, lists them and loses them', async () => {
    const { sns } = await withTopic()
    const tag = (Tags: { Key: string; Value: string }[]) =>
      sns.send(new TagResourceCommand({ ResourceArn: topicArn, Tags }))
    const list = async () => (await sns.send(new ListTagsForResourceCommand({ ResourceArn: topicArn }))).Tags
    expect(await list()).toEqual([])
    await tag([
      { Key: 'k1', Value: 'v1' },
      { Key: 'k2', Value: 'v2' },
    ])
    await tag([{ Key: 'k2', Value: 'v2b' }])
    await sns.send(new UntagResourceCommand({ ResourceArn: topicArn, TagKeys: ['k1', 'k3'] }))
    expect(await list()).toEqual([{ Key: 'k2', Value: 'v2b' }])
  })
})

describe('a subscription', () => {
  test('is confirmed at once, listed, and the same when asked for again', async () => {
    const world = await withTopic()
    const arn = await subscribeQueue(world, 'a', { RawMessageDelivery: 'True' })
    expect(arn).toMatch(new RegExp(`^${topicArn}:[0-9a-f-]{36}$`))
    expect(await subscribeQueue(world, 'a')).toBe(arn)
    const listed = {
      SubscriptionArn: arn,
      Owner: accountId,
      Protocol: 'sqs',
      Endpoint: queueArn('a'),
      TopicArn: topicArn,
    }
    const { sns } = world
    expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual([listed])
    const byTopic = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }))
    expect(byTopic.Subscriptions).toEqual([listed])
    const attributes = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }))
    expect(attributes.Attributes).toEqual({
      ConfirmationWasAuthenticated: 'true',
      Endpoint: queueArn('a'),
      Owner: accountId,
      PendingConfirmation: 'false',
      Protocol: 'sqs',
      RawMessageDelivery: 'true',
      SubscriptionArn: arn,
      SubscriptionPrincipal: `arn:aws:iam::${accountId}:root`,
      TopicArn: topicArn,
    })
  })

  test('ends; ending it again is fine', async () => {
    const world = await withTopic()
    const SubscriptionArn = await subscribeQueue(world, 'a')
    await world.sns.send(new UnsubscribeCommand({ SubscriptionArn }))
    await world.sns.send(new UnsubscribeCommand({ SubscriptionArn }))
    await publish(world, {})
    expect(world.queues.peek('a')).toEqual([])
    expect(world.published).toMatchObject([{ endpoints: [] }])
  })

  test('subscriptions are listed a hundred at a time', async () => {
    const { sns, topics } = await withTopic()
    for (let index = 0; index < 101; index++)
      await topics.declareSubscription({ topicArn, protocol: 'sqs', endpoint: queueArn(`q${index}`) })
    const first = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }))
    const { NextToken } = first
    const second = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken }))
    const arns = [first, second].flatMap(({ Subscriptions = [] }) =>
      Subscriptions.map(({ SubscriptionArn }) => SubscriptionArn),
    )
    expect([first.Subscriptions?.length, second.Subscriptions?.length]).toEqual([100, 1])
    expect(new Set(arns).size).toBe(101)
    expect(second.NextToken).toBeUndefined()
  })
})

describe('a published message', () => {
  test('reaches a queue in an envelope, key by key as from AWS', async () => {
    const world = await withTopic()
    const subscriptionArn = await subscribeQueue(world, 'a')
    const { MessageId } = await publish(world, {
      Message: 'öäü "quoted" 🎉',
      Subject: '[Subject] Test',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'created' },
        tags: { DataType: 'String.Array', StringValue: '["a","b"]' },
        count: { DataType: 'Number', StringValue: '99.12' },
        blob: { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) },
      },
    })
    const [message] = world.queues.peek('a')
    const envelope = JSON.parse(message?.body ?? '') as Record<string, unknown>
    expect(Object.entries(envelope)).toEqual([
      ['Type', 'Notification'],
      ['MessageId', MessageId],
      ['TopicArn', topicArn],
      ['Subject', '[Subject] Test'],
      ['Message', 'öäü "quoted" 🎉'],
      ['Timestamp', new Date(startMs).toISOString()],
      ['SignatureVersion', '1'],
      ['Signature', expect.stringMatching(/^[A-Za-z0-9+/]+=*$/)],
      [
        'SigningCertURL',
        expect.stringMatching(
          /^https:\/\/sns\.us-east-1\.amazonaws\.com\/SimpleNotificationService-[0-9a-f]{32}\.pem$/,
        ),
      ],
      [
        'UnsubscribeURL',
        `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
      ],
      [
        'MessageAttributes',
        {
          kind: { Type: 'String', Value: 'created' },
          tags: { Type: 'String.Array', Value: '["a","b"]' },
          count: { Type: 'Number', Value: '99.12' },
          blob: { Type: 'Binary', Value: 'AgME' },
        },
      ],
    ])
    expect(message?.attributes).toEqual({})
  })

  test('has neither subject nor attributes in the envelope when it has none', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a')
    await publish(world, {})
    const envelope = JSON.parse(world.queues.peek('a')[0]?.body ?? '') as object
    expect(Object.keys(envelope)).toEqual([
      'Type',
      'MessageId',
      'TopicArn',
      'Message',
      'Timestamp',
      'SignatureVersion',
      'Signature',
      'SigningCertURL',
      'UnsubscribeURL',
    ])
  })

  test('reaches a queue raw, with its attributes as the queue’s own', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a', { RawMessageDelivery: 'true' })
    await publish(world, {
      MessageAttributes: {
        attr1: { DataType: 'Number', StringValue: '99.12' },
        store: { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) },
      },
    })
    const QueueUrl = `${world.url}/${accountId}/a`
    const received = await world.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], AttributeNames: ['All'] }),
    )
    expect(received.Messages).toMatchObject([
      {
        Body: 'hello',
        MessageAttributes: {
          attr1: { DataType: 'Number', StringValue: '99.12' },
          store: { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) },
        },
      },
    ])
    expect(received.Messages?.[0]?.Attributes).not.toHaveProperty('AWSTraceHeader')
  })

  test('changes its form as soon as the subscription does', async () => {
    const world = await withTopic()
    const SubscriptionArn = await subscribeQueue(world, 'a')
    const set = (AttributeValue: string) =>
      world.sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn,
          AttributeName: 'RawMessageDelivery',
          AttributeValue,
        }),
      )
    await set('true')
    await publish(world, { Message: 'raw' })
    await set('false')
    await publish(world, { Message: 'wrapped' })
    expect(world.queues.peek('a').map(({ body }) => body)).toEqual([
      'raw',
      expect.stringContaining('"Message":"wrapped"'),
    ])
  })

  test('carries the trace header on to the queue', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a')
    const traceHeader = 'Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1'
    await fetch(world.url, {
      method: 'POST',
      headers: { 'X-Amzn-Trace-Id': traceHeader },
      body: new URLSearchParams({
        Action: 'Publish',
        Version: '2010-03-31',
        TopicArn: topicArn,
        Message: 'hello',
      }),
    })
    const received = await world.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: `${world.url}/${accountId}/a`, AttributeNames: ['All'] }),
    )
    expect(received.Messages?.[0]?.Attributes?.AWSTraceHeader).toBe(traceHeader)
  })

  test('says to each protocol what is for it, and the default to the others', async () => {
    const world = await withTopic({ functions: [functionArn] })
    await subscribeQueue(world, 'a', { RawMessageDelivery: 'true' })
    await world.sns.send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: 'lambda', Endpoint: functionArn }),
    )
    const json = (texts: object) =>
      publish(world, { Message: JSON.stringify(texts), MessageStructure: 'json' })
    await json({ default: 'default field', sqs: '{"field": "value"}', lambda: 7 })
    await json({ default: 'default field', lambda: 'for functions', email: 'nobody reads this' })
    expect(world.queues.peek('a').map(({ body }) => body)).toEqual(['{"field": "value"}', 'default field'])
    expect(world.told.map(({ message }) => message)).toEqual(['default field', 'for functions'])
  })

  test('is told to a subscribed function, once it is stored with everything else', async () => {
    const world = await withTopic({ functions: [functionArn] })
    await subscribeQueue(world, 'a')
    const { SubscriptionArn = '' } = await world.sns.send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: 'lambda', Endpoint: functionArn }),
    )
    const { MessageId = '' } = await publish(world, {
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'created' } },
    })
    expect(world.told).toEqual([
      {
        subscriptionArn: SubscriptionArn,
        functionArn,
        topicArn,
        messageId: MessageId,
        subject: null,
        message: 'hello',
        timestampMs: startMs,
        messageAttributes: { kind: { Type: 'String', Value: 'created' } },
        signature: expect.any(String) as string,
        signingCertUrl: expect.any(String) as string,
        unsubscribeUrl: expect.stringContaining(SubscriptionArn) as string,
        cause: MessageId,
      },
    ])
    expect(world.published).toEqual([
      {
        topicArn,
        messageId: MessageId,
        endpoints: [queueArn('a'), functionArn],
        cause: undefined,
      },
    ])
  })

  test('goes to all or to nobody: when the store fails, the publisher is told and no subscriber', async () => {
    const store = createMemoryStore()
    let isFull = false
    const failing: Store = {
      ...store,
      apply: (effects) => (isFull ? Promise.reject(new Error('disk full')) : store.apply(effects)),
    }
    const world = await withTopic({ store: failing, functions: [functionArn] })
    await subscribeQueue(world, 'a')
    await world.sns.send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: 'lambda', Endpoint: functionArn }),
    )
    isFull = true
    await expect(publish(world, {})).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } })
    expect([world.queues.peek('a'), world.told, world.published]).toEqual([[], [], []])
    isFull = false
    await publish(world, {})
    expect([world.queues.peek('a').length, world.told.length, world.published.length]).toEqual([1, 1, 1])
  })

  test('comes with the invocation whose handler published it', async () => {
    const world = await withTopic({ causeOf: (key) => (key === 'key' ? 'request-1' : undefined) })
    await subscribeQueue(world, 'a')
    const { MessageId } = await publish(world, {})
    expect(world.published).toMatchObject([{ cause: 'request-1' }])
    const reader = world.queues.queueReader('a')
    const received = await reader.receive({ limit: 1, signal: new AbortController().signal })
    expect(received).toMatchObject([{ cause: MessageId }])
  })

  test('may name the topic as its target', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a')
    await world.sns.send(new PublishCommand({ TargetArn: topicArn, Message: 'hello' }))
    expect(world.queues.peek('a')).toHaveLength(1)
  })

  test('may be as large as 262,144 bytes with its attributes, and not one more', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a', { RawMessageDelivery: 'true' })
    const MessageAttributes = { name: { DataType: 'String', StringValue: 'ü' } }
    const Message = 'x'.repeat(262_144 - 'nameString'.length - 2)
    await publish(world, { Message, MessageAttributes })
    expect(world.queues.peek('a')[0]?.body).toHaveLength(Message.length)
    await expect(publish(world, { Message: `${Message}x`, MessageAttributes })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Message too long',
    })
  })
})

describe('what an endpoint cannot take', () => {
  const toDead = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn('dead') }) }

  test('goes to the dead-letter queue in the form that the endpoint would have got', async () => {
    const world = await withTopic()
    await world.sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))
    const plain = await subscribeQueue(world, 'plain', toDead)
    await subscribeQueue(world, 'raw', { ...toDead, RawMessageDelivery: 'true' })
    for (const name of ['plain', 'raw'])
      await world.sqs.send(new DeleteQueueCommand({ QueueUrl: `${world.url}/${accountId}/${name}` }))
    const MessageAttributes = { attr1: { DataType: 'Number', StringValue: '111' } }
    const { MessageId } = await publish(world, { MessageAttributes })
    expect(world.queues.peek('dead')).toMatchObject([
      {
        body: expect.stringContaining('"MessageAttributes":{"attr1":{"Type":"Number","Value":"111"}}}'),
        attributes: {},
      },
      { body: 'hello', attributes: { attr1: '111' } },
    ])
    expect(world.failures[0]).toEqual({
      topicArn,
      subscriptionArn: plain,
      endpoint: queueArn('plain'),
      messageId: MessageId,
      reason: 'there is no queue plain',
      deadLetterArn: queueArn('dead'),
    })
    expect(world.published).toMatchObject([{ endpoints: [] }])
  })

  test('is lost without a dead-letter queue, and the others get it all the same', async () => {
    const world = await withTopic()
    const Endpoint = functionArn
    await world.sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'lambda', Endpoint }))
    await subscribeQueue(world, 'a')
    await publish(world, {})
    expect(world.queues.peek('a')).toHaveLength(1)
    expect(world.failures).toMatchObject([
      { endpoint: functionArn, reason: `there is no function ${functionArn}`, deadLetterArn: undefined },
    ])
    expect(world.published).toMatchObject([{ endpoints: [queueArn('a')] }])
  })

  test('of a function goes in an envelope as queues get it', async () => {
    const world = await withTopic()
    await world.sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))
    const lambda = { TopicArn: topicArn, Protocol: 'lambda', Endpoint: functionArn, Attributes: toDead }
    await world.sns.send(new SubscribeCommand(lambda))
    await publish(world, { Message: '{"default":"d","lambda":"l"}', MessageStructure: 'json' })
    expect(JSON.parse(world.queues.peek('dead')[0]?.body ?? '')).toMatchObject({
      Message: 'l',
      SigningCertURL: expect.any(String) as string,
    })
  })

  test('is lost when its dead-letter queue does not exist either', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a', toDead)
    await world.sqs.send(new DeleteQueueCommand({ QueueUrl: `${world.url}/${accountId}/a` }))
    await publish(world, {})
    expect(world.failures).toMatchObject([
      { reason: 'there is no queue a; there is no queue dead', deadLetterArn: undefined },
    ])
  })

  test('includes raw messages with more attributes than a queue allows', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a', { RawMessageDelivery: 'true' })
    await subscribeQueue(world, 'b')
    const MessageAttributes = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'x' }]),
    )
    await publish(world, { MessageAttributes })
    expect([world.queues.peek('a').length, world.queues.peek('b').length]).toEqual([0, 1])
    expect(world.failures).toMatchObject([{ endpoint: queueArn('a') }])
  })
})

describe('a batch', () => {
  test('publishes every message with an id of its own', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a', { RawMessageDelivery: 'true' })
    const PublishBatchRequestEntries = [
      { Id: '1', Message: 'one', MessageAttributes: { a: { DataType: 'Number', StringValue: '1' } } },
      { Id: '2', Message: '{"default":"two"}', MessageStructure: 'json' },
    ]
    const input = { TopicArn: topicArn, PublishBatchRequestEntries }
    const { Successful, Failed } = await world.sns.send(new PublishBatchCommand(input))
    expect(Successful).toEqual([
      { Id: '1', MessageId: uuid },
      { Id: '2', MessageId: uuid },
    ])
    expect(Failed).toEqual([])
    expect(world.queues.peek('a')).toMatchObject([{ body: 'one', attributes: { a: '1' } }, { body: 'two' }])
  })

  test('of one wrong message publishes none', async () => {
    const world = await withTopic()
    await subscribeQueue(world, 'a')
    const PublishBatchRequestEntries = [
      { Id: '1', Message: 'one' },
      { Id: '2', Message: 'two', MessageAttributes: { a: { DataType: 'Strings', StringValue: '1' } } },
    ]
    const input = { TopicArn: topicArn, PublishBatchRequestEntries }
    await expect(world.sns.send(new PublishBatchCommand(input))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    })
    expect(world.queues.peek('a')).toEqual([])
  })
})

test('topics, subscriptions and tags are there again after a restart', async () => {
  const store = createMemoryStore()
  const kept = { ...store, close: () => Promise.resolve() }
  const before = await withTopic({ store: kept })
  const arn = await subscribeQueue(before, 'a', { RawMessageDelivery: 'true' })
  const Tags = [{ Key: 'a', Value: 'b' }]
  await before.sns.send(new TagResourceCommand({ ResourceArn: topicArn, Tags }))
  const after = await createWorld({ store: kept })
  expect(after.topics.subscriptions()).toEqual([
    { arn, topicArn, protocol: 'sqs', endpoint: queueArn('a'), isDeclared: false },
  ])
  const tags = await after.sns.send(new ListTagsForResourceCommand({ ResourceArn: topicArn }))
  expect(tags.Tags).toEqual(Tags)
  await publish(after, {})
  expect(after.queues.peek('a')).toMatchObject([{ body: 'hello' }])
})
