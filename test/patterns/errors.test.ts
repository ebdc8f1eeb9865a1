import { expect, test } from 'vitest'
import { compilePattern, eventBridge, eventSourceMapping, PatternError } from '../../src/patterns/index.ts'
import type { JsonValue } from '../../src/system/index.ts'

const reasonFor = (pattern: JsonValue, dialect = eventBridge): string | undefined => {
  try {
    compilePattern(pattern, dialect)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(PatternError)
    return (error as PatternError).message
  }
}

/** The reasons that AWS gives for a whole pattern. */
test.each<[JsonValue, string]>([
  [{ a: 'x' }, '"a" must be an object or an array'],
  [{ a: 42 }, '"a" must be an object or an array'],
  [{ a: [] }, 'Empty arrays are not allowed'],
  [{ a: {} }, 'Empty objects are not allowed'],
  [{}, 'Empty objects are not allowed'],
  [[{ a: [1] }], 'Filter is not an object'],
  ['a', 'Filter is not an object'],
  [{ a: [['x']] }, 'Match value must be String, number, true, false, or null'],
  [{ $or: [{ a: [1] }] }, 'Unrecognized match type a'],
])('%j is refused: %s', (pattern, reason) => {
  expect(reasonFor(pattern)).toBe(reason)
  expect(reasonFor(pattern, eventSourceMapping)).toBe(reason)
})

/** The reasons that AWS gives for one operator. */
test.each<[JsonValue, string]>([
  [{}, 'Match expression name not found'],
  [{ EXISTS: true }, 'Unrecognized match type EXISTS'],
  [{ NUMERIC: ['=', 5] }, 'Unrecognized match type NUMERIC'],
  [{ toString: 'a' }, 'Unrecognized match type toString'],
  [{ prefix: 'a', suffix: 'b' }, 'Only one key allowed in match expression'],
  [{ exists: 'true' }, 'exists match pattern must be either true or false.'],
  [{ exists: true, prefix: 'a' }, 'Only one key allowed in match expression'],
  [{ numeric: ['>', 0, '>', 0] }, 'Bad numeric range operator: >'],
  [{ numeric: ['>', 0, '<', 'x'] }, 'Value of < must be numeric'],
  [{ numeric: ['=', '5'] }, 'Value of equals must be numeric'],
  [{ numeric: ['>'] }, 'Value of > must be numeric'],
  [{ numeric: ['<', 1, '>', 0] }, 'Too many elements in numeric expression'],
  [{ numeric: ['>', 0, '<', 5, 6] }, 'Too many terms in numeric range expression'],
  [{ numeric: ['>', 0, 5] }, 'Bad value in numeric range: 5'],
  [{ numeric: ['>', 5, '<', 5] }, 'Bottom must be less than top'],
  [{ numeric: ['~', 5] }, 'Unrecognized numeric range operator: ~'],
  [{ numeric: [5] }, 'Invalid member in numeric match: 5'],
  [{ numeric: [] }, 'Invalid member in numeric match: ]'],
  [{ numeric: 5 }, 'Value of numeric must be an array.'],
  [{ numeric: ['=', 5_000_000_001] }, 'Value must be between -5.0E9 and 5.0E9, inclusive'],
  [{ exactly: 1 }, 'exact match pattern must be a string'],
  [{ prefix: 1 }, 'prefix match pattern must be a string'],
  [{ suffix: ['a'] }, 'suffix match pattern must be a string'],
  [{ prefix: { suffix: 'a' } }, 'Unsupported prefix pattern: suffix'],
  [{ suffix: { 'equals-ignore-case': 1 } }, 'equals-ignore-case match pattern must be a string'],
  [{ 'equals-ignore-case': ['a'] }, 'equals-ignore-case match pattern must be a string'],
  [{ 'anything-but': null }, 'Value of anything-but must be an array or single string/number value.'],
  [{ 'anything-but': true }, 'Value of anything-but must be an array or single string/number value.'],
  [{ 'anything-but': ['a', null] }, 'Inside anything but list, start|null|boolean is not supported.'],
  [
    { 'anything-but': ['a', 1] },
    'Inside anything but list, either all values are number or string, mixed type is not supported',
  ],
  [{ 'anything-but': { prefix: '' } }, 'Null prefix/suffix not allowed'],
  [{ 'anything-but': { prefix: 1 } }, 'prefix/suffix match pattern must be a string'],
  [{ 'anything-but': { suffix: ['a', null] } }, 'prefix/suffix match pattern must be a string'],
  [{ 'anything-but': { numeric: ['=', 1] } }, 'Unsupported anything-but pattern: numeric'],
  [
    { 'anything-but': { 'equals-ignore-case': 1 } },
    'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
  ],
  [
    { wildcard: '*:*:*:*:*:bus/*' },
    'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
  ],
  [{ wildcard: 1 }, 'wildcard match pattern must be a string'],
  [{ wildcard: 'a**' }, 'Consecutive wildcard characters at pos 2'],
  [{ wildcard: String.raw`a\b` }, 'Invalid escape character at pos 2'],
  [
    { wildcard: '*:*:*:*:*:event-bus/*' },
    'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
  ],
  [{ cidr: '10.0.0.1' }, "Malformed CIDR, one '/' required"],
  [{ cidr: '10.0.0.1/x' }, 'Malformed CIDR, mask bits must be an integer'],
  [{ cidr: '10.0.0.1/-1' }, 'Malformed CIDR, mask bits must not be negative'],
  [{ cidr: '10.0.0.1/32' }, 'IPv4 mask bits must be < 32'],
  [{ cidr: '::1/128' }, 'IPv6 mask bits must be < 128'],
  [{ cidr: 'xx.11.xx.8/24' }, 'Nonstandard IP address: xx.11.xx.8'],
  [{ cidr: 5 }, 'prefix match pattern must be a string'],
])('the operator %j is refused: %s', (operator, reason) => {
  expect(reasonFor({ a: [operator] })).toBe(reason)
  // A mapping's API shows no reason, so that which of two is found does not matter.
  expect(reasonFor({ a: [operator] }, eventSourceMapping)).toBeDefined()
})

test('event source mappings know fewer operators', () => {
  const reason = (operator: JsonValue) => reasonFor({ a: [operator] }, eventSourceMapping)
  for (const operator of [{ wildcard: 'a*' }, { cidr: '10.0.0.0/24' }, { 'anything-but': { prefix: 'a' } }])
    expect(reason(operator)).toMatch(/is not supported here$/)
  for (const operator of [
    { prefix: { 'equals-ignore-case': 'a' } },
    { 'anything-but': ['a'] },
    { exists: false },
  ])
    expect(reason(operator)).toBeUndefined()
})

test('too many combinations of $or are refused', () => {
  const alternatives = Array.from({ length: 32 }, (_, index) => ({ x: [index] }))
  expect(reasonFor({ a: { $or: alternatives }, b: { $or: alternatives.slice(0, 31) } })).toBeUndefined()
  expect(reasonFor({ a: { $or: alternatives }, b: { $or: alternatives } })).toMatch(/1024/)
})
