import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../src/store/index.ts'
import { accountId, createWorld, region, sqsJson, startMs, type WorldOptions } from './world.ts'

const seconds = (count: number) => count * 1_000

/** A world with one FIFO queue in it, and short words for what is done to it. */
async function withQueue(attributes: Record<string, string> = {}, options: WorldOptions = {}) {
  const world = await createWorld(options)
  const queue = await createFifo(world.sqs, 'orders.fifo', attributes)
  return { ...world, queue, ...wordsFor(world.sqs, queue) }
}

async function createFifo(sqs: SQSClient, name: string, attributes: Record<string, string> = {}) {
  const Attributes = { FifoQueue: 'true', ...attributes }
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }))
  return QueueUrl ?? ''
}

function wordsFor(sqs: SQSClient, QueueUrl: string) {
  const send = (MessageGroupId: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageGroupId,
        MessageBody,
        MessageDeduplicationId: `${MessageGroupId}-${MessageBody}`,
        ...more,
      }),
    )
  const receive = async (
    MaxNumberOfMessages = 10,
    more: Partial<ReceiveMessageCommandInput> = {},
  ): Promise<Message[]> => {
    const answer = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages,
        MessageSystemAttributeNames: ['All'],
        ...more,
      }),
    )
    return answer.Messages ?? []
  }
  const remove = ({ ReceiptHandle }: Message) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  const hide = ({ ReceiptHandle }: Message, VisibilityTimeout: number) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }))
  return { send, receive, remove, hide }
}

const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body)

/** The message at a place, which must be there. */
function at(messages: readonly Message[], index: number): Message {
  const message = messages[index]
  if (!message) throw new Error(`there are only ${messages.length} messages`)
  return message
}

