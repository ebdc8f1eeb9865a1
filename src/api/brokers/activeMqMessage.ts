import type { Message } from 'rhea-promise'
import type { ActiveMqMessage } from '../../sources/index.ts'
import type { JsonObject, JsonValue } from '../../system/index.ts'

/** JMS over AMQP 1.0: the message annotation that says what kind of message it is. */
const KIND_ANNOTATION = 'x-opt-jms-msg-type'
const TEXT_KIND = 5
/** What a message has that says nothing of its priority. */
const USUAL_PRIORITY = 4

/** What a broker has delivered over AMQP 1.0, as mappings read it. */
export function activeMqMessage(
  message: Message,
  from: { readonly queue: string; readonly nowMs: number; uuid(): string },
): ActiveMqMessage {
  const content = contentOf(message.body)
  const annotations = (message.message_annotations ?? {}) as Readonly<Record<string, unknown>>
  const sentMs = Number(message.creation_time ?? from.nowMs)
  return {
    queue: from.queue,
    messageId: idOf(message.message_id) ?? `ID:${from.uuid()}`,
    kind: content.isText || annotations[KIND_ANNOTATION] === TEXT_KIND ? 'text' : 'bytes',
    isPersistent: message.durable ?? false,
    replyTo: message.reply_to ?? null,
    type: message.subject ?? null,
    expiration: message.ttl ?? 0,
    priority: message.priority ?? USUAL_PRIORITY,
    correlationId: idOf(message.correlation_id) ?? null,
    isRedelivered: (message.delivery_count ?? 0) > 0,
    body: content.bytes,
    sentMs,
    // AMQP does not tell when a message came into the broker.
    inMs: sentMs,
    outMs: from.nowMs,
    properties: propertiesOf(message.application_properties ?? {}),
  }
}

/** Ids are texts, numbers or bytes. */
function idOf(id: unknown): string | undefined {
  if (id === undefined || id === null || id === '') return undefined
  if (Buffer.isBuffer(id)) return id.toString('hex')
  return typeof id === 'string' ? id : JSON.stringify(id)
}

/** A text is an AMQP value, bytes are a data section; all else is told as JSON text. */
function contentOf(body: unknown): { readonly isText: boolean; readonly bytes: Uint8Array } {
  const value = isSection(body) ? body.content : body
  if (Buffer.isBuffer(value)) return { isText: false, bytes: value }
  if (Array.isArray(value) && value.every((part) => Buffer.isBuffer(part)))
    return { isText: false, bytes: Buffer.concat(value) }
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  return { isText: true, bytes: Buffer.from(text) }
}

const isSection = (body: unknown): body is { readonly content: unknown } =>
  typeof body === 'object' && body !== null && 'typecode' in body && 'content' in body

const propertiesOf = (properties: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, propertyOf(value)]))

function propertyOf(value: unknown): JsonValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return value === null || value === undefined ? null : JSON.stringify(value)
}
