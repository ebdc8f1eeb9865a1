import * as errors from './errors.ts'

/** A message attribute as a caller sends it; binary values are base64 text. */
export interface SentAttribute {
  readonly DataType?: string
  readonly StringValue?: string
  readonly BinaryValue?: string
}

/** Checked attributes, in SNS's spelling for receivers; binary values in base64. */
export type MessageAttributes = Readonly<Record<string, { readonly Type: string; readonly Value: string }>>

/**
 * Checks attributes as AWS does, or throws.
 * @param path Of the message within the request, as AWS's validation errors name it; with its dot.
 */
export const readAttributes = (
  sent: Readonly<Record<string, SentAttribute>>,
  path: string,
): MessageAttributes =>
  Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, readAttribute(name, value, path)]))

const longestName = 256

function readAttribute(name: string, sent: SentAttribute, path: string): MessageAttributes[string] {
  if (Buffer.byteLength(name) > longestName)
    throw errors.invalidAttribute('Length of message attribute name must be less than 256 bytes.')
  checkName(name)
  const type = sent.DataType
  if (type === undefined) throw errors.nullMember(`${path}messageAttributes.${name}.member.dataType`)
  if (!/^(String|Number|Binary)(\..+)?$/.test(type))
    throw errors.invalidAttribute(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    )
  const isBinary = type.startsWith('Binary')
  const [value, other] = isBinary
    ? [sent.BinaryValue, sent.StringValue]
    : [sent.StringValue, sent.BinaryValue]
  if (value === undefined && other !== undefined) {
    const field = isBinary ? 'Binary' : 'String'
    throw errors.invalidAttribute(
      `The message attribute '${name}' with type '${type}' must use field '${field}'.`,
    )
  }
  if (value === undefined || value === '')
    throw errors.invalidAttribute(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    )
  if (type.startsWith('Number') && !isNumber.test(value.trim()))
    throw errors.invalidAttribute(`Could not cast message attribute '${name}' value to number.`)
  return { Type: type, Value: value }
}

const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

function checkName(name: string): void {
  if (name.startsWith('.'))
    throw errors.invalidAttribute("Invalid message attribute name starting with character '.' was found.")
  if (name.endsWith('.'))
    throw errors.invalidAttribute("Invalid message attribute name ending with character '.' was found.")
  const foreign = /[^\w.-]/u.exec(name)?.[0].codePointAt(0)
  if (foreign !== undefined)
    throw errors.invalidAttribute(
      `Invalid non-alphanumeric character '#x${foreign.toString(16).toUpperCase()}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    )
  if (name.includes('..'))
    throw errors.invalidAttribute("Message attribute name can not have successive '.' character.")
}

/** What attributes count toward a message's size: names, types and values. */
export function attributesBytes(attributes: MessageAttributes): number {
  let bytes = 0
  for (const [name, { Type, Value }] of Object.entries(attributes))
    bytes +=
      Buffer.byteLength(name) +
      Buffer.byteLength(Type) +
      Buffer.byteLength(Value, Type.startsWith('Binary') ? 'base64' : 'utf8')
  return bytes
}
