import type { JsonObject, JsonValue } from '../system/index.ts'
import { brokerFragment, type BrokerQueueConfig, settingsOfQueue } from './brokerConfig.ts'
import { messageContent } from './brokerFilter.ts'
import { defineBroker } from './defineBroker.ts'
import { dateText, signedBytes } from './javaValues.ts'
import { compileFilters } from './recordFilter.ts'

/** The value of a header as AMQP 0-9-1 has it. */
export type RabbitHeader =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | { readonly timestampMs: number }
  | readonly RabbitHeader[]
  | { readonly table: Readonly<Record<string, RabbitHeader>> }

/** A message of a RabbitMQ queue. */
export interface RabbitMessage {
  /** Its own, or one that it was given here. */
  readonly id: string
  readonly queue: string
  readonly virtualHost: string
  readonly properties: {
    readonly contentType: string | null
    readonly contentEncoding: string | null
    readonly headers: Readonly<Record<string, RabbitHeader>>
    readonly deliveryMode: number | null
    readonly priority: number | null
    readonly correlationId: string | null
    readonly replyTo: string | null
    readonly expiration: string | null
    readonly messageId: string | null
    readonly timestampMs: number | null
    readonly type: string | null
    readonly userId: string | null
    readonly appId: string | null
    readonly clusterId: string | null
  }
  readonly isRedelivered: boolean
  readonly body: Uint8Array
}

export interface RabbitConfig extends BrokerQueueConfig {
  readonly virtualHost?: string
}

/** A queue of RabbitMQ as an event source (Lambda Developer Guide, "Using Lambda with Amazon MQ"). */
export const rabbitmq = defineBroker<RabbitConfig, RabbitMessage>({
  name: 'rabbitmq',
  config: brokerFragment('rabbitmq'),
  examples: [
    { queue: 'orders', endpoint: 'amqp://guest:guest@127.0.0.1:5672' },
    {
      arn: 'arn:aws:mq:us-east-1:000000000000:broker:shop:b-1234',
      queue: 'orders',
      virtualHost: '/shop',
      endpoint: 'amqp://guest:guest@127.0.0.1:5672',
      basicAuthArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop',
      batchSize: 100,
      maximumBatchingWindow: 1,
      filterPatterns: [{ data: { kind: ['new'] } }],
      enabled: false,
    },
  ],
  settings: (config) => ({
    ...settingsOfQueue(config, 'rabbitmq'),
    virtualHost: config.virtualHost ?? '/',
  }),
  filter: ({ filters }) => compileFilters(filters, messageContent),
  id: ({ id }) => id,
  lane: () => '',
  group: ({ queue, virtualHost }) => `${queue}::${virtualHost}`,
  member: 'rmqMessagesByQueue',
  retries: 'broker',
  arrivedMs: ({ properties }) => properties.timestampMs ?? undefined,
  envelope: ({ sourceArn }) => ({ eventSource: 'aws:rmq', eventSourceArn: sourceArn }),
  record: ({ properties: { timestampMs, headers, ...properties }, isRedelivered, body }) => ({
    basicProperties: {
      contentType: properties.contentType,
      contentEncoding: properties.contentEncoding,
      headers: tableRecord(headers),
      deliveryMode: properties.deliveryMode,
      priority: properties.priority,
      correlationId: properties.correlationId,
      replyTo: properties.replyTo,
      expiration: properties.expiration,
      messageId: properties.messageId,
      timestamp: timestampMs === null ? null : dateText(timestampMs),
      type: properties.type,
      userId: properties.userId,
      appId: properties.appId,
      clusterId: properties.clusterId,
      bodySize: body.byteLength,
    },
    redelivered: isRedelivered,
    data: Buffer.from(body).toString('base64'),
  }),
})

const tableRecord = (table: Readonly<Record<string, RabbitHeader>>): JsonObject =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, headerRecord(value)]))

/** RabbitMQ's client for Java keeps texts as bytes, and that is how they get into the event. */
function headerRecord(value: RabbitHeader): JsonValue {
  if (typeof value === 'string') return { bytes: signedBytes(Buffer.from(value)) }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return signedBytes(value)
  if (isList(value)) return value.map(headerRecord)
  return 'table' in value ? tableRecord(value.table) : dateText(value.timestampMs)
}

const isList = (value: RabbitHeader): value is readonly RabbitHeader[] => Array.isArray(value)