describe('a FIFO queue', () => {
  test('shows the attributes that make it one', async () => {
    const { sqs, queue } = await withQueue({ ContentBasedDeduplication: 'true' })
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['All'] }),
    )
    expect(Attributes).toMatchObject({
      FifoQueue: 'true',
      ContentBasedDeduplication: 'true',
      DeduplicationScope: 'queue',
      FifoThroughputLimit: 'perQueue',
      QueueArn: `arn:aws:sqs:${region}:${accountId}:orders.fifo`,
    })
    // The same queue again is fine.
    expect(await createFifo(sqs, 'orders.fifo', { ContentBasedDeduplication: 'true' })).toBe(queue)
  })

  test('numbers its messages and tells group and deduplication id', async () => {
    const { send, receive } = await withQueue()
    const first = await send('g1', 'a', { MessageDeduplicationId: 'd1' })
    const second = await send('g2', 'b', { MessageDeduplicationId: 'd2' })
    expect(first.SequenceNumber).toMatch(/^\d{20}$/)
    expect(BigInt(second.SequenceNumber ?? '') > BigInt(first.SequenceNumber ?? '')).toBe(true)
    expect(at(await receive(1), 0)).toMatchObject({
      MessageId: first.MessageId,
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(startMs),
        SequenceNumber: first.SequenceNumber,
        MessageGroupId: 'g1',
        SenderId: accountId,
        MessageDeduplicationId: 'd1',
        ApproximateFirstReceiveTimestamp: String(startMs),
      },
    })
    const [plain] = await receive(1, { MessageSystemAttributeNames: [] })
    expect(plain).not.toHaveProperty('Attributes')
  })

  test('answers the messages of a group together and in order', async () => {
    const { send, receive, clock } = await withQueue()
    for (const [group, body] of [
      ['g1', '1'],
      ['g2', '2'],
      ['g1', '3'],
      ['g1', '4'],
    ] as const) {
      await send(group, body)
      await clock.advance(1)
    }
    expect(bodies(await receive())).toEqual(['1', '3', '4', '2'])
  })

  test('offers the messages of a group up to the first that is invisible', async () => {
    const { send, receive, remove, hide } = await withQueue()
    for (const body of ['1', '2', '3', '4']) await send('g', body)
    await send('other', 'x')
    const taken = await receive(2)
    expect(bodies(taken)).toEqual(['1', '2'])
    expect(bodies(await receive())).toEqual(['x'])
    // Deleting a part of what was received keeps the group blocked; all of it frees the rest.
    await remove(at(taken, 0))
    expect(await receive()).toEqual([])
    await remove(at(taken, 1))
    const rest = await receive()
    expect(bodies(rest)).toEqual(['3', '4'])
    // The second one alone becomes visible, but the first is still before it.
    await hide(at(rest, 1), 0)
    expect(await receive()).toEqual([])
    await remove(at(rest, 0))
    expect(bodies(await receive())).toEqual(['4'])
  })

  test('holds back what follows a message whose visibility was extended, not what is before it', async () => {
    const { send, receive, hide, clock } = await withQueue()
    for (const body of ['1', '2', '3']) await send('g', body)
    await hide(at(await receive(), 1), 120)
    await clock.advance(seconds(30))
    const [first] = await receive()
    expect(first?.Body).toBe('1')
    expect(await receive()).toEqual([])
    await clock.advance(seconds(90))
    expect(bodies(await receive())).toEqual(['1', '2', '3'])
  })

  test('offers a group that was given back after those that wait', async () => {
    const { send, receive, hide } = await withQueue()
    for (const [group, body] of [
      ['g1', '1'],
      ['g2', '2'],
    ] as const)
      await send(group, body)
    await hide(at(await receive(1), 0), 0)
    expect(bodies(await receive())).toEqual(['2', '1'])
  })

  test('wakes a long poll when the head of a group is deleted', async () => {
    const { send, receive, remove, activity } = await withQueue()
    for (const body of ['1', '2']) await send('g', body)
    const [head] = await receive(1)
    const polling = receive(1, { WaitTimeSeconds: 20 })
    await activity.idle()
    if (head) await remove(head)
    expect(bodies(await polling)).toEqual(['2'])
  })

  test('delays by its own setting, not by that of a message', async () => {
    const { send, receive, clock } = await withQueue({ DelaySeconds: '5' })
    await send('g', '1', { DelaySeconds: 0 })
    expect(await receive()).toEqual([])
    await clock.advance(seconds(5))
    expect(bodies(await receive())).toEqual(['1'])
    await expect(send('g', '2', { DelaySeconds: 2 })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message:
        'Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
    })
  })

  test('refuses to delete with a handle whose visibility timeout is over', async () => {
    const { sqs, queue, send, receive, remove, clock } = await withQueue()
    for (const body of ['1', '2']) await send('g', body)
    const [first, second] = await receive()
    if (!first || !second) throw new Error('two messages were sent')
    await remove(first)
    // What is gone stays gone.
    await remove(first)
    await clock.advance(seconds(30))
    const message = `Value ${second.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`
    await expect(remove(second)).rejects.toMatchObject({ name: 'InvalidParameterValue', message })
    const [again] = await receive()
    await expect(remove(second)).rejects.toMatchObject({ message })
    const { Successful, Failed } = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queue,
        Entries: [
          { Id: 'old', ReceiptHandle: second.ReceiptHandle },
          { Id: 'new', ReceiptHandle: again?.ReceiptHandle },
        ],
      }),
    )
    expect(Successful).toEqual([{ Id: 'new' }])
    expect(Failed).toEqual([
      { Id: 'old', SenderFault: true, Code: 'InvalidParameterValue', Message: message },
    ])
  })

  test('goes on with a group when a message in flight is too old to be kept', async () => {
    const { send, receive, clock } = await withQueue({
      MessageRetentionPeriod: '60',
      VisibilityTimeout: '600',
    })
    await send('g', '1')
    await clock.advance(seconds(30))
    await send('g', '2')
    await receive(1)
    await clock.advance(seconds(31))
    expect(bodies(await receive())).toEqual(['2'])
  })

  test('answers nothing, without an error, while 120,000 messages are in flight', async () => {
    let inFlight = 120_000
    const store = { ...createMemoryStore(), counts: () => ({ ready: 1, inFlight, delayed: 0 }) }
    const { send, receive } = await withQueue({}, { store })
    await send('g', '1')
    expect(await receive()).toEqual([])
    inFlight--
    expect(bodies(await receive())).toEqual(['1'])
  })
})

