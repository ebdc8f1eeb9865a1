import { expect, test } from 'vitest'
import { parseLogText } from '../../src/cli/logText.ts'

const entry = (message: unknown): string =>
  JSON.stringify({ timestamp: '2026-01-02T03:04:05.678Z', level: 'WARN', requestId: 'a', message })

test.each([
  ['a text', entry('one\ntwo'), { level: 'WARN', lines: ['one', 'two'] }],
  ['a value', entry({ id: 1 }), { level: 'WARN', lines: ['{"id":1}'] }],
  ['nothing', entry(null), { level: 'WARN', lines: ['null'] }],
  [
    'an error',
    entry({
      errorType: 'Error',
      stackTrace: ['Error: no', '    at /p/src/a.js:1:2', '    at node:internal/x:1:2'],
    }),
    { level: 'WARN', lines: ['Error: no', '    at src/a.js:1:2'] },
  ],
  ['JSON of the handler’s own', '{"timestamp":"now"}', { level: '', lines: ['{"timestamp":"now"}'] }],
  ['half of such a line', '{"timestamp":"2026', { level: '', lines: ['{"timestamp":"2026'] }],
  ['a line of text', '2026-01-02T03:04:05.678Z\ta\tINFO\thello', { level: 'INFO', lines: ['hello'] }],
])('a terminal shows %s without what it says itself', (_title, text, expected) => {
  expect(parseLogText(text, '/p')).toEqual(expected)
})
