import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { accountId, createWorld, region, startMs } from './world.ts'

async function createQueue(sqs: SQSClient, name: string, attributes: Record<string, string> = {}) {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }))
  return QueueUrl ?? ''
}

async function receive(
  sqs: SQSClient,
  QueueUrl: string,
  options: Partial<ReceiveMessageCommandInput> = {},
): Promise<Message[]> {
  const answer = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      ...options,
    }),
  )
  return answer.Messages ?? []
}

const send = (sqs: SQSClient, QueueUrl: string, MessageBody: string, more: object = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }))

const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body)

const seconds = (count: number) => count * 1_000

describe('queues', () => {
  test('are created with a URL on the address that the caller used, found by name, and listed', async () => {
    const { sqs, url } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    expect(orders).toBe(`${url}/${accountId}/orders`)
    await createQueue(sqs, 'other')
    await createQueue(sqs, 'orders-dead')
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'orders' }))).QueueUrl).toBe(orders)
    expect((await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'orders' }))).QueueUrls).toEqual([
      orders,
      `${orders}-dead`,
    ])
    const none = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'x' }))
    expect(none).not.toHaveProperty('QueueUrls')
  })

  test('are listed in pages when the caller asks for pages', async () => {
    const { sqs } = await createWorld()
    for (const name of ['a', 'b', 'c']) await createQueue(sqs, name)
    const first = await sqs.send(new ListQueuesCommand({ MaxResults: 2 }))
    expect(first.QueueUrls).toHaveLength(2)
    const second = await sqs.send(new ListQueuesCommand({ MaxResults: 2, NextToken: first.NextToken }))
    expect(second.QueueUrls).toHaveLength(1)
    expect(second.NextToken).toBeUndefined()
  })

  test('show their attributes, all of them text', async () => {
    const { sqs } = await createWorld()
    const orders = await createQueue(sqs, 'orders', { VisibilityTimeout: '5' })
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: orders, AttributeNames: ['All'] }),
    )
    expect(Attributes).toEqual({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      CreatedTimestamp: '1767323045',
      DelaySeconds: '0',
      LastModifiedTimestamp: '1767323045',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: `arn:aws:sqs:${region}:${accountId}:orders`,
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '5',
    })
    const nothing = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: orders }))
    expect(nothing).not.toHaveProperty('Attributes')
  })

  test('count visible, delayed and in-flight messages', async () => {
    const { sqs } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    for (const body of ['a', 'b', 'c']) await send(sqs, orders, body)
    await send(sqs, orders, 'later', { DelaySeconds: 10 })
    await receive(sqs, orders, { MaxNumberOfMessages: 1 })
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: orders,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesDelayed',
          'ApproximateNumberOfMessagesNotVisible',
        ],
      }),
    )
    expect(Attributes).toEqual({
      ApproximateNumberOfMessages: '2',
      ApproximateNumberOfMessagesDelayed: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
    })
  })

  test('can be created again with the same attributes, but not with others', async () => {
    const { sqs } = await createWorld()
    const orders = await createQueue(sqs, 'orders', { DelaySeconds: '5' })
    expect(await createQueue(sqs, 'orders')).toBe(orders)
    expect(await createQueue(sqs, 'orders', { DelaySeconds: '5' })).toBe(orders)
    await expect(createQueue(sqs, 'orders', { DelaySeconds: '6' })).rejects.toMatchObject({
      name: 'QueueNameExists',
      message: 'A queue already exists with the same name and a different value for attribute DelaySeconds',
    })
  })

  test('carry tags', async () => {
    const { sqs } = await createWorld()
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders', tags: { a: '1' } }))
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { b: '2', c: '3' } }))
    await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a', 'nope'] }))
    const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl }))
    expect(Tags).toEqual({ b: '2', c: '3' })
  })

  test('are gone with their messages when deleted, and can be created anew at once', async () => {
    const { sqs } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    await send(sqs, orders, 'a')
    await sqs.send(new DeleteQueueCommand({ QueueUrl: orders }))
    await expect(send(sqs, orders, 'b')).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
    await createQueue(sqs, 'orders')
    expect(await receive(sqs, orders)).toEqual([])
  })

  test('outlive the service that created them', async () => {
    const { sqs, store } = await createWorld()
    const orders = await createQueue(sqs, 'orders', { VisibilityTimeout: '7' })
    await send(sqs, orders, 'a')
    const later = await createWorld({ store })
    const { Attributes } = await later.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: 'orders', AttributeNames: ['VisibilityTimeout'] }),
    )
    expect(Attributes).toEqual({ VisibilityTimeout: '7' })
    expect(bodies(await receive(later.sqs, 'orders'))).toEqual(['a'])
  })

  test('are purged once a minute at most', async () => {
    const { sqs, clock } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    await send(sqs, orders, 'a')
    await sqs.send(new PurgeQueueCommand({ QueueUrl: orders }))
    expect(await receive(sqs, orders)).toEqual([])
    await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: orders }))).rejects.toMatchObject({
      name: 'PurgeQueueInProgress',
      message: 'Only one PurgeQueue operation on orders is allowed every 60 seconds.',
      $metadata: { httpStatusCode: 403 },
    })
    await clock.advance(seconds(60))
    await sqs.send(new PurgeQueueCommand({ QueueUrl: orders }))
  })
})

