import amqp, { type Channel, type Options } from 'amqplib'
import {
  CreateEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import type { App } from 'lambent'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import * as rhea from 'rhea-promise'
import { createActiveMqReader } from '../../src/api/brokers/activeMqReader.ts'
import { createRabbitReader } from '../../src/api/brokers/rabbitReader.ts'
import { brokerSources, type RabbitConfig } from '../../src/sources/index.ts'
import { type BrokerHandler, createBrokerWorld } from '../mappings/brokerWorld.ts'
import { fails } from '../mappings/mappingWorld.ts'
import { startProject } from '../tools/project.ts'
import { type RabbitServer, rabbitServer, START_MS } from '../tools/rabbitmq.ts'

const { activemq, rabbitmq } = brokerSources

/** Longer than a server may take that comes up again, so that its own words are told when it does not. */
const RESTART_MS = 2 * START_MS

const found = await rabbitServer()
if (typeof found === 'string') console.warn(`The tests on a real RabbitMQ are skipped: ${found}`)

describe.skipIf(typeof found === 'string')('a mapping on a real RabbitMQ', () => {
  const server = found as RabbitServer
  let queues = 0
  afterAll(() => server.stop())

  async function queueWith(messages: readonly (readonly [string, Options.Publish?])[], virtualHost = '/') {
    const model = await amqp.connect(`${server.url}/${encodeURIComponent(virtualHost)}`)
    model.on('error', () => {})
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

  test('what no filter lets through is acknowledged, and never seen by the function', async () => {
    const bodies = ['{"kind":"old"}', 'no JSON', '{"kind":"new"}']
    const { queue, channel } = await queueWith(bodies.map((body) => [body] as const))
    const filterPatterns = [{ data: { kind: ['new'] } }]
    const { called, mapping, bodies: seen } = read(queue, () => {}, { filterPatterns })
    await called(1)
    await mapping.stop()
    expect(seen()).toEqual([['{"kind":"new"}']])
    expect(await left(channel, queue)).toBe(0)
  })

  test('what was received and not handed over when the mapping stops is in the queue again', async () => {
    const { queue, channel } = await queueWith([['a'], ['b']])
    const { activity, mapping, calls } = read(queue, () => {}, { maximumBatchingWindow: 300 })
    while ((await left(channel, queue)) > 0) await new Promise((resolve) => setImmediate(resolve))
    await activity.idle()
    await mapping.stop()
    expect(calls).toEqual([])
    expect(await left(channel, queue)).toBe(2)
  })

  test('other settings are taken over between batches, and lose nothing', async () => {
    const { queue, channel } = await queueWith([['a'], ['b'], ['c']])
    const { called, mapping, bodies } = read(queue, () => {}, { batchSize: 2, maximumBatchingWindow: 300 })
    await called(1)
    await mapping.update({ ...mapping.settings, batchSize: 3 })
    for (const body of ['d', 'e']) channel.sendToQueue(queue, Buffer.from(body))
    await called(2)
    await mapping.stop()
    expect(bodies()).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ])
    expect(await left(channel, queue)).toBe(0)
  })

  test('a queue that is not there is told once, with its name, and tried again', async () => {
    const { logged, mapping, clock, warned } = read('nowhere', () => {})
    await warned
    expect(mapping.problem).toMatch(/no queue 'nowhere' in vhost '\/'/)
    expect(mapping.lastProcessingResult).toBe(
      'PROBLEM: Connection error. Please check your event source connection configuration.',
    )
    await clock.advance(1_000)
    expect(logged).toHaveLength(1)
  })

  test('a mapping of AMQP 1.0, as for ActiveMQ, reads, redelivers and accepts', async () => {
    const { queue, channel } = await queueWith([['a', { messageId: 'one' }], ['b']])
    const world = createBrokerWorld('live')
    const settings = activemq.settings({ queue, maximumBatchingWindow: 0, batchSize: 1 })
    const address = { ...settings, channel: `/amq/queue/${queue}` }
    const reader = createActiveMqReader(rhea, server.url, address, world)
    let runs = 0
    const mapping = world.mapping(activemq, settings, reader, () => (++runs === 1 ? fails : undefined))
    await world.called(3)
    await mapping.stop()
    const events = world.calls.map(({ event }) => event as unknown as { messages: { data: string }[] })
    const bodies = events.map(({ messages }) =>
      messages.map(({ data }) => Buffer.from(data, 'base64').toString()),
    )
    expect(bodies.flat().toSorted()).toEqual(['a', 'a', 'b'])
    expect(await left(channel, queue)).toBe(0)
  })

  const project = (lines: string): Record<string, string> => ({
    'lambda.yml': `functions: { worker: { handler: worker.handler${lines}\n`,
    'worker.js': 'exports.handler = async (event) => console.log(JSON.stringify(event))',
  })

  test('`events: rabbitmq` of lambda.yml runs the function', async () => {
    const { queue, channel } = await queueWith([['a'], ['b']])
    const event = `{ queue: ${queue}, endpoint: '${server.url}', batchSize: 2, maximumBatchingWindow: 300 }`
    const app = await startProject(project(`, events: [{ rabbitmq: ${event} }] } }`))
    const [line] = await linesOf(app, 1)
    expect(bodiesIn(JSON.parse(line ?? '') as object)).toEqual(['a', 'b'])
    await app.settle()
    await app.stop()
    expect(await left(channel, queue)).toBe(0)
  })

  test('a mapping of the Lambda API reads the broker that `endpoints` name', async () => {
    const { queue } = await queueWith([['a']])
    const app = await startProject(project(` } }\nendpoints: { rabbitmq: '${server.url}' }`))
    const client = new LambdaClient({
      endpoint: app.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
    onTestFinished(() => client.destroy())
    const secret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop'
    const arn = 'arn:aws:mq:us-east-1:000000000000:broker:shop:b-1234'
    const { UUID } = await client.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'worker',
        EventSourceArn: arn,
        Queues: [queue],
        MaximumBatchingWindowInSeconds: 0,
        SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: secret }],
      }),
    )
    const [line] = await linesOf(app, 1)
    expect(JSON.parse(line ?? '')).toMatchObject({ eventSource: 'aws:rmq', eventSourceArn: arn })
    await app.settle()
    expect(await client.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
      State: 'Enabled',
      Queues: [queue],
      EventSourceArn: arn,
    })
  })

  test(
    'a broker that goes down is told, and read again when it is back; nothing is lost',
    async () => {
      const { queue } = await queueWith([['a', { persistent: true }]])
      const { called, mapping, bodies, logged, warned, clock } = read(queue, async () => {
        if (bodies().length === 1) await server.kill()
      })
      await warned
      expect(logged[0]).toMatch(/the queue cannot be read: .* cannot be reached; is the broker running/)
      await server.restart()
      // The pauses between attempts grow; nobody wants to wait for them.
      const hurry = setInterval(() => void clock.advance(1_000), 100)
      await called(2)
      clearInterval(hurry)
      await mapping.stop()
      expect(bodies()).toEqual([['a'], ['a']])
    },
    RESTART_MS,
  )
})

/** What the handlers have logged, once there are so many lines. */
const linesOf = (app: App, count: number): Promise<string[]> =>
  new Promise((resolve) => {
    const look = (): void => {
      const lines = app.ledger
        .latest()
        .flatMap((entry) =>
          entry.kind === 'logLine' && entry.text.includes('\tINFO\t')
            ? [entry.text.split('\t').at(-1) ?? '']
            : [],
        )
      if (lines.length < count) return
      end()
      resolve(lines)
    }
    const end = app.ledger.subscribe(look)
    look()
  })

const messagesIn = (event: object): { data: string; redelivered: boolean }[] =>
  Object.values(
    (event as { rmqMessagesByQueue: Record<string, { data: string; redelivered: boolean }[]> })
      .rmqMessagesByQueue,
  ).flat()
const bodiesIn = (event: object): string[] =>
  messagesIn(event).map(({ data }) => Buffer.from(data, 'base64').toString())
const redeliveredIn = (event: object): boolean[] => messagesIn(event).map(({ redelivered }) => redelivered)
