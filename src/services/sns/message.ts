import * as errors from './errors.ts'
import {
  attributesBytes,
  type MessageAttributes,
  readAttributes,
  type SentAttribute,
} from './messageAttributes.ts'
import type { SubscriptionProtocol } from './subscriptionAttributes.ts'

/** A message as `Publish` and the entries of `PublishBatch` carry it. */
export interface SentMessage {
  readonly Message?: string
  readonly Subject?: string
  readonly MessageStructure?: string
  readonly MessageAttributes?: Readonly<Record<string, SentAttribute>>
  readonly MessageDeduplicationId?: string
  readonly MessageGroupId?: string
}

/** A checked message. */
export interface TopicMessage {
  /** As it was published. */
  readonly text: string
  /** With `MessageStructure=json`: texts by protocol, `default` among them. */
  readonly texts: Readonly<Record<string, string>> | undefined
  readonly subject: string | undefined
  readonly attributes: MessageAttributes
  /** By SNS's count, attributes included. */
  readonly bytes: number
}

/** 256 KB: the most that a message with its attributes may have, and that the messages of a batch may have together. */
export const maximumBytes = 262_144

/** Checks a message in AWS's order with AWS's errors; `path` as {@link readAttributes} takes it. */
export function prepareMessage(sent: SentMessage, path = ''): TopicMessage {
  if (sent.Subject !== undefined) checkSubject(sent.Subject)
  const text = sent.Message
  if (text === undefined) throw errors.missingParameter('Message')
  if (text === '') throw errors.invalidParameter('Empty message')
  const attributes = readAttributes(sent.MessageAttributes ?? {}, path)
  const bytes = Buffer.byteLength(text) + attributesBytes(attributes)
  if (bytes > maximumBytes) throw errors.invalidParameter('Message too long')
  checkTopicTypeParameters(sent)
  return { text, texts: textsOf(text, sent.MessageStructure), subject: sent.Subject, attributes, bytes }
}

/** What the message says to subscribers of a protocol. */
export const textFor = ({ text, texts }: TopicMessage, protocol: SubscriptionProtocol): string =>
  texts?.[protocol] ?? texts?.['default'] ?? text

/** Up to 100 characters, none of them a line break or another control character. */
function checkSubject(subject: string): void {
  if (!/^[^\p{Cc}\u2028\u2029]{1,100}$/u.test(subject)) throw errors.invalidParameter('Subject')
}

function checkTopicTypeParameters({ MessageDeduplicationId, MessageGroupId }: SentMessage): void {
  if (MessageDeduplicationId !== undefined)
    throw errors.invalidParameter(
      'MessageDeduplicationId',
      'The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    )
  if (MessageGroupId !== undefined) throw errors.notSupported('MessageGroupId', 'message groups are')
}

function textsOf(text: string, structure: string | undefined): TopicMessage['texts'] {
  if (structure === undefined) return undefined
  if (structure !== 'json') throw errors.invalidParameter('MessageStructure')
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw errors.invalidParameter('Message Structure - JSON message body failed to parse')
  // What is no text counts as not there.
  const texts = Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  if (texts['default'] === undefined)
    throw errors.invalidParameter('Message Structure - No default entry in JSON message body')
  return texts
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
