import { expect, test } from 'vitest'
import { compilePattern, eventBridge, eventSourceMapping, PatternError } from '../../src/patterns/index.ts'
import type { JsonValue } from '../../src/system/index.ts'

const matches = (pattern: JsonValue, event: JsonValue) => compilePattern(pattern, eventBridge).matches(event)

/** Recorded from AWS with TestEventPattern. */
const RECORDED: readonly [pattern: JsonValue, event: JsonValue, isMatch: boolean][] = [
  [{ n: [300] }, JSON.parse('{"n":300.0}'), true],
  [{ n: [{ numeric: ['>', 100] }] }, JSON.parse('{"n":101.0}'), true],
  [{ n: [{ numeric: ['>', 100] }] }, { n: '300' }, false],
  [{ n: [{ numeric: ['>', 100] }] }, { n: null }, false],
  [{ N: [{ numeric: ['>', 100] }, { 'anything-but': '101' }] }, { N: '42' }, true],
  [{ a: ['x', 'y'] }, { a: ['q', 'y'] }, true],
  [{ r: [null] }, { r: [] }, false],
  [{ r: [{ exists: true }] }, { r: [] }, false],
  [{ list: { id: [{ exists: true }] } }, { list: [{ k: 1 }, { id: 'm' }] }, true],
  [{ a: { b: [{ exists: false }] } }, { a: {} }, true],
  [{ a: { b: [{ exists: false }] } }, {}, true],
  [{ p: [{ exists: true }] }, { p: { S: 'v' } }, false],
  [{ d: { 's.t': ['x'] } }, { d: { s: { t: 'x' } } }, true],
  [{ d: { s: { t: ['x'] } } }, { d: { 's.t': 'x' } }, true],
  [{ d: { k: ['v'] } }, { d: '{"k":"v"}' }, false],
  [{ s: [{ 'anything-but': ['roses'] }, { exists: false }] }, {}, true],
  [{ a: { s: [{ 'anything-but': ['roses'] }, { exists: false }] } }, {}, true],
  [{ s: [{ 'anything-but': 'a' }] }, {}, false],
  [{ s: [{ 'anything-but': 'a' }] }, { s: null }, true],
  [{ s: [{ 'anything-but': 'a' }] }, { s: 12 }, true],
  [{ s: [{ 'anything-but': { prefix: 'init' } }] }, { s: 12 }, true],
  [{ s: [{ 'anything-but': { prefix: 'init' } }] }, { s: null }, true],
  [{ s: [{ 'anything-but': { prefix: 'init' } }] }, {}, false],
  [{ s: [{ prefix: '' }] }, { s: 'anything' }, true],
  [{ s: [{ suffix: '' }] }, { s: 'anything' }, true],
  [{ s: [{ wildcard: '' }] }, { s: 'anything' }, false],
  [{ s: [''] }, { s: '' }, true],
  [{ s: [{ 'equals-ignore-case': '' }] }, { s: '' }, true],
  [{ K: ['v'] }, { k: 'v' }, false],
  [{ k: [{ exists: true }, { prefix: 'zzz' }] }, { k: 'v' }, true],
  [{ b: [false] }, { b: false }, true],
  [{ b: [false] }, { b: true }, false],
  [{ $or: [{ c: [1] }, { d: [{ numeric: ['<', 10] }] }] }, { c: 0, d: 0 }, true],
  [{ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: 123 }, false],
  [{ s: [null] }, { s: null }, true],
  [{ s: [null] }, {}, false],
  [{ s: [null] }, { s: '' }, false],
  [{ s: [null] }, { s: 'null' }, false],
  [
    { FileName: [{ wildcard: '/Users/*/dir/dir/dir/dir/dir/doc.txt' }] },
    { FileName: '/Users/ls_user/dir/dir/dir/dir/dir/doc.txt' },
    true,
  ],
]

test.each(RECORDED)('%j against %j: %s', (pattern, event, isMatch) => {
  expect(matches(pattern, event)).toBe(isMatch)
})