describe('messages', () => {
  test('come back as they were sent, with digests that the SDK accepts', async () => {
    const { sqs } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    const body = 'naïve – 🚀 <&">\r\n\t'
    const sent = await send(sqs, orders, body, {
      MessageAttributes: {
        Kind: { DataType: 'String', StringValue: 'order' },
        Blob: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]) },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988' } },
      MessageGroupId: 'tenant-1',
    })
    expect(sent.MD5OfMessageAttributes).toBe('2474ddd69c9886aa94c69d4b53a6e312')
    const [message] = await receive(sqs, orders)
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: body,
      MD5OfBody: sent.MD5OfMessageBody,
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      MessageAttributes: {
        Kind: { DataType: 'String', StringValue: 'order' },
        Blob: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
      },
      Attributes: {
        ApproximateReceiveCount: '1',
        AWSTraceHeader: 'Root=1-5759e988',
        SentTimestamp: String(startMs),
        MessageGroupId: 'tenant-1',
        SenderId: accountId,
        ApproximateFirstReceiveTimestamp: String(startMs),
      },
    })
  })

  test('show attributes only when asked, and a digest of just those', async () => {
    const { sqs } = await createWorld()
    const orders = await createQueue(sqs, 'orders', { VisibilityTimeout: '0' })
    await send(sqs, orders, 'a', {
      MessageAttributes: {
        'app.Foo': { DataType: 'String', StringValue: 'Bar' },
        Foo: { DataType: 'String', StringValue: 'Bar' },
      },
    })
    const ask = async (MessageAttributeNames: string[]) =>
      (await receive(sqs, orders, { MessageAttributeNames, MessageSystemAttributeNames: [] }))[0]
    const plain = await ask([])
    expect(plain).not.toHaveProperty('Attributes')
    expect(plain).not.toHaveProperty('MessageAttributes')
    expect(plain).not.toHaveProperty('MD5OfMessageAttributes')
    expect(await ask(['Foo'])).toMatchObject({
      MD5OfMessageAttributes: 'ae7155c6026991b6d54b11589678bf9c',
      MessageAttributes: { Foo: { DataType: 'String', StringValue: 'Bar' } },
    })
    expect(Object.keys((await ask(['app.*']))?.MessageAttributes ?? {})).toEqual(['app.Foo'])
    expect(Object.keys((await ask(['.*']))?.MessageAttributes ?? {})).toHaveLength(2)
    const counted = await receive(sqs, orders, {
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      MessageAttributeNames: [],
    })
    expect(counted[0]?.Attributes).toEqual({ ApproximateReceiveCount: '5' })
  })

  test('are invisible to others until the visibility timeout ends, then come with a higher count', async () => {
    const { sqs, clock } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    await send(sqs, orders, 'a')
    const [first] = await receive(sqs, orders)
    expect(await receive(sqs, orders)).toEqual([])
    await clock.advance(seconds(30))
    const [second] = await receive(sqs, orders)
    expect(second).toMatchObject({
      MessageId: first?.MessageId,
      Attributes: { ApproximateReceiveCount: '2', ApproximateFirstReceiveTimestamp: String(startMs) },
    })
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle)
    // The first handle is old: deleting with it succeeds, and deletes nothing.
    await sqs.send(new DeleteMessageCommand({ QueueUrl: orders, ReceiptHandle: first?.ReceiptHandle }))
    await clock.advance(seconds(30))
    expect(await receive(sqs, orders)).toHaveLength(1)
  })

  test('are deleted by their handle, even after the visibility timeout', async () => {
    const { sqs, clock } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    await send(sqs, orders, 'a')
    const [message] = await receive(sqs, orders)
    await clock.advance(seconds(31))
    await sqs.send(new DeleteMessageCommand({ QueueUrl: orders, ReceiptHandle: message?.ReceiptHandle }))
    await sqs.send(new DeleteMessageCommand({ QueueUrl: orders, ReceiptHandle: message?.ReceiptHandle }))
    expect(await receive(sqs, orders)).toEqual([])
  })

  test('change their visibility one by one or in batches', async () => {
    const { sqs, clock } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    for (const body of ['a', 'b', 'c']) await send(sqs, orders, body)
    const handles = (await receive(sqs, orders)).map(({ ReceiptHandle }) => ReceiptHandle)
    const change = (index: number, VisibilityTimeout: number) => ({
      QueueUrl: orders,
      ReceiptHandle: handles[index],
      VisibilityTimeout,
    })
    await sqs.send(new ChangeMessageVisibilityCommand(change(0, 0)))
    expect(bodies(await receive(sqs, orders))).toEqual(['a'])
    const answer = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: orders,
        Entries: [
          { Id: 'b', ReceiptHandle: handles[1], VisibilityTimeout: 5 },
          { Id: 'c', ReceiptHandle: handles[2], VisibilityTimeout: 40 },
          { Id: 'old', ReceiptHandle: handles[0], VisibilityTimeout: 5 },
        ],
      }),
    )
    expect(answer.Successful).toEqual([{ Id: 'b' }, { Id: 'c' }])
    expect(answer.Failed).toMatchObject([{ Id: 'old', Code: 'InvalidParameterValue', SenderFault: true }])
    await clock.advance(seconds(5))
    expect(bodies(await receive(sqs, orders))).toEqual(['b'])
    await clock.advance(seconds(30))
    expect(new Set(bodies(await receive(sqs, orders)))).toEqual(new Set(['a', 'b']))
    await clock.advance(seconds(5))
    expect(bodies(await receive(sqs, orders))).toEqual(['c'])
  })

  test('are delayed by their own delay or the queue’s', async () => {
    const { sqs, clock } = await createWorld()
    const orders = await createQueue(sqs, 'orders', { DelaySeconds: '10' })
    await send(sqs, orders, 'queue delay')
    await send(sqs, orders, 'own delay', { DelaySeconds: 5 })
    await send(sqs, orders, 'no delay', { DelaySeconds: 0 })
    expect(bodies(await receive(sqs, orders))).toEqual(['no delay'])
    await clock.advance(seconds(5))
    expect(bodies(await receive(sqs, orders))).toEqual(['own delay'])
    await clock.advance(seconds(5))
    expect(bodies(await receive(sqs, orders))).toEqual(['queue delay'])
  })

  test('are forgotten after the retention period', async () => {
    const { sqs, clock } = await createWorld()
    const orders = await createQueue(sqs, 'orders', { MessageRetentionPeriod: '60' })
    await send(sqs, orders, 'a')
    await clock.advance(seconds(61))
    expect(await receive(sqs, orders)).toEqual([])
  })

  test('are forgotten after the retention period, also in flight', async () => {
    const { sqs, clock } = await createWorld()
    const orders = await createQueue(sqs, 'orders', {
      MessageRetentionPeriod: '60',
      VisibilityTimeout: '600',
    })
    await send(sqs, orders, 'a')
    const [message] = await receive(sqs, orders)
    await clock.advance(seconds(61))
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: orders, AttributeNames: ['All'] }),
    )
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    })
    const change = new ChangeMessageVisibilityCommand({
      QueueUrl: orders,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: 0,
    })
    await expect(sqs.send(change)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  })

  test('go to the dead-letter queue with id and count after maxReceiveCount receives', async () => {
    const { sqs, clock } = await createWorld()
    const dead = await createQueue(sqs, 'orders-dead')
    const arn = `arn:aws:sqs:${region}:${accountId}:orders`
    const orders = await createQueue(sqs, 'orders', {
      VisibilityTimeout: '1',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${arn}-dead`, maxReceiveCount: '2' }),
    })
    const { MessageId } = await send(sqs, orders, 'poison')
    for (let count = 1; count <= 2; count++) {
      expect(await receive(sqs, orders)).toHaveLength(1)
      await clock.advance(seconds(1))
      expect(await receive(sqs, dead)).toEqual([])
    }
    expect(await receive(sqs, orders)).toEqual([])
    expect(await receive(sqs, dead)).toMatchObject([
      {
        MessageId,
        Body: 'poison',
        Attributes: {
          ApproximateReceiveCount: '3',
          DeadLetterQueueSourceArn: arn,
          SentTimestamp: String(startMs),
        },
      },
    ])
    const { queueUrls } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }))
    expect(queueUrls).toEqual([orders])
  })

  test('stay receivable when the dead-letter queue is gone', async () => {
    const { sqs } = await createWorld()
    const dead = await createQueue(sqs, 'orders-dead')
    const orders = await createQueue(sqs, 'orders', {
      VisibilityTimeout: '0',
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:${region}:${accountId}:orders-dead`,
        maxReceiveCount: 1,
      }),
    })
    await send(sqs, orders, 'a')
    await sqs.send(new DeleteQueueCommand({ QueueUrl: dead }))
    for (let count = 0; count < 3; count++) expect(await receive(sqs, orders)).toHaveLength(1)
    // An empty policy removes it.
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: orders, Attributes: { RedrivePolicy: '' } }))
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: orders, AttributeNames: ['All'] }),
    )
    expect(Attributes).not.toHaveProperty('RedrivePolicy')
  })

  test('are sent and deleted in batches whose entries fail one by one', async () => {
    const { sqs } = await createWorld()
    const orders = await createQueue(sqs, 'orders', { MaximumMessageSize: '1024' })
    const sent = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: orders,
        Entries: [
          { Id: 'a', MessageBody: 'first' },
          { Id: 'b', MessageBody: 'x'.repeat(1_025) },
          { Id: 'c', MessageBody: 'third', DelaySeconds: 0 },
        ],
      }),
    )
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'c'])
    expect(sent.Failed).toEqual([
      {
        Id: 'b',
        SenderFault: true,
        Code: 'InvalidParameterValue',
        Message:
          'One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.',
      },
    ])
    const messages = await receive(sqs, orders)
    expect(bodies(messages)).toEqual(['first', 'third'])
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: orders,
        Entries: [
          ...messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle })),
          { Id: 'bad', ReceiptHandle: 'garbage' },
        ],
      }),
    )
    expect(deleted.Successful).toHaveLength(2)
    expect(deleted.Failed).toEqual([
      {
        Id: 'bad',
        SenderFault: true,
        Code: 'ReceiptHandleIsInvalid',
        Message: 'The input receipt handle "garbage" is not a valid receipt handle.',
      },
    ])
  })
})

