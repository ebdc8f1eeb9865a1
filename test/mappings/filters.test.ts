import { describe, expect, test } from 'vitest'
import { compileFilters } from '../../src/sources/recordFilter.ts'
import { messageBody } from '../../src/sources/sqsConfig.ts'
import type { JsonObject, JsonValue } from '../../src/system/index.ts'

/** A record as SQS mappings make them, as far as filters may look at it. */
const recordWith = (body: string, more: JsonObject = {}): JsonObject => ({
  messageId: 'm-1',
  body,
  attributes: { SenderId: 'AIDA', ApproximateReceiveCount: '1' },
  messageAttributes: { Kind: { stringValue: 'order', dataType: 'String' } },
  eventSource: 'aws:sqs',
  ...more,
})

const passes = (patterns: readonly JsonValue[], body: string): boolean =>
  compileFilters(
    patterns.map((pattern) => JSON.stringify(pattern)),
    messageBody,
  )(recordWith(body))

const METADATA = { attributes: { SenderId: ['AIDA'] } }

describe('text and JSON, in the body and in the pattern', () => {
  test.each<[string, JsonValue, string, boolean]>([
    ['text, a pattern for this text', { body: ['exact'] }, 'exact', true],
    ['text, a pattern for another text', { body: [{ prefix: 'x' }] }, 'exact', false],
    ['text, a pattern for JSON', { body: { k: ['v'] } }, 'text', false],
    [
      'text, a pattern for JSON that wants a field absent',
      { body: { k: [{ exists: false }] } },
      'text',
      false,
    ],
    ['text, a pattern for JSON in dots', { 'body.k': [{ exists: false }] }, 'text', false],
    ['text, a pattern without body', METADATA, 'text', true],
    ['JSON, a pattern for text', { body: ['{"k":"v"}'] }, '{"k":"v"}', false],
    ['JSON, a pattern for anything but a text', { body: [{ 'anything-but': 'x' }] }, '{"k":"v"}', false],
    ['JSON, a pattern for text that wants none', { body: [{ exists: false }] }, '{"k":"v"}', false],
    ['a JSON list, a pattern for text', { body: ['a'] }, '["a"]', false],
    ['JSON, a pattern for these values', { body: { k: ['v'] } }, ' {"k":"v"}', true],
    ['JSON, a pattern for other values', { body: { k: ['w'] } }, '{"k":"v"}', false],
    ['a JSON list of objects', { body: { k: ['v'] } }, '[{"k":"u"},{"k":"v"}]', true],
    ['JSON, a pattern without body', METADATA, '{"k":"v"}', true],
    ['JSON, a pattern without body that does not match', { attributes: { SenderId: ['x'] } }, '{}', false],
    ['broken JSON is text', { body: [{ prefix: '{' }] }, '{"k":', true],
    ['a lone number is text', { body: ['42'] }, '42', true],
    [
      'JSON within JSON is not looked into',
      { body: { d: { k: ['v'] } } },
      '{"d":"{\\"k\\":\\"v\\"}"}',
      false,
    ],
  ])('%s', (_name, pattern, body, isForTheFunction) => {
    expect(passes([pattern], body)).toBe(isForTheFunction)
  })

  test('a mismatch rules out one filter, or one alternative, and not the others', () => {
    expect(passes([{ body: { k: ['v'] } }, { body: ['text'] }], 'text')).toBe(true)
    const alternatives = { $or: [{ body: { k: [{ exists: false }] } }, { body: ['text'] }] }
    expect(passes([alternatives], 'text')).toBe(true)
    expect(passes([alternatives], 'other')).toBe(false)
    expect(passes([{ $or: [{ body: { k: ['v'] } }, METADATA] }], 'text')).toBe(true)
  })
})

test('filters are alternatives; fields of one filter must all hold; metadata can be asked for', () => {
  const filters = [
    { body: { kind: ['new'] }, messageAttributes: { Kind: { stringValue: ['order'] } } },
    { body: { total: [{ numeric: ['>', 100] }] } },
  ]
  expect(passes(filters, '{"kind":"new"}')).toBe(true)
  expect(passes(filters, '{"total":101}')).toBe(true)
  expect(passes(filters, '{"kind":"old","total":100}')).toBe(false)
  expect(passes([], 'anything')).toBe(true)
})

