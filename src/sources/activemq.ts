import type { JsonObject } from '../system/index.ts'
import { brokerFragment, type BrokerQueueConfig, settingsOfQueue } from './brokerConfig.ts'
import { messageContent } from './brokerFilter.ts'
import { defineBroker } from './defineBroker.ts'
import { compileFilters } from './recordFilter.ts'

/** A message of an ActiveMQ queue. */
export interface ActiveMqMessage {
  readonly queue: string
  readonly messageId: string
  readonly kind: 'text' | 'bytes'
  readonly isPersistent: boolean
  readonly replyTo: string | null
  readonly type: string | null
  /** How long it lives, milliseconds; 0: for ever. */
  readonly expiration: number
  readonly priority: number
  readonly correlationId: string | null
  readonly isRedelivered: boolean
  readonly body: Uint8Array
  /** When it was sent, came into the broker, and left it; epoch milliseconds. */
  readonly sentMs: number
  readonly inMs: number
  readonly outMs: number
  readonly properties: JsonObject
}

/** A queue of ActiveMQ as an event source (Lambda Developer Guide, "Using Lambda with Amazon MQ"). */
export const activemq = defineBroker<BrokerQueueConfig, ActiveMqMessage>({
  name: 'activemq',
  config: brokerFragment('activemq'),
  examples: [
    { queue: 'orders', endpoint: 'amqp://127.0.0.1:5672' },
    {
      arn: 'arn:aws:mq:us-east-1:000000000000:broker:shop:b-1234',
      queue: 'orders',
      endpoint: 'amqp://admin:admin@127.0.0.1:5672',
      basicAuthArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop',
      batchSize: 100,
      maximumBatchingWindow: 1,
      filterPatterns: [{ data: { kind: ['new'] } }],
      enabled: false,
    },
  ],
  settings: (config) => settingsOfQueue(config, 'activemq'),
  filter: ({ filters }) => compileFilters(filters, messageContent),
  id: ({ messageId }) => messageId,
  lane: () => '',
  group: () => undefined,
  member: 'messages',
  retries: 'broker',
  arrivedMs: ({ inMs }) => inMs,
  envelope: ({ sourceArn }) => ({ eventSource: 'aws:mq', eventSourceArn: sourceArn }),
  record: (message) => ({
    messageID: message.messageId,
    messageType: `jms/${message.kind}-message`,
    // JMS: 2 outlives a restart of the broker.
    deliveryMode: message.isPersistent ? 2 : 1,
    replyTo: message.replyTo,
    type: message.type,
    expiration: message.expiration,
    priority: message.priority,
    correlationID: message.correlationId,
    redelivered: message.isRedelivered,
    destination: { physicalName: message.queue },
    data: Buffer.from(message.body).toString('base64'),
    timestamp: message.sentMs,
    brokerInTime: message.inMs,
    brokerOutTime: message.outMs,
    properties: message.properties,
  }),
})
