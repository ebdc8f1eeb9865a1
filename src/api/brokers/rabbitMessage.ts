import type { ConsumeMessage } from 'amqplib'
import type { RabbitHeader, RabbitMessage } from '../../sources/index.ts'

/** Seconds since 1970: how AMQP 0-9-1 writes a time. */
const SECOND_MS = 1_000

/** What RabbitMQ has delivered, as mappings read it. */
export function rabbitMessage(
  { content, fields, properties }: ConsumeMessage,
  from: { readonly queue: string; readonly virtualHost: string; uuid(): string },
): RabbitMessage {
  const timestamp = properties.timestamp as unknown
  return {
    id: textOf(properties.messageId) ?? from.uuid(),
    queue: from.queue,
    virtualHost: from.virtualHost,
    properties: {
      contentType: textOf(properties.contentType),
      contentEncoding: textOf(properties.contentEncoding),
      headers: tableOf(properties.headers ?? {}),
      deliveryMode: numberOf(properties.deliveryMode),
      priority: numberOf(properties.priority),
      correlationId: textOf(properties.correlationId),
      replyTo: textOf(properties.replyTo),
      expiration: textOf(properties.expiration),
      messageId: textOf(properties.messageId),
      timestampMs: typeof timestamp === 'number' ? timestamp * SECOND_MS : null,
      type: textOf(properties.type),
      userId: textOf(properties.userId),
      appId: textOf(properties.appId),
      clusterId: textOf(properties.clusterId),
    },
    isRedelivered: fields.redelivered,
    body: content,
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const tableOf = (table: object): Record<string, RabbitHeader> =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, headerOf(value)]))

/** The client marks what JavaScript has no type for: `{ '!': 'timestamp', value: 1 }`. */
function headerOf(value: unknown): RabbitHeader {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null) return null
  if (value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(headerOf)
  if (!('!' in value) || !('value' in value)) return { table: tableOf(value) }
  if (value['!'] === 'timestamp') return { timestampMs: Number(value.value) * SECOND_MS }
  return headerOf(value['!'] === 'decimal' ? decimalOf(value.value) : value.value)
}

function decimalOf(value: unknown): number | null {
  const { digits, places } = value as { digits?: unknown; places?: unknown }
  return typeof digits === 'number' && typeof places === 'number' ? digits / 10 ** places : null
}
