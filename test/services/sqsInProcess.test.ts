import { describe, expect, test } from 'vitest'
import { md5OfAttributes } from '../../src/services/sqs/messageAttributes.ts'
import type { QueueSpec } from '../../src/spec/index.ts'
import { accountId, createWorld, region, sqsJson, startMs } from './world.ts'

const queueSpec = (name: string, more: Partial<QueueSpec> = {}): QueueSpec => ({
  name,
  arn: `arn:aws:sqs:${region}:${accountId}:${name}`,
  isDeclared: true,
  visibilityTimeoutSeconds: 30,
  delaySeconds: 0,
  retentionSeconds: 345_600,
  receiveWaitSeconds: 0,
  maximumMessageBytes: 1_048_576,
  fifo: null,
  redrive: null,
  ...more,
})

const never = new AbortController().signal

describe('a queue reader', () => {
  test('waits without being work, wakes when a message is sent, and removes', async () => {
    const { queues, url, activity, clock } = await createWorld()
    await queues.declareQueue(queueSpec('orders'))
    const reader = queues.queueReader('orders')
    const receiving = reader.receive({ limit: 10, signal: never })
    await activity.idle()
    expect(activity.open()).toEqual([])
    await sqsJson(url, 'SendMessage', {
      QueueUrl: 'orders',
      MessageBody: 'a',
      MessageAttributes: { Kind: { DataType: 'String', StringValue: 'order' } },
    })
    const messages = await receiving
    expect(messages).toMatchObject([
      {
        body: 'a',
        md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
        attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(startMs), SenderId: accountId },
        messageAttributes: { Kind: { dataType: 'String', stringValue: 'order' } },
        visibleAgainMs: startMs + 30_000,
        cause: undefined,
      },
    ])
    expect(queues.nextVisibleMs('orders')).toBe(startMs + 30_000)
    await reader.remove(messages)
    expect(queues.nextVisibleMs('orders')).toBeUndefined()
    expect(clock.timers()).toEqual([])
  })

  test('gets messages again when they become visible, and redrives them', async () => {
    const { queues, clock, store } = await createWorld()
    const dead = queueSpec('dead')
    await queues.declareQueue(
      queueSpec('orders', { redrive: { deadLetterArn: dead.arn, maxReceiveCount: 1 } }),
    )
    await queues.declareQueue(dead)
    const item = queues.itemFor('orders', { body: Buffer.from('{}'), cause: 'request-1' })
    await store.apply([{ kind: 'put', item }])
    const reader = queues.queueReader('orders')
    expect(await reader.receive({ limit: 1, signal: never })).toMatchObject([{ cause: 'request-1' }])
    const again = reader.receive({ limit: 1, signal: never, waitUntilMs: startMs + 60_000 })
    await clock.advance(30_000)
    expect(queues.peek('dead')).toMatchObject([{ body: '{}', receiveCount: 1 }])
    await clock.advance(30_000)
    expect(await again).toEqual([])
  })

  test('tells the group of a message, and leaves one in a FIFO queue whose time is over', async () => {
    const { queues, url, clock } = await createWorld()
    const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
    await sqsJson(url, 'CreateQueue', { QueueName: 'orders.fifo', Attributes })
    for (const MessageBody of ['a', 'b'])
      await sqsJson(url, 'SendMessage', { QueueUrl: 'orders.fifo', MessageBody, MessageGroupId: 'g' })
    const reader = queues.queueReader('orders.fifo')
    const receive = () => reader.receive({ limit: 10, signal: never })
    const first = await receive()
    expect(first).toMatchObject([
      { body: 'a', attributes: { MessageGroupId: 'g', SequenceNumber: expect.stringMatching(/^\d{20}$/) } },
      { body: 'b' },
    ])
    await clock.advance(30_000)
    await reader.remove(first)
    const again = await receive()
    expect(again.map(({ body }) => body)).toEqual(['a', 'b'])
    await reader.remove(again)
    expect(queues.counts('orders.fifo')).toEqual({ ready: 0, inFlight: 0, delayed: 0 })
  })

  test('rejects with the reason when it is aborted', async () => {
    const { queues } = await createWorld()
    await queues.declareQueue(queueSpec('orders'))
    const abort = new AbortController()
    const receiving = queues.queueReader('orders').receive({ limit: 1, signal: abort.signal })
    abort.abort(new Error('the mapping has stopped'))
    await expect(receiving).rejects.toThrow('the mapping has stopped')
  })

  test('says so when the queue is deleted under it', async () => {
    const { queues } = await createWorld()
    await queues.declareQueue(queueSpec('orders'))
    const receiving = queues.queueReader('orders').receive({ limit: 1, signal: never })
    await queues.removeQueue('orders')
    await expect(receiving).rejects.toMatchObject({ code: 'QueueDoesNotExist' })
  })
})

