import { hash } from 'node:crypto'
import * as errors from './errors.ts'

/** A message attribute as it travels and as it is stored: binary values are base64 text everywhere. */
export interface MessageAttribute {
  readonly DataType: string
  readonly StringValue?: string
  readonly BinaryValue?: string
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>

/** What a caller may send; the list members exist in the API, but AWS refuses them. */
export interface SentAttribute extends Partial<MessageAttribute> {
  readonly StringListValues?: readonly string[]
  readonly BinaryListValues?: readonly string[]
}

const maximumAttributes = 10
const longestName = 256

/** Checks attributes as AWS does and answers them normalized, or throws. */
export function readAttributes(sent: Readonly<Record<string, SentAttribute>>): MessageAttributes {
  const entries = Object.entries(sent)
  if (entries.length > maximumAttributes)
    throw errors.invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${maximumAttributes}].`,
    )
  return Object.fromEntries(entries.map(([name, value]) => [name, readAttribute(name, value)]))
}

function readAttribute(name: string, sent: SentAttribute): MessageAttribute {
  checkName(name)
  const type = sent.DataType ?? ''
  if (type === '')
    throw errors.invalidParameter(
      `The message attribute '${name}' must contain non-empty message attribute type.`,
    )
  if (type.length > longestName)
    throw errors.invalidParameter('Message (user) attribute types must be shorter than 256 Bytes')
  if (sent.StringListValues?.length || sent.BinaryListValues?.length)
    throw errors.unsupportedOperation(
      'Message attribute list values in SendMessage operation are not supported.',
    )
  const kind = type.split('.', 1)[0] ?? ''
  switch (kind) {
    case 'Binary': {
      const bytes = Buffer.from(sent.BinaryValue ?? '', 'base64')
      if (bytes.length === 0) throw emptyValue(name, kind)
      return { DataType: type, BinaryValue: bytes.toString('base64') }
    }
    case 'String':
    case 'Number': {
      const text = sent.StringValue ?? ''
      if (text === '') throw emptyValue(name, kind)
      checkText(text)
      if (kind === 'Number' && !isNumber.test(text.trim()))
        throw errors.invalidParameter(
          `Can't cast the value of message (user) attribute '${name}' to a number.`,
        )
      return { DataType: type, StringValue: text }
    }
    default:
      throw errors.invalidParameter(
        `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      )
  }
}

const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

const emptyValue = (name: string, kind: string) =>
  errors.invalidParameter(
    `Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`,
  )

function checkName(name: string): void {
  if (name.length >= longestName)
    throw errors.invalidParameter('Message (user) attribute names must be shorter than 256 Bytes')
  if (!/^[\w.-]+$/.test(name))
    throw errors.invalidParameter(
      'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ',
    )
  if (/^(aws|amazon)\.|^\.|\.$|\.\./i.test(name))
    throw errors.invalidParameter(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'.",
    )
}

/** Refuses characters that XML 1.0 cannot hold. */
export function checkText(text: string): void {
  // The first test is the fast one: it finds surrogates, which are fine in pairs, as well as what is forbidden.
  if (suspicious.test(text) && !allowed.test(text)) throw errors.invalidMessageContents()
}

const suspicious = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/
const allowed = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u

/** What attributes count toward a message's size: names, types and values. */
export function attributesBytes(attributes: MessageAttributes): number {
  let bytes = 0
  for (const [name, attribute] of Object.entries(attributes))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueBytes(attribute).length
  return bytes
}

const valueBytes = (attribute: MessageAttribute): Buffer =>
  attribute.BinaryValue === undefined
    ? Buffer.from(attribute.StringValue ?? '')
    : Buffer.from(attribute.BinaryValue, 'base64')

/** The digest that SDKs check: names in order, each part with its length in front, one byte for the kind of value. */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const parts: Buffer[] = []
  for (const [name, attribute] of Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const kind = Buffer.from([attribute.BinaryValue === undefined ? 1 : 2])
    parts.push(withLength(Buffer.from(name)), withLength(Buffer.from(attribute.DataType)), kind)
    parts.push(withLength(valueBytes(attribute)))
  }
  return hash('md5', Buffer.concat(parts))
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