describe('deduplication', () => {
  test('answers a duplicate like the first message and does not deliver it, for five minutes', async () => {
    const { send, receive, remove, clock } = await withQueue()
    const first = await send('g', 'a', { MessageDeduplicationId: 'd' })
    const again = await send('g', 'b', { MessageDeduplicationId: 'd' })
    expect(again).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber })
    // Deleting the message does not end the window.
    await remove(at(await receive(), 0))
    await clock.advance(seconds(299))
    await send('g', 'c', { MessageDeduplicationId: 'd' })
    expect(await receive()).toEqual([])
    await clock.advance(seconds(1))
    await send('g', 'd', { MessageDeduplicationId: 'd' })
    expect(bodies(await receive())).toEqual(['d'])
  })

  test('goes by the body when the queue says so and the message has no id', async () => {
    const { send, receive } = await withQueue({ ContentBasedDeduplication: 'true' })
    const alone = { MessageDeduplicationId: undefined }
    await send('g', 'a', alone)
    await send('g', 'a', { ...alone, MessageAttributes: { A: { DataType: 'String', StringValue: 'x' } } })
    await send('g', 'a', { MessageDeduplicationId: 'other' })
    const messages = await receive()
    expect(bodies(messages)).toEqual(['a', 'a'])
    expect(messages.map(({ Attributes }) => Attributes?.['MessageDeduplicationId'])).toEqual([
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
      'other',
    ])
  })

  test.each([
    ['queue', ['1']],
    ['messageGroup', ['1', '2']],
  ])('reaches over the %s', async (DeduplicationScope, delivered) => {
    const { send, receive } = await withQueue({ DeduplicationScope })
    await send('g1', '1', { MessageDeduplicationId: 'd' })
    await send('g2', '2', { MessageDeduplicationId: 'd' })
    await send('g2', '3', { MessageDeduplicationId: 'd' })
    expect(bodies(await receive())).toEqual(delivered)
  })

  test('keeps the scope that the queue was created with', async () => {
    const { sqs, queue, send, receive } = await withQueue()
    await sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: queue,
        Attributes: { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' },
      }),
    )
    await send('g1', '1', { MessageDeduplicationId: 'd' })
    await send('g2', '2', { MessageDeduplicationId: 'd' })
    expect(bodies(await receive())).toEqual(['1'])
  })

  test('begins anew after a purge', async () => {
    const { sqs, queue, send, receive } = await withQueue()
    await send('g', '1', { MessageDeduplicationId: 'd' })
    await sqs.send(new PurgeQueueCommand({ QueueUrl: queue }))
    await send('g', '2', { MessageDeduplicationId: 'd' })
    expect(bodies(await receive())).toEqual(['2'])
  })

  test('counts within a batch as well', async () => {
    const { sqs, queue, receive } = await withQueue({ ContentBasedDeduplication: 'true' })
    const { Successful } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queue,
        Entries: ['a', 'a', 'b'].map((MessageBody, index) => ({
          Id: String(index),
          MessageBody,
          MessageGroupId: 'g',
        })),
      }),
    )
    expect(Successful).toHaveLength(3)
    expect(Successful?.[1]).toMatchObject({
      MessageId: Successful?.[0]?.MessageId,
      SequenceNumber: Successful?.[0]?.SequenceNumber,
    })
    expect(bodies(await receive())).toEqual(['a', 'b'])
  })
})

