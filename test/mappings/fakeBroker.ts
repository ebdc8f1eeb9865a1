import { Inbox } from '../../src/api/brokers/inbox.ts'
import type { BrokerReader, KafkaMessage, RabbitMessage } from '../../src/sources/index.ts'
import type { Clock } from '../../src/system/index.ts'

/** A reader whose messages a test puts in, and which notes what becomes of them. */
export interface FakeBroker<Message> extends BrokerReader<Message> {
  put(...messages: readonly Message[]): void
  /** The next receives reject with this, until it is taken away. */
  break(error: Error | undefined): void
  readonly acknowledged: readonly Message[]
  readonly givenBack: readonly { readonly message: Message; readonly tried: boolean }[]
  readonly isClosed: boolean
}

export function fakeBroker<Message>(
  clock: Clock,
  lane: (message: Message) => string,
  redelivers = false,
): FakeBroker<Message> {
  const inbox = new Inbox<Message>({ clock, label: 'batching window', lane })
  const acknowledged: Message[] = []
  const givenBack: { message: Message; tried: boolean }[] = []
  let broken: Error | undefined
  let isClosed = false
  return {
    acknowledged,
    givenBack,
    get isClosed() {
      return isClosed
    },
    put: (...messages) => inbox.put(...messages),
    break(error) {
      broken = error
      if (error) inbox.fail(error)
    },
    async receive(options) {
      isClosed = false
      if (broken) throw broken
      return inbox.receive(options)
    },
    async acknowledge(messages) {
      acknowledged.push(...messages)
    },
    async giveBack(messages, { tried }) {
      givenBack.push(...messages.map((message) => ({ message, tried })))
      if (redelivers && tried) inbox.putFirst(...messages)
    },
    async close() {
      isClosed = true
    },
  }
}

export const kafkaRecord = (value: string, more: Partial<KafkaMessage> = {}): KafkaMessage => ({
  topic: 'orders',
  partition: 0,
  offset: '0',
  timestampMs: 1_700_000_000_000,
  timestampType: 'CREATE_TIME',
  key: null,
  value: Buffer.from(value),
  headers: [],
  ...more,
})

/** Records of one partition, with offsets from 0. */
export const kafkaRecords = (values: readonly string[], partition = 0): KafkaMessage[] =>
  values.map((value, offset) => kafkaRecord(value, { partition, offset: String(offset) }))

export const rabbitMessages = (bodies: readonly string[]): RabbitMessage[] =>
  bodies.map((body, index) => ({
    id: `message-${index}`,
    queue: 'orders',
    virtualHost: '/',
    properties: {
      contentType: null,
      contentEncoding: null,
      headers: {},
      deliveryMode: null,
      priority: null,
      correlationId: null,
      replyTo: null,
      expiration: null,
      messageId: null,
      timestampMs: null,
      type: null,
      userId: null,
      appId: null,
      clusterId: null,
    },
    isRedelivered: false,
    body: Buffer.from(body),
  }))
