import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileFilters } from '../../src/sources/recordFilter.ts'
import { messageBody } from '../../src/sources/sqsConfig.ts'
import { recordData } from '../../src/sources/streamContent.ts'
import type { JsonObject } from '../../src/system/index.ts'

const name = fc.constantFrom('a', 'b', 'c')
const leaf = fc.oneof(fc.constantFrom('x', 'y', 1, 2, null, true), fc.constantFrom([], ['x', 1]))
const content = fc.oneof(
  fc.dictionary(name, fc.oneof(leaf, fc.dictionary(name, leaf))).map((value) => JSON.stringify(value)),
  fc.constantFrom('', 'x', '1', '"x"', '[]', '[{"a":"x"}]', '{"a":', ' {"a":"x"} '),
)
const oneTest = fc.constantFrom(
  'x',
  1,
  null,
  { exists: true },
  { exists: false },
  { 'anything-but': 'x' },
  { prefix: '' },
)
const tests = fc.array(oneTest, { minLength: 1, maxLength: 2 })
const pattern = fc.dictionary(name, fc.oneof(tests, fc.dictionary(name, tests, { minKeys: 1 })), {
  minKeys: 1,
})

const kinesisRecord = (data: Uint8Array): JsonObject => ({
  kinesis: { partitionKey: 'k', data: Buffer.from(data).toString('base64') },
})

test('a pattern for the JSON in a record of a stream matches what it matches in the body of a message', () => {
  fc.assert(
    fc.property(content, pattern, (text, wanted) => {
      const ofStream = compileFilters([JSON.stringify({ data: wanted })], recordData)
      const ofQueue = compileFilters([JSON.stringify({ body: wanted })], messageBody)
      expect(ofStream(kinesisRecord(Buffer.from(text)))).toBe(ofQueue({ body: text }))
    }),
  )
})

test('whatever the bytes are, a filter answers, and the record stays as it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), pattern, (data, wanted) => {
      const record = kinesisRecord(data)
      const before = JSON.stringify(record)
      expect(typeof compileFilters([JSON.stringify({ data: wanted })], recordData)(record)).toBe('boolean')
      expect(JSON.stringify(record)).toBe(before)
    }),
  )
})