test('the last of two equal keys counts', () => {
  const filter = compileFilters(['{"body":{"k":["a"]},"body":{"k":["b"]}}'], messageBody)
  expect(filter(recordWith('{"k":"b"}'))).toBe(true)
  expect(filter(recordWith('{"k":"a"}'))).toBe(false)
})

/** The recorded cases of operators that mappings know: pattern, event, whether it matches. */
const RECORDED: readonly [pattern: string, event: string, isMatch: boolean][] = [
  ['{"n":[300]}', '{"n":300.0}', true],
  ['{"n":[{"numeric":[">",100]}]}', '{"n":101.0}', true],
  ['{"n":[{"numeric":[">",100]}]}', '{"n":"300"}', false],
  ['{"n":[{"numeric":[">",100]}]}', '{"n":null}', false],
  ['{"N":[{"numeric":[">",100]},{"anything-but":"101"}]}', '{"N":"42"}', true],
  ['{"a":["x","y"]}', '{"a":["q","y"]}', true],
  ['{"r":[null]}', '{"r":[]}', false],
  ['{"r":[{"exists":true}]}', '{"r":[]}', false],
  ['{"list":{"id":[{"exists":true}]}}', '{"list":[{"k":1},{"id":"m"}]}', true],
  ['{"a":{"b":[{"exists":false}]}}', '{"a":{}}', true],
  ['{"a":{"b":[{"exists":false}]}}', '{}', true],
  ['{"p":[{"exists":true}]}', '{"p":{"S":"v"}}', false],
  ['{"d":{"s.t":["x"]}}', '{"d":{"s":{"t":"x"}}}', true],
  ['{"d":{"s":{"t":["x"]}}}', '{"d":{"s.t":"x"}}', true],
  ['{"d":{"k":["v"]}}', '{"d":"{\\"k\\":\\"v\\"}"}', false],
  ['{"s":[{"anything-but":["roses"]},{"exists":false}]}', '{}', true],
  ['{"s":[{"anything-but":"a"}]}', '{}', false],
  ['{"s":[{"anything-but":"a"}]}', '{"s":null}', true],
  ['{"s":[{"anything-but":"a"}]}', '{"s":12}', true],
  ['{"s":[{"prefix":""}]}', '{"s":"anything"}', true],
  ['{"s":[{"suffix":""}]}', '{"s":"anything"}', true],
  ['{"s":[""]}', '{"s":""}', true],
  ['{"s":[{"equals-ignore-case":""}]}', '{"s":""}', true],
  ['{"K":["v"]}', '{"k":"v"}', false],
  ['{"k":[{"exists":true},{"prefix":"zzz"}]}', '{"k":"v"}', true],
  ['{"b":[false]}', '{"b":false}', true],
  ['{"b":[false]}', '{"b":true}', false],
  ['{"$or":[{"c":[1]},{"d":[{"numeric":["<",10]}]}]}', '{"c":0,"d":0}', true],
]

test.each(RECORDED)('body %s against %s: %s', (pattern, event, isMatch) => {
  expect(compileFilters([`{"body":${pattern}}`], messageBody)(recordWith(event))).toBe(isMatch)
})

test.each([
  'null',
  '"text"',
  '[]',
  '{}',
  '{"eventSource":"aws:sqs"}',
  '{"eventSource":[]}',
  '{"body":',
  '{"body":[{"wildcard":"a*"}]}',
  '{"body":[{"cidr":"10.0.0.0/24"}]}',
  '{"body":[{"anything-but":{"prefix":"a"}}]}',
  '{"body":{"k":[{"NUMERIC":[">",1]}]}}',
])('%s is no filter pattern of a mapping', (text) => {
  expect(() => compileFilters([text], messageBody)).toThrow(expect.objectContaining({ name: 'PatternError' }))
})