describe('a receive that is repeated with its ReceiveRequestAttemptId', () => {
  const attempt = { ReceiveRequestAttemptId: 'try-1' }

  test('gives the same messages with the same handles, and hides them for longer', async () => {
    const { send, receive, clock } = await withQueue()
    for (const body of ['1', '2']) await send('g', body)
    const first = await receive(1, attempt)
    await clock.advance(seconds(20))
    expect(await receive(1, attempt)).toEqual(first)
    await clock.advance(seconds(20))
    expect(await receive(1, { ReceiveRequestAttemptId: 'try-2' })).toEqual([])
    expect(await receive(1, attempt)).toEqual(first)
  })

  test.each<[string, (queue: Awaited<ReturnType<typeof withQueue>>, message: Message) => Promise<unknown>]>([
    ['deleted', ({ remove }, message) => remove(message)],
    ['given back', ({ hide }, message) => hide(message, 0)],
    ['visible again', ({ clock }) => clock.advance(seconds(30))],
  ])('is a new receive once a message was %s', async (_, change) => {
    const world = await withQueue()
    for (const body of ['1', '2']) await world.send('g', body)
    const first = await world.receive(2, attempt)
    await change(world, at(first, 0))
    expect(await world.receive(2, attempt)).not.toEqual(first)
  })

  test('is a new receive after five minutes', async () => {
    const { send, receive, clock } = await withQueue({ VisibilityTimeout: '1000' })
    for (const group of ['g1', 'g2']) await send(group, group)
    const first = await receive(1, attempt)
    await clock.advance(seconds(300))
    expect(bodies(await receive(1, attempt))).not.toEqual(bodies(first))
  })
})

