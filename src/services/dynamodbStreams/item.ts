import type { JsonObject, JsonValue } from '../../system/index.ts'

/** The attributes of an item in DynamoDB JSON: `{ id: { S: 'a' }, count: { N: '1' } }`; binary values in base64. */
export type Item = Readonly<Record<string, JsonObject>>

/** What an item takes, names included, in bytes (DynamoDB Developer Guide, "DynamoDB item sizes and formats"). */
export const sizeOfItem = (item: Item): number =>
  sum(Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + sizeOfValue(value)))

const CONTAINER_BYTES = 3
const ELEMENT_BYTES = 1

function sizeOfValue(attribute: JsonObject): number {
  const [type = '', value = null] = Object.entries(attribute)[0] ?? []
  const text = typeof value === 'string' ? value : ''
  switch (type) {
    case 'S':
      return Buffer.byteLength(text)
    case 'N':
      return sizeOfNumber(text)
    case 'B':
      return Buffer.byteLength(text, 'base64')
    case 'SS':
    case 'NS':
    case 'BS':
      return sum((value as string[]).map((one) => sizeOfValue({ [type.charAt(0)]: one })))
    case 'L':
      return CONTAINER_BYTES + sum((value as JsonObject[]).map((one) => ELEMENT_BYTES + sizeOfValue(one)))
    case 'M':
      return (
        CONTAINER_BYTES +
        ELEMENT_BYTES * Object.keys(value as JsonObject).length +
        sizeOfItem(value as unknown as Item)
      )
    default:
      return 1
  }
}

/** A byte for two significant digits, one for the exponent, one for the sign below zero. */
function sizeOfNumber(text: string): number {
  const mantissa = text.replace(/e.*$/i, '').replace(/[-+.]/g, '')
  const significant = mantissa.replace(/^0+/, '').replace(/0+$/, '')
  return Math.ceil(significant.length / 2) + 1 + (text.startsWith('-') ? 1 : 0)
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)

/** Whether two items are the same to DynamoDB: names and members of sets are in no order. */
export const areSameItems = (one: Item, other: Item): boolean => canonical(one) === canonical(other)

/** The same text for all items that are the same. */
export const canonical = (item: Item): string => JSON.stringify(ordered(item))

function ordered(value: JsonValue | Item | undefined): JsonValue {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value ?? null
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    entries.map(([name, member]) => [name, isSet(name, member) ? member.toSorted() : ordered(member)]),
  )
}

const isSet = (name: string, value: JsonValue | undefined): value is string[] =>
  /^(SS|NS|BS)$/.test(name) && Array.isArray(value) && value.every((one) => typeof one === 'string')