/** Whether a pattern uses what only event buses know. */
const isForBuses = (pattern: JsonValue): boolean =>
  /"(wildcard|cidr)"|"anything-but":\{/.test(JSON.stringify(pattern))

test.each(RECORDED.filter(([pattern]) => !isForBuses(pattern)))(
  'as a filter of a mapping, %j against %j: %s',
  (pattern, event, isMatch) => {
    expect(compilePattern(pattern, eventSourceMapping).matches(event)).toBe(isMatch)
  },
)

test.each(RECORDED.filter(([pattern]) => isForBuses(pattern)))('%j is no filter of a mapping', (pattern) => {
  expect(() => compilePattern(pattern, eventSourceMapping)).toThrow(PatternError)
})

/** From the comparison operators of the EventBridge User Guide. */
const DOCUMENTED: readonly [JsonValue, JsonValue, boolean][] = [
  [{ s: [{ prefix: { 'equals-ignore-case': 'EventB' } }] }, { s: 'eventbridge' }, true],
  [{ s: [{ prefix: 'EventB' }] }, { s: 'eventbridge' }, false],
  [{ s: [{ suffix: { 'equals-ignore-case': '.PNG' } }] }, { s: 'a.png' }, true],
  [{ s: [{ suffix: '.png' }] }, { s: 'a.jpg' }, false],
  [{ s: [{ 'equals-ignore-case': 'alice' }] }, { s: 'ALICE' }, true],
  [{ s: [{ exactly: 'alice' }] }, { s: 'alice' }, true],
  [{ s: [{ 'anything-but': { suffix: ['.png', '.jpg'] } }] }, { s: 'a.jpg' }, false],
  [{ s: [{ 'anything-but': { 'equals-ignore-case': ['ready'] } }] }, { s: 'READY' }, false],
  [{ s: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { s: 'a/lib/b' }, false],
  [{ s: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { s: 'a/libs/b' }, true],
  [{ n: [{ 'anything-but': [1, 2] }] }, { n: 2 }, false],
  [{ n: [{ 'anything-but': [1, 2] }] }, { n: '2' }, true],
  [{ n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 5 }, true],
  [{ n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 0 }, false],
  [{ n: [{ numeric: ['=', 3.018e2] }] }, { n: 301.8 }, true],
  [{ n: [{ numeric: ['<', 0] }] }, { n: -1 }, true],
  [{ n: [{ numeric: ['>', 0] }] }, { n: 5_000_000_001 }, false],
  [{ n: [123_456_789_012] }, { n: 123_456_789_012 }, true],
  [{ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.255' }, true],
  [{ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.1.0' }, false],
  [{ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8:ffff::1' }, true],
  [{ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db9::1' }, false],
  [{ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '10.0.0.1' }, false],
  [{ ip: [{ cidr: '::/0' }] }, { ip: '::1' }, true],
  [{ s: [{ wildcard: 'a*b*c' }] }, { s: 'a-b-b-c' }, true],
  [{ s: [{ wildcard: 'ab*ba' }] }, { s: 'aba' }, false],
  [{ s: [{ wildcard: String.raw`a\*b` }] }, { s: 'a*b' }, true],
  [{ s: [{ wildcard: String.raw`a\*b` }] }, { s: 'axb' }, false],
  [{ s: [{ wildcard: '*' }] }, { s: '' }, true],
  [{ detail: { $or: [{ a: [1] }, { b: [1] }] }, x: [1] }, { detail: { b: 1 }, x: 1 }, true],
  [{ detail: { $or: [{ a: [1] }, { b: [1] }] }, x: [1] }, { detail: { b: 1 }, x: 2 }, false],
  [{ $or: [{ a: [1], b: [2] }, { c: [3] }] }, { a: 1, b: 0 }, false],
  [{ $or: ['x'] }, { $or: 'x' }, true],
]

test.each(DOCUMENTED)('%j against %j: %s', (pattern, event, isMatch) => {
  expect(matches(pattern, event)).toBe(isMatch)
})

test('all conditions on a list of objects must hold within one of them', () => {
  const pattern = { list: { a: [1], b: [2] } }
  expect(matches(pattern, { list: [{ a: 1 }, { b: 2 }] })).toBe(false)
  expect(matches(pattern, { list: [{ a: 1 }, { a: 1, b: 2 }] })).toBe(true)
  expect(matches({ x: { a: [1] }, y: { b: [2] } }, { x: [{ a: 0 }, { a: 1 }], y: [{ b: 2 }] })).toBe(true)
})

test('lists within lists keep their elements apart', () => {
  const pattern = { o: { l: { a: [1], b: [2] } } }
  expect(matches(pattern, { o: [{ l: [{ a: 1 }] }, { l: [{ b: 2 }] }] })).toBe(false)
  expect(matches(pattern, { o: [{ l: [{ a: 0 }, { a: 1, b: 2 }] }] })).toBe(true)
  expect(matches({ m: { a: [1] } }, { m: [[{ a: 1 }]] })).toBe(true)
})

test('a field is absent from the element that the other conditions chose', () => {
  const pattern = { list: { a: [1], b: [{ exists: false }] } }
  expect(matches(pattern, { list: [{ a: 1 }, { b: 2 }] })).toBe(true)
  expect(matches(pattern, { list: [{ a: 1, b: 2 }] })).toBe(false)
})

test('what is no JSON object never matches', () => {
  for (const event of [null, 1, 'a', [{ a: 1 }]])
    expect(matches({ a: [{ exists: false }] }, event)).toBe(false)
})
