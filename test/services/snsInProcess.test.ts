import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecentMessages } from '../../src/services/sns/recent.ts'
import type { DeliveredMessage } from '../../src/store/index.ts'
import { accountId, createWorld, query, region, startMs } from './world.ts'

const topicArn = `arn:aws:sns:${region}:${accountId}:orders`
const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`
const functionArn = `arn:aws:lambda:${region}:${accountId}:function:notify`

const record: DeliveredMessage = {
  body: Buffer.from('{"version":"1.0"}'),
  attributes: [
    { name: 'ErrorCode', type: 'Number', value: '200' },
    { name: 'Blob', type: 'Binary', value: 'AQID' },
  ],
  traceId: '',
  cause: 'request-1',
}

/** A world with the topic `orders`, to which the queue `a` is subscribed raw. */
async function withSubscriber() {
  const world = await createWorld({ functions: [functionArn] })
  await query(world.url, { Action: 'CreateQueue', Version: '2012-11-05', QueueName: 'a' })
  await world.topics.declareTopic({ name: 'orders' })
  const subscription = { topicArn, protocol: 'sqs', endpoint: queueArn('a'), isRaw: true } as const
  const arn = await world.topics.declareSubscription(subscription)
  return { ...world, arn, subscription }
}

describe('a delivery to a topic', () => {
  test('is effects for the caller’s transaction, and a message to all once they are durable', async () => {
    const { topics, store, queues, published } = await withSubscriber()
    const delivery = topics.deliver(topicArn, record)
    if (delivery.kind === 'refused') throw new Error(delivery.reason)
    expect([queues.peek('a'), published]).toEqual([[], []])
    await store.apply(delivery.effects)
    delivery.committed?.()
    expect(queues.peek('a')).toMatchObject([
      { body: '{"version":"1.0"}', attributes: { ErrorCode: '200', Blob: 'AQID' } },
    ])
    expect(published).toMatchObject([{ topicArn, endpoints: [queueArn('a')], cause: 'request-1' }])
    expect(topics.published('orders')).toEqual([
      {
        messageId: published[0]?.messageId,
        message: '{"version":"1.0"}',
        subject: undefined,
        attributes: {
          ErrorCode: { Type: 'Number', Value: '200' },
          Blob: { Type: 'Binary', Value: 'AQID' },
        },
        publishedMs: startMs,
        cause: 'request-1',
      },
    ])
  })

  test('is refused with the reason: no such topic, or a record over 256 KB', async () => {
    const { topics } = await withSubscriber()
    expect(topics.deliver(`${topicArn}-2`, record)).toEqual({
      kind: 'refused',
      reason: `there is no topic ${topicArn}-2`,
    })
    expect(topics.deliver(topicArn, { ...record, body: Buffer.alloc(262_144, 'x') })).toEqual({
      kind: 'refused',
      reason: 'Invalid parameter: Message too long',
    })
  })
})

describe('declaring', () => {
  test('gives a subscription the same ARN each time, and the settings of the latest', async () => {
    const { topics, arn, subscription, url } = await withSubscriber()
    const changed = { ...subscription, isRaw: false, deadLetterArn: queueArn('dead') }
    expect(await topics.declareSubscription(changed)).toBe(arn)
    const form = { Action: 'GetSubscriptionAttributes', Version: '2010-03-31', SubscriptionArn: arn }
    const { xml } = await query(url, form)
    expect(xml).toContain('<key>RawMessageDelivery</key><value>false</value>')
    expect(xml).toContain(queueArn('dead'))
    expect((await withSubscriber()).arn).toBe(arn)
    const other = { ...subscription, endpoint: queueArn('b') }
    expect(await topics.declareSubscription(other)).not.toBe(arn)
  })

  test('takes over what the API subscribed', async () => {
    const { topics, url } = await createWorld()
    await topics.declareTopic({ name: 'orders' })
    const form = { TopicArn: topicArn, Protocol: 'lambda', Endpoint: functionArn }
    await query(url, { Action: 'Subscribe', Version: '2010-03-31', ...form })
    const [before] = topics.subscriptions()
    const declared = { topicArn, protocol: 'lambda', endpoint: functionArn } as const
    expect(await topics.declareSubscription(declared)).toBe(before?.arn)
    expect(topics.subscriptions()).toEqual([{ ...before, isDeclared: true }])
  })

  test('ends what is no longer declared, and leaves the API’s own', async () => {
    const { topics, url, arn } = await withSubscriber()
    const form = { TopicArn: topicArn, Protocol: 'lambda', Endpoint: functionArn }
    await query(url, { Action: 'Subscribe', Version: '2010-03-31', ...form })
    await topics.keepDeclaredSubscriptions(new Set([arn]))
    expect(topics.subscriptions()).toHaveLength(2)
    await topics.keepDeclaredSubscriptions(new Set())
    expect(topics.subscriptions()).toMatchObject([{ protocol: 'lambda', isDeclared: false }])
  })

  test('changes a topic’s display name and keeps the rest; without one it changes nothing', async () => {
    const { topics, url } = await withSubscriber()
    await topics.declareTopic({ name: 'orders', displayName: 'Orders' })
    await topics.declareTopic({ name: 'orders' })
    const form = { Action: 'GetTopicAttributes', Version: '2010-03-31', TopicArn: topicArn }
    expect((await query(url, form)).xml).toContain('<key>DisplayName</key><value>Orders</value>')
    expect(topics.subscriptions()).toHaveLength(1)
    expect(topics.topics()).toEqual([{ name: 'orders', arn: topicArn }])
  })

  test('a removed topic takes its subscriptions along', async () => {
    const { topics } = await withSubscriber()
    await topics.removeTopic('orders')
    await topics.removeTopic('orders')
    expect([topics.topicExists(topicArn), topics.subscriptions()]).toEqual([false, []])
  })
})

test('whoever makes triggers hears of every subscription that comes or goes', async () => {
  const { createSnsService } = await import('../../src/services/sns/index.ts')
  const { createMemoryStore } = await import('../../src/store/index.ts')
  const { createClock, createIds } = await import('../../src/system/index.ts')
  const seen: number[] = []
  const store = createMemoryStore()
  const topics = createSnsService({
    store,
    clock: createClock({ mode: 'frozen', startMs, idle: () => Promise.resolve() }),
    ids: createIds(),
    identity: { accountId, region },
    signals: { prepare: () => ({ effects: [], told: () => {} }) },
    deliver: () => ({ kind: 'refused', reason: 'nobody' }),
    onSubscriptionsChanged: () => seen.push(topics.subscriptions().length),
  })
  await topics.declareTopic({ name: 'orders' })
  const declared = { topicArn, protocol: 'lambda', endpoint: functionArn } as const
  await topics.declareSubscription(declared)
  await topics.declareSubscription(declared)
  await topics.declareSubscription({ ...declared, endpoint: `${functionArn}-2` })
  await topics.keepDeclaredSubscriptions(new Set())
  await topics.declareSubscription(declared)
  await store.clear()
  topics.reload()
  expect(seen).toEqual([1, 2, 0, 1, 0])
  expect([topics.topics(), topics.published('orders')]).toEqual([[], []])
})

test('the latest messages are kept, a thousand or 8 MiB of each topic, whatever is published', () => {
  const message = (text: string) => ({
    messageId: text,
    message: text,
    subject: undefined,
    attributes: {},
    publishedMs: 0,
    cause: undefined,
  })
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 12 }), { maxLength: 1_200 }), fc.nat(20), (lengths, limit) => {
      const recent = new RecentMessages()
      const texts = lengths.map((length, index) => `${index}`.padEnd(length * 1_000, '.'))
      for (const text of texts) recent.add('a', message(text))
      const kept = recent.of('a', Infinity).map(({ message: text }) => text)
      expect(kept).toEqual(texts.slice(texts.length - kept.length))
      expect(kept.length).toBeLessThanOrEqual(1_000)
      expect(kept.length <= 1 || kept.join('').length <= 8 * 1024 * 1024).toBe(true)
      expect(recent.of('a', limit).map(({ message: text }) => text)).toEqual(
        limit === 0 ? [] : kept.slice(-limit),
      )
    }),
    { numRuns: 20 },
  )
})
