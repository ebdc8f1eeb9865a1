import { describe, expect, test } from 'vitest'
import { colorsFor } from '../../src/cli/colors.ts'
import { parseClock, parseCount, parseHost, parsePort } from '../../src/cli/flags.ts'
import { formatTook, formatWait } from '../../src/cli/humanTime.ts'
import { findJsonFault } from '../../src/cli/jsonFault.ts'
import { serverSentEvents } from '../../src/cli/serverSentEvents.ts'
import { shortArn } from '../../src/cli/wording.ts'

test.each([
  [0.424, '0.42 ms'],
  [38.4, '38 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [1_250, '1.25 s'],
  [125_000, '2 min 5 s'],
])('what took %d ms is shown as %s', (ms, text) => {
  expect(formatTook(ms)).toBe(text)
})

test.each([
  [-5, '0 s'],
  [1, '1 s'],
  [60_000, '60 s'],
  [120_000, '2 min'],
  [90 * 60_000, '1 h 30 min'],
  [49 * 3_600_000, '2 d 1 h'],
])('a wait of %d ms is shown as %s', (ms, text) => {
  expect(formatWait(ms)).toBe(text)
})

test('ARNs are shown as lambda.yml writes references', () => {
  expect(shortArn('arn:aws:sqs:us-east-1:000000000000:orders')).toBe('sqs:orders')
  const clicks = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks'
  expect(shortArn(clicks)).toBe('kinesis:clicks')
  expect(shortArn(`${clicks}/consumer/reports:1763980000`)).toBe('kinesis:clicks')
  const carts = 'arn:aws:dynamodb:us-east-1:000000000000:table/carts'
  expect(shortArn(`${carts}/stream/2026-01-01T10:00:00.123`)).toBe('dynamodb:carts')
  expect(shortArn('arn:aws:lambda:us-east-1:000000000000:function:report')).toBe('lambda:report')
  expect(shortArn('orders')).toBe('orders')
})

test('colours are for terminals that want them', () => {
  expect(colorsFor({ isTTY: true }, {}).red('x')).not.toBe('x')
  expect(colorsFor({}, {}).red('x')).toBe('x')
  expect(colorsFor({}, { CI: 'true', FORCE_COLOR: '1' }).red('x')).toBe('x')
  expect(colorsFor({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x')
  expect(colorsFor({ isTTY: true }, { TERM: 'dumb' }).red('x')).toBe('x')
})

describe('flags', () => {
  test('a clock is live, frozen or a factor', () => {
    expect([parseClock('live'), parseClock('frozen'), parseClock('60x'), parseClock('0.5x')]).toEqual([
      'live',
      'frozen',
      60,
      0.5,
    ])
    for (const wrong of ['60', 'fast', '0x', '-1x', '']) expect(() => parseClock(wrong)).toThrow('60x')
  })

  test('a port is a number up to 65535', () => {
    expect([parsePort('0'), parsePort('9000')]).toEqual([0, 9000])
    for (const wrong of ['65536', '-1', 'x', '', '1.5']) expect(() => parsePort(wrong)).toThrow('port')
  })

  test('a host is this machine', () => {
    expect(parseHost('127.0.0.1')).toBe('127.0.0.1')
    for (const wrong of ['0.0.0.0', '192.168.1.2', 'example.com'])
      expect(() => parseHost(wrong)).toThrow('alone')
  })

  test('a count is at least 1', () => {
    expect(parseCount('5')).toBe(5)
    for (const wrong of ['0', '-1', 'x']) expect(() => parseCount(wrong)).toThrow('whole number')
  })
})

describe('finding a fault in JSON', () => {
  test.each([
    ['', 0, 'a value'],
    ['{"a":1,}', 7, 'a key in double quotes'],
    ['{a:1}', 1, 'a key in double quotes or }'],
    ['{"a" 1}', 5, ': after the key'],
    ['{"a":x}', 5, 'a value'],
    ['[1 2]', 3, ', or ]'],
    ['[1,]', 3, 'a value'],
    ['[', 1, 'a value or ]'],
    ['{"a":1} x', 8, 'nothing more'],
    ["{'a':1}", 1, 'a key in double quotes or }'],
    ['"\n"', 0, 'a value'],
    ['01', 0, 'a value'],
  ])('%j at %d: expected %s', (text, offset, expected) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
    expect(findJsonFault(text)).toEqual({ offset, expected })
  })

  test.each(['{}', '[]', ' {"a":[1,-2.5e3,"\\u00e9\\n",{"b":null}],"c":true} ', '0', '"x"', '[[],{}]'])(
    '%j has none',
    (text) => {
      JSON.parse(text)
      expect(findJsonFault(text)).toBeUndefined()
    },
  )
})

test('server-sent events are put together from whatever pieces arrive', async () => {
  const bytes = new TextEncoder().encode(': hello\n\nid: 1\ndata: {"a":"é"}\n\ndata: x\ndata: y\n\nid: 3\n\n')
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (const byte of bytes) yield Uint8Array.of(byte)
  }
  const events: string[] = []
  for await (const event of serverSentEvents(pieces())) events.push(event)
  expect(events).toEqual(['{"a":"é"}', 'x\ny'])
})
