import { hash } from 'node:crypto'
import type { NewItem, QueueItem } from '../../store/index.ts'
import type { JsonObject } from '../../system/index.ts'
import * as errors from './errors.ts'
import { checkId, fifoPlaceOf, sequenceNumberOf } from './fifoMessage.ts'
import {
  attributesBytes,
  checkText,
  md5OfAttributes,
  type MessageAttribute,
  type MessageAttributes,
  readAttributes,
  type SentAttribute,
} from './messageAttributes.ts'
import type { Queue } from './queues.ts'

/** A message as `SendMessage` and the entries of `SendMessageBatch` carry it. */
export interface SentMessage {
  /** Text, or its UTF-8 bytes from a sender inside this process. */
  readonly MessageBody?: string | Uint8Array
  readonly DelaySeconds?: number
  readonly MessageAttributes?: Readonly<Record<string, SentAttribute>>
  readonly MessageSystemAttributes?: Readonly<Record<string, SentAttribute>>
  readonly MessageDeduplicationId?: string
  readonly MessageGroupId?: string
}

/** What a stored message has beside its body; the store calls it `meta`. Short, since it is stored a million times. */
export interface MessageMeta extends JsonObject {
  readonly md5: string
  readonly attributes?: { readonly [name: string]: MessageAttribute & JsonObject }
  readonly md5OfAttributes?: string
  readonly trace?: string
  /** On a standard queue; a FIFO queue's items have their group themselves. */
  readonly group?: string
  readonly deduplicationId?: string
  /** The invocation that sent it. */
  readonly cause?: string
  /** ARN of the queue that gave it up. */
  readonly deadLetterSource?: string
}

/** What the redrive adds to a message's meta. */
export const deadLetterMeta = (sourceArn: string): JsonObject => ({ deadLetterSource: sourceArn })

/** A checked message, ready for the store. */
export interface PreparedMessage {
  readonly item: NewItem
  readonly messageId: string
  readonly md5OfBody: string
  readonly md5OfAttributes: string | undefined
  readonly md5OfSystemAttributes: string | undefined
}

export interface SendCircumstances {
  readonly nowMs: number
  readonly messageId: string
  readonly cause: string | undefined
  /** A trace header that came with the request; one among the system attributes goes before it. */
  readonly traceHeader: string | undefined
  /** One entry of a batch: AWS words its refusal for size differently. */
  readonly isBatch?: boolean
}