describe('declaring', () => {
  test('changes the settings and keeps messages and tags', async () => {
    const { queues, url } = await createWorld()
    await sqsJson(url, 'CreateQueue', { QueueName: 'orders', tags: { a: 'b' } })
    await sqsJson(url, 'SendMessage', { QueueUrl: 'orders', MessageBody: 'kept' })
    await queues.declareQueue(queueSpec('orders', { visibilityTimeoutSeconds: 7 }))
    const attributes = await sqsJson(url, 'GetQueueAttributes', {
      QueueUrl: 'orders',
      AttributeNames: ['All'],
    })
    expect(attributes.body).toMatchObject({
      Attributes: { VisibilityTimeout: '7', ApproximateNumberOfMessages: '1' },
    })
    expect((await sqsJson(url, 'ListQueueTags', { QueueUrl: 'orders' })).body).toEqual({ Tags: { a: 'b' } })
  })

  test('makes a FIFO queue of a name that is one', async () => {
    const { queues, url } = await createWorld()
    const fifo = {
      contentBasedDeduplication: true,
      deduplicationScope: 'messageGroup',
      fifoThroughputLimit: 'perMessageGroupId',
    } as const
    const shown = async (): Promise<unknown> => {
      const input = { QueueUrl: 'orders.fifo', AttributeNames: ['All'] }
      return (await sqsJson(url, 'GetQueueAttributes', input)).body['Attributes']
    }
    await queues.declareQueue(queueSpec('orders.fifo', { fifo }))
    expect(await shown()).toMatchObject({
      FifoQueue: 'true',
      ContentBasedDeduplication: 'true',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    })
    const changed = { ...fifo, contentBasedDeduplication: false }
    await queues.declareQueue(queueSpec('orders.fifo', { fifo: changed }))
    expect(await shown()).toMatchObject({ FifoQueue: 'true', ContentBasedDeduplication: 'false' })
  })

  test('leaves a queue alone that the spec only implies', async () => {
    const { queues, url } = await createWorld()
    await sqsJson(url, 'CreateQueue', { QueueName: 'orders', Attributes: { VisibilityTimeout: '7' } })
    await queues.declareQueue(queueSpec('orders', { isDeclared: false }))
    const input = { QueueUrl: 'orders', AttributeNames: ['VisibilityTimeout'] }
    expect((await sqsJson(url, 'GetQueueAttributes', input)).body).toEqual({
      Attributes: { VisibilityTimeout: '7' },
    })
  })
})

test('a send from a handler carries the invocation that made it', async () => {
  const { queues, sqs, url } = await createWorld({
    causeOf: (key) => (key === 'key' ? 'request-1' : undefined),
  })
  await queues.declareQueue(queueSpec('orders'))
  const { SendMessageCommand } = await import('@aws-sdk/client-sqs')
  await sqs.send(new SendMessageCommand({ QueueUrl: `${url}/${accountId}/orders`, MessageBody: 'a' }))
  expect(await queues.queueReader('orders').receive({ limit: 1, signal: never })).toMatchObject([
    { cause: 'request-1' },
  ])
})

test('after the store was emptied, reload forgets the queues', async () => {
  const { queues, store } = await createWorld()
  await queues.declareQueue(queueSpec('orders'))
  await store.clear()
  queues.reload()
  expect(queues.queueNames()).toEqual([])
})

test('attribute digests are the ones that SDKs compute', () => {
  const text = (StringValue: string, DataType = 'String') => ({ DataType, StringValue })
  expect(
    md5OfAttributes({
      Title: text('The Whistler'),
      Author: text('John Grisham'),
      WeeksOn: text('6', 'Number'),
    }),
  ).toBe('d25a6aea97eb8f585bfa92d314504a92')
  expect(md5OfAttributes({ MyAttribute: text('foobar') })).toBe('adb59cd4678ea5a855436b949cd07ab6')
})
