import fastCheck from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonFault } from '../../src/services/lambda/jsonSyntax.ts'

const fault = (text: string | Uint8Array) =>
  findJsonFault(typeof text === 'string' ? Buffer.from(text) : text)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('accepts whatever JSON.stringify writes', () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.jsonValue(), fastCheck.constantFrom(0, 2, '\t'), (value, indent) => {
      expect(fault(JSON.stringify(value, null, indent))).toBeUndefined()
    }),
  )
})

test('agrees with JSON.parse on damaged JSON', () => {
  const alphabet = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    'u',
    '0',
    '1',
    '-',
    '.',
    'e',
    '+',
    ' ',
    '\n',
    'true',
    'null',
    'a',
  ]
  fastCheck.assert(
    fastCheck.property(fastCheck.array(fastCheck.constantFrom(...alphabet), { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      expect(fault(text) === undefined).toBe(isJson(text))
    }),
    { numRuns: 3_000 },
  )
  fastCheck.assert(
    fastCheck.property(
      fastCheck.json(),
      fastCheck.nat(),
      fastCheck.constantFrom(...alphabet),
      (json, at, part) => {
        const place = at % (json.length + 1)
        const text = json.slice(0, place) + part + json.slice(place + 1)
        expect(fault(text) === undefined).toBe(isJson(text))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('says where it went wrong', () => {
  expect(fault('{\n  "a": nope\n}')).toMatch(
    /^Unexpected character \('n' \(code 110\)\): expected a valid value/,
  )
  expect(fault('{\n  "a": nope\n}')).toContain('line: 2, column: 8')
  expect(fault('{"a":')).toMatch(/^Unexpected end-of-input/)
})

test('refuses text that is not UTF-8', () => {
  expect(fault(new Uint8Array([0x22, 0xff, 0x22]))).toBe('Invalid UTF-8')
})

test('is not impressed by depth', () => {
  const depth = 1_000_000
  expect(fault('['.repeat(depth) + ']'.repeat(depth))).toBeUndefined()
})