/** Checks a message as AWS does and makes the store's item of it. */
export function prepareMessage(
  queue: Queue,
  sent: SentMessage,
  { nowMs, messageId, cause, traceHeader, isBatch }: SendCircumstances,
): PreparedMessage {
  const sentBody = sent.MessageBody ?? ''
  if (sentBody.length === 0) throw errors.missingParameter('MessageBody')
  const body = typeof sentBody === 'string' ? Buffer.from(sentBody) : sentBody
  const attributes = attributesOf(sent.MessageAttributes)
  const system = attributesOf(sent.MessageSystemAttributes)
  const bytes = body.length + (attributes ? attributesBytes(attributes) : 0)
  if (bytes > queue.settings.maximumBytes) throw errors.messageTooLong(queue.settings.maximumBytes, isBatch)
  if (typeof sentBody === 'string') checkText(sentBody)
  const trace = traceOf(system) ?? traceHeader
  if (sent.MessageGroupId !== undefined) checkId('MessageGroupId', sent.MessageGroupId)
  const place = placeOf(queue, sent, body, nowMs)
  const delaySeconds = sent.DelaySeconds
  if (delaySeconds !== undefined && !(delaySeconds >= 0 && delaySeconds <= 900))
    throw errors.invalidValue(delaySeconds, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.')

  const md5 = hash('md5', body)
  const md5Attributes = attributes && md5OfAttributes(attributes)
  const meta: Record<string, MessageMeta[string]> = { md5 }
  if (attributes) meta['attributes'] = attributes as NonNullable<MessageMeta['attributes']>
  if (md5Attributes !== undefined) meta['md5OfAttributes'] = md5Attributes
  if (trace !== undefined) meta['trace'] = trace
  if (place) meta['deduplicationId'] = place.deduplicationId
  else if (sent.MessageGroupId !== undefined) meta['group'] = sent.MessageGroupId
  if (cause !== undefined) meta['cause'] = cause
  const isDelayedByQueue = delaySeconds === undefined || place !== undefined
  const delayMs = isDelayedByQueue ? queue.settings.delayMs : delaySeconds * 1_000
  return {
    item: {
      queue: queue.items,
      id: messageId,
      body,
      meta,
      enqueuedMs: nowMs,
      dueMs: nowMs + delayMs,
      ...(place && { group: place.group, deduplication: place.deduplication }),
    },
    messageId,
    md5OfBody: md5,
    md5OfAttributes: md5Attributes,
    md5OfSystemAttributes: system && md5OfAttributes(system),
  }
}

/** Bytes of a message by SQS's count; 0 for what will be refused anyway. */
export function messageBytes(sent: SentMessage): number {
  const attributes = Object.entries(sent.MessageAttributes ?? {})
  return attributes.reduce(
    (bytes, [name, attribute]) =>
      bytes +
      Buffer.byteLength(name) +
      Buffer.byteLength(attribute.DataType ?? '') +
      Buffer.byteLength(attribute.StringValue ?? '') +
      Buffer.byteLength(attribute.BinaryValue ?? '', 'base64'),
    Buffer.byteLength(sent.MessageBody ?? ''),
  )
}

function attributesOf(
  sent: Readonly<Record<string, SentAttribute>> | undefined,
): MessageAttributes | undefined {
  if (sent === undefined) return undefined
  for (const _ in sent) return readAttributes(sent)
  return undefined
}

function traceOf(system: MessageAttributes | undefined): string | undefined {
  if (!system) return undefined
  for (const [name, { DataType }] of Object.entries(system)) {
    if (name !== 'AWSTraceHeader')
      throw errors.invalidParameter(
        `Message system attribute name '${name}' is invalid. You must use only the following supported names: AWSTraceHeader.`,
      )
    if (DataType !== 'String')
      throw errors.invalidParameter(`The type of message system attribute '${name}' must be String.`)
  }
  return system['AWSTraceHeader']?.StringValue
}

/** A message's place in a FIFO queue. Standard queues know groups (fair queues) but no deduplication. */
function placeOf({ settings: { fifo } }: Queue, sent: SentMessage, body: Uint8Array, nowMs: number) {
  if (fifo) return fifoPlaceOf(fifo, sent, body, nowMs)
  if (sent.MessageDeduplicationId !== undefined)
    throw errors.invalidValue(
      sent.MessageDeduplicationId,
      'MessageDeduplicationId',
      'The request includes a parameter that is not valid for this queue type.',
    )
  return undefined
}

// ---- what comes out ----------------------------------------------------------------------------------------------

/** What the store keeps of a message beside its body, as a reader needs it. */
export const metaOf = (item: QueueItem): MessageMeta => item.meta as MessageMeta

/** The message's text. */
export const bodyOf = ({ body: { buffer, byteOffset, byteLength } }: QueueItem): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('utf8')

/** All system attributes of a message; every value is text. */
export function systemAttributesOf(item: QueueItem, accountId: string): Record<string, string> {
  const meta = metaOf(item)
  const attributes: Record<string, string> = { ApproximateReceiveCount: String(item.claims) }
  if (meta.trace !== undefined) attributes['AWSTraceHeader'] = meta.trace
  attributes['SentTimestamp'] = String(item.enqueuedMs)
  if (item.group !== undefined) attributes['SequenceNumber'] = sequenceNumberOf(item.sequence)
  const group = item.group ?? meta.group
  if (group !== undefined) attributes['MessageGroupId'] = group
  attributes['SenderId'] = accountId
  if (meta.deduplicationId !== undefined) attributes['MessageDeduplicationId'] = meta.deduplicationId
  if (item.firstClaimedMs !== undefined)
    attributes['ApproximateFirstReceiveTimestamp'] = String(item.firstClaimedMs)
  if (meta.deadLetterSource !== undefined) attributes['DeadLetterQueueSourceArn'] = meta.deadLetterSource
  return attributes
}
