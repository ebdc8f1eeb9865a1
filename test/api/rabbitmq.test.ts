import amqp, { type Channel, type Options } from 'amqplib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createRabbitReader } from '../../src/api/brokers/rabbitReader.ts'
import { brokerSources, type RabbitConfig } from '../../src/sources/index.ts'
import { type BrokerHandler, createBrokerWorld } from '../mappings/brokerWorld.ts'
import { fails } from '../mappings/mappingWorld.ts'
import { rabbitObstacle, type RabbitServer, startRabbit } from '../tools/rabbitmq.ts'

const { rabbitmq } = brokerSources

const INSTALL_AND_START_MS = 200_000
const obstacle = await rabbitObstacle()
if (obstacle !== undefined) console.warn(`The tests on a real RabbitMQ are skipped: ${obstacle}`)

describe.skipIf(obstacle !== undefined)('a mapping on a real RabbitMQ', () => {
  let server: RabbitServer
  let queues = 0
  beforeAll(async () => {
    server = await startRabbit()
  }, INSTALL_AND_START_MS)
  afterAll(() => server?.stop())

  async function queueWith(messages: readonly (readonly [string, Options.Publish?])[], virtualHost = '/') {
    const model = await amqp.connect(`${server.url}/${encodeURIComponent(virtualHost)}`)
    onTestFinished(() => model.close().catch(() => {}))
    const channel = await model.createConfirmChannel()
    const queue = `orders-${++queues}`
    await channel.assertQueue(queue, { durable: true })
    for (const [body, options] of messages) channel.sendToQueue(queue, Buffer.from(body), options)
    await channel.waitForConfirms()
    return { queue, channel }
  }

  function read(queue: string, handler: BrokerHandler, config: Partial<RabbitConfig> = {}) {
    const world = createBrokerWorld('live')
    const settings = rabbitmq.settings({ queue, endpoint: server.url, maximumBatchingWindow: 0, ...config })
    const reader = createRabbitReader(amqp, server.url, settings, world)
    const mapping = world.mapping(rabbitmq, settings, reader, handler)
    return { ...world, mapping, bodies: () => world.calls.map(({ event }) => bodiesIn(event)) }
  }

  const left = async (channel: Channel, queue: string): Promise<number> =>
    (await channel.checkQueue(queue)).messageCount

  test('hands messages over as AWS does, and acknowledges them', async () => {
    const { queue, channel } = await queueWith([
      [
        '{"kind":"new"}',
        {
          contentType: 'text/plain',
          headers: { header1: 'value1', numberInHeader: 10 },
          deliveryMode: 1,
          priority: 34,
          expiration: '60000',
          timestamp: 2_021,
        },
      ],
    ])
    const { called, calls, mapping } = read(queue, () => {})
    await called(1)
    await mapping.stop()
    expect(calls[0]?.event).toEqual({
      eventSource: 'aws:rmq',
      eventSourceArn: 'arn:aws:mq:us-east-1:000000000000:broker:rabbitmq:b-local',
      rmqMessagesByQueue: {
        [`${queue}::/`]: [
          {
            basicProperties: {
              contentType: 'text/plain',
              contentEncoding: null,
              headers: { header1: { bytes: [118, 97, 108, 117, 101, 49] }, numberInHeader: 10 },
              deliveryMode: 1,
              priority: 34,
              correlationId: null,
              replyTo: null,
              expiration: '60000',
              messageId: null,
              timestamp: 'Jan 1, 1970, 12:33:41 AM',
              type: null,
              userId: null,
              appId: null,
              clusterId: null,
              bodySize: 14,
            },
            redelivered: false,
            data: Buffer.from('{"kind":"new"}').toString('base64'),
          },
        ],
      },
    })
    expect(await left(channel, queue)).toBe(0)
  })

  test('gathers batches of the wanted size, and a batch that fails comes again, redelivered', async () => {
    const { queue, channel } = await queueWith(['a', 'b', 'c'].map((body) => [body] as const))
    let runs = 0
    const { called, calls, mapping, bodies } = read(queue, () => (++runs === 1 ? fails : undefined), {
      batchSize: 2,
      maximumBatchingWindow: 1,
    })
    await called(3)
    await mapping.stop()
    expect(bodies()).toEqual([['a', 'b'], ['a', 'b'], ['c']])
    expect(calls.map(({ event }) => redeliveredIn(event))).toEqual([[false, false], [true, true], [false]])
    expect(await left(channel, queue)).toBe(0)
  })

  test('what was not handed over when the mapping stops stays in the queue', async () => {
    const { queue, channel } = await queueWith(['a', 'b', 'c'].map((body) => [body] as const))
    const { called, mapping } = read(queue, () => {}, { batchSize: 1 })
    await called(1)
    await mapping.stop()
    const { queue: second } = { queue }
    const rest = read(second, () => {}, { batchSize: 10 })
    const stillThere = await left(channel, queue)
    expect(stillThere).toBeLessThanOrEqual(2)
    await rest.mapping.stop()
  })
})

const messagesIn = (event: object): { data: string; redelivered: boolean }[] =>
  Object.values(
    (event as { rmqMessagesByQueue: Record<string, { data: string; redelivered: boolean }[]> })
      .rmqMessagesByQueue,
  ).flat()
const bodiesIn = (event: object): string[] =>
  messagesIn(event).map(({ data }) => Buffer.from(data, 'base64').toString())
const redeliveredIn = (event: object): boolean[] => messagesIn(event).map(({ redelivered }) => redelivered)