describe('long polling', () => {
  test('answers as soon as a message is sent', async () => {
    const { sqs } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    const polling = receive(sqs, orders, { WaitTimeSeconds: 20 })
    await send(sqs, orders, 'a')
    expect(bodies(await polling)).toEqual(['a'])
  })

  test('answers when a delayed message falls due, and the clock does not wait for the poll', async () => {
    const { sqs, clock, activity } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    await send(sqs, orders, 'later', { DelaySeconds: 10 })
    const polling = receive(sqs, orders, { WaitTimeSeconds: 20 })
    await parkedPolls(activity, 1)
    await clock.advance(seconds(10))
    expect(bodies(await polling)).toEqual(['later'])
  })

  test('answers nothing once the time is over', async () => {
    const { sqs, clock, activity } = await createWorld()
    const orders = await createQueue(sqs, 'orders', { ReceiveMessageWaitTimeSeconds: '3' })
    const polling = receive(sqs, orders)
    await parkedPolls(activity, 1)
    await clock.advance(seconds(3))
    expect(await polling).toEqual([])
    expect(activity.open()).toEqual([])
    expect(clock.timers()).toEqual([])
  })

  test('wakes as many pollers as there are messages, the longest waiting first', async () => {
    const { sqs, activity } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    const polls: Promise<Message[]>[] = []
    for (let count = 1; count <= 3; count++) {
      polls.push(receive(sqs, orders, { WaitTimeSeconds: 20, MaxNumberOfMessages: 1 }))
      await parkedPolls(activity, count)
    }
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: orders,
        Entries: [
          { Id: '1', MessageBody: 'a' },
          { Id: '2', MessageBody: 'b' },
        ],
      }),
    )
    expect((await polls[0])?.map(({ Body }) => Body)).toEqual(['a'])
    expect((await polls[1])?.map(({ Body }) => Body)).toEqual(['b'])
    await send(sqs, orders, 'c')
    expect((await polls[2])?.map(({ Body }) => Body)).toEqual(['c'])
  })

  test('ends, and loses no message, when the caller hangs up', async () => {
    const { sqs, activity, clock } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    const abort = new AbortController()
    const polling = sqs.send(new ReceiveMessageCommand({ QueueUrl: orders, WaitTimeSeconds: 20 }), {
      abortSignal: abort.signal,
    })
    await parkedPolls(activity, 1)
    abort.abort()
    await expect(polling).rejects.toMatchObject({ name: 'AbortError' })
    await parkedPolls(activity, 0)
    expect(clock.timers()).toEqual([])
    await send(sqs, orders, 'a')
    expect(bodies(await receive(sqs, orders))).toEqual(['a'])
  })

  test('ends at once when the gateway stops', async () => {
    const { sqs, activity, gateway } = await createWorld()
    const orders = await createQueue(sqs, 'orders')
    const polling = receive(sqs, orders, { WaitTimeSeconds: 20 })
    await parkedPolls(activity, 1)
    await gateway.stop()
    expect(await polling).toEqual([])
  })

  /** Turns of the event loop pass until so many requests wait for the clock. */
  async function parkedPolls(activity: { open(): readonly { isParked: boolean }[] }, count: number) {
    while (activity.open().filter(({ isParked }) => isParked).length !== count)
      await new Promise((resolve) => setImmediate(resolve))
  }
})

test('a queue URL may have any host, and a bare name will do', async () => {
  const { sqs } = await createWorld()
  await createQueue(sqs, 'orders')
  for (const QueueUrl of [`https://sqs.eu-west-1.amazonaws.com/${accountId}/orders`, 'orders'])
    await send(sqs, QueueUrl, 'a')
  expect(await receive(sqs, 'orders')).toHaveLength(2)
  await expect(send(sqs, 'http://localhost/111111111111/orders', 'a')).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  })
})
