import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileLogPattern, type LogPattern, PatternError } from '../../src/patterns/index.ts'

const requests = [
  '[ERROR 400] BAD REQUEST',
  '[ERROR 401] UNAUTHORIZED REQUEST',
  '[ERROR 419] MISSING ARGUMENTS',
  '[ERROR 420] INVALID ARGUMENTS',
]
const event = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  cluster: { 'c.name': 'c' },
  user: { id: 1, email: 'John.Doe@example.com' },
  users: [
    { id: 2, email: 'John.Stiles@example.com' },
    { id: 3, email: 'Jane.Doe@example.com' },
  ],
  actions: ['GET', 'PUT', 'DELETE'],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
  ],
  ThisFlag: true,
  ThatFlag: false,
  latency: 50,
  bandwidth: 1.5e2,
  errorCode: '400',
})
const access = [
  '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
  '127.0.0.1 Prod frank [10/Oct/2000:13:35:22 -0700] "GET /about-us/index.html HTTP/1.0" 200 500',
  '127.0.0.1 Prod frank [10/Oct/2000:13:50:35 -0700] "GET /missing.gif HTTP/1.0" 410 5000',
]

test.each<[string, readonly number[]]>([
  ['', [0, 1, 2, 3]],
  [' ', [0, 1, 2, 3]],
  ['ERROR', [0, 1, 2, 3]],
  ['error', []],
  ['ERROR ARGUMENTS', [2, 3]],
  ['ERROR -ARGUMENTS', [0, 1]],
  ['-ARGUMENTS', [0, 1]],
  ['?BAD ?MISSING', [0, 2]],
  ['?BAD ARGUMENTS', [2, 3]],
  ['"BAD REQUEST"', [0]],
  ['-"BAD REQUEST"', [1, 2, 3]],
  ['%AUTHORIZED%', [1]],
  ['%4[01]\\d%', [0, 1, 2]],
  ['%^\\[ERROR 4.0\\]% -BAD', [3]],
  ['?"BAD" ?%INV.LID%', [0, 3]],
])('terms: %s', (pattern, matching) => {
  const { matches } = compileLogPattern(pattern)
  expect(requests.flatMap((message, index) => (matches(message) ? [index] : []))).toEqual(matching)
})

test.each<[string, boolean]>([
  ['{ $.eventType = "UpdateTrail" }', true],
  ['{$.eventType="UpdateTrail"}', true],
  ['{ $.eventType = UpdateTrail }', true],
  ['{ $.eventType = "Update" }', false],
  ['{ $.eventType = "Update*" }', true],
  ['{ $.eventType != "Update*" }', false],
  ['{ $.eventType = * }', true],
  ['{ $.eventType = %Trail% }', true],
  ['{ $.eventType = %^Trail% }', false],
  ['{ $.sourceIPAddress != 123.123.* }', true],
  ['{ $.sourceIPAddress = 111.111.* }', true],
  ['{ $.missing != 123.123.* }', false],
  ['{ $.arrayKey[0] = "value" }', true],
  ['{ $.arrayKey[1] = "value" }', false],
  ['{ $.arrayKey[*] = "another*" }', true],
  ['{ $.objectList[1].id = 2 }', true],
  ['{ $.objectList[*].id > 2 }', false],
  ['{ $.SomeObject IS NULL }', true],
  ['{ $.missing IS NULL }', false],
  ['{ $.eventType IS NULL }', false],
  ['{ $.missing NOT EXISTS }', true],
  ['{ $.SomeObject NOT EXISTS }', false],
  ['{ $.ThisFlag IS TRUE }', true],
  ['{ $.ThatFlag IS TRUE }', false],
  ['{ $.ThatFlag IS FALSE }', true],
  ['{ $.cluster.[\'c.name\'] = "c" }', true],
  ['{ $.cluster["c.name"] = "c" }', true],
  ['{ $.coordinates[1][2] = 6 }', true],
  ['{ $.*.email = "John*" }', true],
  ['{ $.users[*].email = "*Doe@example.com" }', true],
  ['{ $.latency < 50 }', false],
  ['{ $.latency <= 50 }', true],
  ['{ $.latency >= 5e1 && $.bandwidth > 75.5 }', true],
  ['{ $.bandwidth = 150 }', true],
  ['{ $.bandwidth = 1.5e2 }', true],
  ['{ $.errorCode = 400 }', true],
  ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', false],
  ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', false],
  [
    '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = 1 && $.actions[2] = "DELETE" }',
    true,
  ],
  [
    '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = 1) && $.actions[2] = nonmatch }',
    false,
  ],
])('JSON: %s', (pattern, isMatching) => {
  expect(compileLogPattern(pattern).matches(event)).toBe(isMatching)
})

