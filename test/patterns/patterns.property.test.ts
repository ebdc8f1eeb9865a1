import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePattern, eventBridge } from '../../src/patterns/index.ts'
import type { JsonObject, JsonValue } from '../../src/system/index.ts'

type Scalar = string | number | boolean | null

const key = fc.stringMatching(/^[a-z]{1,4}$/)
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
)
const event = fc.letrec<{ object: JsonObject; value: JsonValue }>((tie) => ({
  object: fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(scalar, { minLength: 1, maxLength: 3 }),
    tie('object'),
  ),
})).object

/** The pattern that wants each leaf to be what it is. */
const patternOf = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? patternOf(inner as JsonObject)
        : [inner].flat(),
    ]),
  )

const reversed = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]): [string, JsonValue | undefined] => [
        name,
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? reversed(inner as JsonObject)
          : inner,
      ])
      .toReversed(),
  )

const matches = (pattern: JsonValue, value: JsonValue) => compilePattern(pattern, eventBridge).matches(value)

test('a pattern built from an event matches it, after a round trip through JSON as well', () => {
  fc.assert(
    fc.property(event, (value) => {
      const pattern = compilePattern(patternOf(value), eventBridge)
      expect(pattern.matches(value)).toBe(true)
      expect(pattern.matches(JSON.parse(JSON.stringify(value)))).toBe(true)
    }),
  )
})

test('the order of fields matters neither in the pattern nor in the event', () => {
  fc.assert(
    fc.property(event, event, (wanted, value) => {
      const pattern = patternOf(wanted)
      const expected = matches(pattern, value)
      expect(matches(reversed(pattern), value)).toBe(expected)
      expect(matches(pattern, reversed(value))).toBe(expected)
    }),
  )
})

test('fields that a pattern does not name change nothing', () => {
  fc.assert(
    fc.property(event, scalar, (value, more) => {
      expect(matches(patternOf(value), { ...value, MORE: more })).toBe(true)
    }),
  )
})

test('anything-but is the opposite of equality for a field that is there', () => {
  const value = fc.oneof(fc.string(), fc.integer({ min: -1e9, max: 1e9 }))
  fc.assert(
    fc.property(value, scalar, (excluded, given) => {
      const equals = matches({ a: [excluded] }, { a: given })
      expect(matches({ a: [{ 'anything-but': [excluded] }] }, { a: given })).toBe(!equals)
    }),
  )
})

test.each(['prefix', 'suffix', 'equals-ignore-case'])(
  'anything-but %s is the opposite of %s for text',
  (name) => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), fc.boolean(), (operand, other, isLike) => {
        const text = isLike ? `${operand}${other}${operand}` : other
        const plain = matches({ a: [{ [name]: operand }] }, { a: text })
        expect(matches({ a: [{ 'anything-but': { [name]: operand } }] }, { a: text })).toBe(!plain)
      }),
    )
  },
)

test('exists false is the opposite of exists true for a leaf outside of lists', () => {
  fc.assert(
    fc.property(event, key, (value, name) => {
      const leaf = { ...value, [name]: typeof value[name] === 'object' ? 1 : value[name] }
      const given = name in value ? leaf : value
      expect(matches({ [name]: [{ exists: false }] }, given)).toBe(
        !matches({ [name]: [{ exists: true }] }, given),
      )
    }),
  )
})

test('numbers compare as numbers', () => {
  const number = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value / 100)
  fc.assert(
    fc.property(number, number, number, (a, b, value) => {
      const [low, high] = a < b ? [a, b] : [b, Math.round((a + 1) * 100) / 100]
      expect(matches({ n: [{ numeric: ['>=', low, '<', high] }] }, { n: value })).toBe(
        low <= value && value < high,
      )
      expect(matches({ n: [value] }, JSON.parse(`{"n":${value.toExponential()}}`))).toBe(true)
    }),
  )
})

test('a wildcard matches what its asterisks are replaced by', () => {
  const part = fc.stringMatching(/^[a-c]{0,3}$/)
  fc.assert(
    fc.property(part, part, part, part, part, (a, b, c, x, y) => {
      fc.pre(b !== '')
      expect(matches({ s: [{ wildcard: `${a}*${b}*${c}` }] }, { s: `${a}${x}${b}${y}${c}` })).toBe(true)
    }),
  )
})

test('an address lies in the network of its own beginning', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 1, max: 31 }), fc.ipV4(), (ip, bits, other) => {
      const numberOf = (text: string) => text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
      const size = 2 ** (32 - bits)
      const isIn =
        numberOf(other) >= numberOf(ip) &&
        Math.floor(numberOf(other) / size) <= Math.floor(numberOf(ip) / size)
      expect(matches({ ip: [{ cidr: `${ip}/${bits}` }] }, { ip: other })).toBe(isIn)
      expect(matches({ ip: [{ cidr: `${ip}/${bits}` }] }, { ip })).toBe(true)
    }),
  )
})

test('a pattern tells by which texts of a field it can be found', () => {
  const textsOf = (pattern: JsonValue) => compilePattern(pattern, eventBridge).textsOf('source')
  expect(textsOf({ source: ['a', 'b'], detail: { x: [1] } })).toEqual(['a', 'b'])
  expect(textsOf({ $or: [{ source: ['a'] }, { source: ['b'], x: [1] }] })).toEqual(['a', 'b'])
  expect(textsOf({ $or: [{ source: ['a'] }, { x: [1] }] })).toBeUndefined()
  expect(textsOf({ source: ['a', { prefix: 'b' }] })).toBeUndefined()
  expect(textsOf({ source: ['a', 1] })).toBeUndefined()
  expect(textsOf({ detail: { source: ['a'] } })).toBeUndefined()
})