describe('a FIFO dead-letter queue', () => {
  const redriveTo = (name: string) => ({
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:${region}:${accountId}:${name}`,
      maxReceiveCount: 1,
    }),
  })

  async function withDeadLetters() {
    const world = await createWorld()
    const dead = await createFifo(world.sqs, 'dead.fifo')
    const queue = await createFifo(world.sqs, 'orders.fifo', redriveTo('dead.fifo'))
    return { ...world, dead, orders: wordsFor(world.sqs, queue), deadLetters: wordsFor(world.sqs, dead) }
  }

  test('gets what was received too often, in order and with its group; the group goes on', async () => {
    const { orders, deadLetters, clock } = await withDeadLetters()
    for (const body of ['1', '2', '3']) await orders.send('g', body)
    const taken = await orders.receive(2)
    await clock.advance(seconds(30))
    expect(bodies(await orders.receive())).toEqual(['3'])
    const dead = await deadLetters.receive()
    expect(bodies(dead)).toEqual(['1', '2'])
    expect(dead.map(({ MessageId }) => MessageId)).toEqual(taken.map(({ MessageId }) => MessageId))
    expect(dead[0]?.Attributes).toMatchObject({
      MessageGroupId: 'g',
      MessageDeduplicationId: 'g-1',
      ApproximateReceiveCount: '2',
      SentTimestamp: String(startMs),
      DeadLetterQueueSourceArn: `arn:aws:sqs:${region}:${accountId}:orders.fifo`,
    })
  })

  test('gives its messages back in order, with their groups', async () => {
    const { sqs, orders, deadLetters, clock, activity } = await withDeadLetters()
    for (const body of ['1', '2', '3']) await orders.send('g', body)
    await orders.receive()
    await clock.advance(seconds(30))
    expect(await orders.receive()).toEqual([])
    const SourceArn = `arn:aws:sqs:${region}:${accountId}:dead.fifo`
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))
    await activity.idle()
    expect(await deadLetters.receive()).toEqual([])
    const back = await orders.receive()
    expect(bodies(back)).toEqual(['1', '2', '3'])
    expect(back[0]?.Attributes?.['MessageGroupId']).toBe('g')
  })

  test('does not give its messages to a standard queue', async () => {
    const { sqs, url } = await withDeadLetters()
    await sqs.send(new CreateQueueCommand({ QueueName: 'other' }))
    const answer = await sqsJson(url, 'StartMessageMoveTask', {
      SourceArn: `arn:aws:sqs:${region}:${accountId}:dead.fifo`,
      DestinationArn: `arn:aws:sqs:${region}:${accountId}:other`,
    })
    expect(answer.body['__type']).toBe('com.amazonaws.sqs#InvalidParameterValueException')
  })

  test.each([
    ['orders.fifo', 'dead'],
    ['orders', 'dead.fifo'],
  ])('is of the type of its source: not %s and %s', async (source, dead) => {
    const { sqs, url } = await createWorld()
    await createFifo(sqs, 'dead.fifo')
    await sqsJson(url, 'CreateQueue', { QueueName: 'dead' })
    const policy = redriveTo(dead)
    const fifo = source.endsWith('.fifo') ? { FifoQueue: 'true' } : {}
    const answer = await sqsJson(url, 'CreateQueue', {
      QueueName: source,
      Attributes: { ...fifo, ...policy },
    })
    expect(answer.body).toEqual({
      __type: 'com.amazonaws.sqs#InvalidParameterValueException',
      message: `Value ${policy.RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: Dead-letter queue must be same type of queue as the source.`,
    })
  })
})

describe('a FIFO queue refuses', () => {
  const message = { MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'd' }
  const idRule = 'can only include alphanumeric and punctuation characters. 1 to 128 in length.'

  test.each<[string, string, Record<string, unknown>, string, string]>([
    [
      'a message without a group',
      'SendMessage',
      { MessageBody: 'a', MessageDeduplicationId: 'd' },
      'MissingRequiredParameterException',
      'The request must contain the parameter MessageGroupId.',
    ],
    [
      'a batch with a message without a group',
      'SendMessageBatch',
      {
        Entries: [
          { Id: '1', ...message },
          { Id: '2', MessageBody: 'a' },
        ],
      },
      'InvalidParameterValueException',
      'The request must contain the parameter MessageGroupId.',
    ],
    [
      'a message without a deduplication id',
      'SendMessage',
      { MessageBody: 'a', MessageGroupId: 'g' },
      'InvalidParameterValueException',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    ],
    [
      'a deduplication id with a space',
      'SendMessage',
      { ...message, MessageDeduplicationId: 'group 123' },
      'InvalidParameterValueException',
      `Value group 123 for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId ${idRule}`,
    ],
    [
      'a group of 129 letters',
      'SendMessage',
      { ...message, MessageGroupId: 'g'.repeat(129) },
      'InvalidParameterValueException',
      `Value ${'g'.repeat(129)} for parameter MessageGroupId is invalid. Reason: MessageGroupId ${idRule}`,
    ],
    [
      'an attempt id of nothing',
      'ReceiveMessage',
      { ReceiveRequestAttemptId: '' },
      'InvalidParameterValueException',
      `Value  for parameter ReceiveRequestAttemptId is invalid. Reason: ReceiveRequestAttemptId ${idRule}`,
    ],
    [
      'to become a standard queue',
      'SetQueueAttributes',
      { Attributes: { FifoQueue: 'false' } },
      'InvalidAttributeValue',
      'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    ],
    [
      'a scope that there is not',
      'SetQueueAttributes',
      { Attributes: { DeduplicationScope: 'group' } },
      'InvalidAttributeValue',
      'Invalid value for the parameter DeduplicationScope.',
    ],
    [
      'a limit for each group with deduplication over the queue',
      'SetQueueAttributes',
      { Attributes: { FifoThroughputLimit: 'perMessageGroupId' } },
      'InvalidAttributeValue',
      'The perMessageGroupId value for FifoThroughputLimit is allowed only when the value for DeduplicationScope is messageGroup.',
    ],
  ])('%s', async (_, operation, input, type, text) => {
    const { url } = await withQueue()
    const answer = await sqsJson(url, operation, { QueueUrl: 'orders.fifo', ...input })
    expect(answer).toMatchObject({
      status: 400,
      body: { __type: `com.amazonaws.sqs#${type}`, message: text },
    })
  })

  test('a message from inside the runner, which has no group', async () => {
    const { queues } = await withQueue({ ContentBasedDeduplication: 'true' })
    expect(() => queues.itemFor('orders.fifo', { body: 'a' })).toThrow(
      'The request must contain the parameter MessageGroupId.',
    )
  })
})