test('a pattern of JSON fields passes over messages that are no JSON', () => {
  const { matches } = compileLogPattern('{ $.missing NOT EXISTS }')
  expect(['plain', 'INFO {"a":1}', '{"a":', '{"a":1}\n'].map(matches)).toEqual([false, false, false, true])
})

test.each<[string, readonly number[]]>([
  ['[ip, user, username, timestamp, request, status_code, bytes]', [0, 1, 2]],
  ['[ip, user]', []],
  ['[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]', [0]],
  ['[ip, user, username, timestamp, request, status_code = 404 || status_code = 410, bytes]', [0, 2]],
  ['[..., status_code=404, bytes]', [0]],
  ['[ip=%127\\.0\\.0\\.[1-9]%, ..., status_code = 4* && status_code != 404, bytes > 1000]', [2]],
  ['[ip, ..., bytes >= 1534]', [0, 2]],
  ['[ip != 127.*, ...]', []],
  ['[ip, user, name = "frank", ...]', [0, 1, 2]],
])('fields between spaces: %s', (pattern, matching) => {
  const { matches } = compileLogPattern(pattern)
  expect(access.flatMap((message, index) => (matches(message) ? [index] : []))).toEqual(matching)
})

test('what a pattern names is extracted', () => {
  expect(compileLogPattern('[ip, ..., status = 404, bytes]').extract(access[0] ?? '')).toEqual({
    $ip: '127.0.0.1',
    $2: 'Prod',
    $3: 'frank',
    $4: '10/Oct/2000:13:25:15 -0700',
    $5: 'GET /index.html HTTP/1.0',
    $status: '404',
    $bytes: '1534',
  })
  expect(compileLogPattern('{ $.latency > 1 && $.eventType = * }').extract(event)).toEqual({
    '$.latency': '50',
    '$.eventType': 'UpdateTrail',
  })
  expect(compileLogPattern('BAD').extract(requests[1] ?? '')).toBeUndefined()
})

test.each([
  '{ $.a = }',
  '{ $.a "b" }',
  '{ a = 1 }',
  '{ $.a = 1',
  '{ $.a = 1 } x',
  '{ $.a = 1 && }',
  '{ $.a > "b" }',
  '{ $.a IS NOTHING }',
  '{ $.a = %(b)% }',
  '{ $.a = %[b% }',
  '{ $.a = %a% || $.b = %b% || $.c = %c% }',
  '[a, ..., b, ...]',
  '[a, b',
  '[a = 1 && b = 2]',
  '[a b]',
  '"open',
  'foo-bar',
  'ERROR:',
])('AWS takes no %s', (pattern) => {
  expect(() => compileLogPattern(pattern)).toThrow(PatternError)
})

const word = fc.stringMatching(/^[A-Za-z0-9_]{1,8}$/)

test('a message matches the terms that it is made of, and not one of them excluded', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.string(), (words, other) => {
      const message = [...words, other].join(' ')
      const some = words[0] ?? ''
      expect(compileLogPattern(words.join(' ')).matches(message)).toBe(true)
      expect(compileLogPattern(words.map((one) => `?${one}`).join(' ')).matches(message)).toBe(true)
      expect(compileLogPattern(`${words.join(' ')} -${some}`).matches(message)).toBe(false)
      expect(compileLogPattern(JSON.stringify(words.join(' '))).matches(message)).toBe(true)
    }),
  )
})

test('of a JSON field either `=` or `!=` holds, and a wildcard takes what begins so', () => {
  fc.assert(
    fc.property(fc.string(), word, (value, wanted) => {
      const message = JSON.stringify({ a: value })
      const holds = (comparison: string): boolean =>
        compileLogPattern(`{ $.a ${comparison} }`).matches(message)
      expect(holds(`= "${wanted}"`)).toBe(value === wanted)
      expect(holds(`!= "${wanted}"`)).toBe(value !== wanted)
      expect(holds(`= "${wanted}*"`)).toBe(value.startsWith(wanted))
    }),
  )
})

test('no text makes the compiler fail in another way', () => {
  const symbols = fc.string({ unit: fc.constantFrom(...Array.from('{}[]()$."*%=!<>&|, \\ab0-?')) })
  const pattern = fc.oneof(
    fc.string(),
    symbols.map((text) => `{${text}}`),
    symbols.map((text) => `[${text}]`),
  )
  fc.assert(
    fc.property(pattern, fc.string(), (text, message) => {
      const compiled = compiledOrRefused(text)
      expect(compiled?.extract(message) !== undefined).toBe(compiled?.matches(message) === true)
    }),
    { numRuns: 500 },
  )
})

/** `undefined` for a pattern that is refused; any other failure is thrown. */
function compiledOrRefused(text: string): LogPattern | undefined {
  try {
    return compileLogPattern(text)
  } catch (error) {
    if (error instanceof PatternError) return undefined
    throw error
  }
}
