import * as rhea from 'rhea-promise'
import { expect, onTestFinished, test } from 'vitest'
import { createActiveMqReader } from '../../src/api/brokers/activeMqReader.ts'
import { type BrokerQueueConfig, brokerSources } from '../../src/sources/index.ts'
import { type BrokerHandler, createBrokerWorld } from '../mappings/brokerWorld.ts'
import { fails } from '../mappings/mappingWorld.ts'
import { type FakeActiveMq, startFakeActiveMq } from '../tools/fakeActiveMq.ts'

const { activemq } = brokerSources
/** JMS over AMQP 1.0 says so of a text message. */
const TEXT = { 'x-opt-jms-msg-type': 5 }

async function fake(): Promise<FakeActiveMq> {
  const server = await startFakeActiveMq()
  onTestFinished(() => server.stop())
  return server
}

function read(
  server: FakeActiveMq,
  handler: BrokerHandler = () => {},
  config: Partial<BrokerQueueConfig> = {},
) {
  const world = createBrokerWorld('live')
  const settings = activemq.settings({ queue: 'orders', maximumBatchingWindow: 0, ...config })
  const mapping = world.mapping(
    activemq,
    settings,
    createActiveMqReader(rhea, server.url, settings, world),
    handler,
  )
  return { ...world, mapping }
}

test('messages reach the function as AWS sends them, and are accepted', async () => {
  const server = await fake()
  server.send({
    message_id: 'ID:one',
    body: 'hello',
    message_annotations: TEXT,
    durable: true,
    priority: 7,
    ttl: 60_000,
    correlation_id: 'x',
    creation_time: new Date(1_598_827_811_958),
    application_properties: { index: '1' },
  })
  const { called, calls, mapping } = read(server)
  await called(1)
  await mapping.stop()
  expect(calls[0]?.event).toEqual({
    eventSource: 'aws:mq',
    eventSourceArn: 'arn:aws:mq:us-east-1:000000000000:broker:activemq:b-local',
    messages: [
      {
        messageID: 'ID:one',
        messageType: 'jms/text-message',
        deliveryMode: 2,
        replyTo: null,
        type: null,
        expiration: 60_000,
        priority: 7,
        correlationID: 'x',
        redelivered: false,
        destination: { physicalName: 'orders' },
        data: Buffer.from('hello').toString('base64'),
        timestamp: 1_598_827_811_958,
        brokerInTime: 1_598_827_811_958,
        brokerOutTime: expect.any(Number) as number,
        properties: { index: '1' },
      },
    ],
  })
  expect(server.accepted).toEqual(['ID:one'])
})

test('bytes stay bytes', async () => {
  const server = await fake()
  server.send({ message_id: 'ID:one', body: rhea.message.data_section(Buffer.from([0, 255])) })
  const { called, calls, mapping } = read(server)
  await called(1)
  await mapping.stop()
  expect(calls[0]?.event).toMatchObject({
    messages: [{ messageType: 'jms/bytes-message', data: Buffer.from([0, 255]).toString('base64') }],
  })
})

test('a message that the function fails on comes again, redelivered; after six times it is rejected', async () => {
  const server = await fake()
  server.send({ message_id: 'ID:bad', body: 'bad' })
  const { called, calls, clock, mapping } = read(server, () => fails)
  // The pauses between attempts grow; nobody wants to wait for them.
  const hurry = setInterval(() => void clock.advance(60_000), 5)
  await called(7)
  while (server.rejected.length === 0) await new Promise((resolve) => setImmediate(resolve))
  clearInterval(hurry)
  await mapping.stop()
  const redelivered = calls.map(
    ({ event }) => (event as unknown as { messages: { redelivered: boolean }[] }).messages[0]?.redelivered,
  )
  expect(redelivered).toEqual([false, ...Array.from({ length: 6 }, () => true)])
  expect(server.rejected).toEqual(['ID:bad'])
})

test('a queue that is not there, and a broker that is not, are told by name', async () => {
  const server = await fake()
  const nowhere = read(server, undefined, { queue: 'nowhere' })
  await nowhere.warned
  expect(nowhere.mapping.problem).toMatch(/there is no nowhere/)
  await nowhere.mapping.stop()
  await server.stop()
  const gone = read(server)
  await gone.warned
  expect(gone.mapping.problem).toMatch(/amqp:\/\/127\.0\.0\.1:\d+ cannot be reached/)
})
