import { expect, test } from 'vitest'
import { nearest } from '../../src/spec/nearest.ts'
import { frameOf, lineAndColumn } from '../../src/spec/source.ts'

function placeOf(text: string, word: string) {
  const start = text.indexOf(word)
  return { source: { file: '/lambda.yml', text }, start, end: start + word.length }
}

test('shows two lines around the place, with a marker', () => {
  const place = placeOf('a\nb\nc\nd: here\ne\nf\ng\n', 'here')
  expect(lineAndColumn(place)).toEqual({ line: 4, column: 4 })
  expect(frameOf(place)).toBe('  2 | b\n  3 | c\n> 4 | d: here\n    |    ^^^^\n  5 | e\n  6 | f')
})

test('counts lines by any line break', () => {
  expect(lineAndColumn(placeOf('a\r\nb\r\nc: x', 'x'))).toEqual({ line: 3, column: 4 })
  expect(frameOf(placeOf('a\r\nb: x\r\nc', 'x'))).toBe('  1 | a\n> 2 | b: x\n    |    ^\n  3 | c')
})

test('keeps the marker under its text when there are tabs, and in very long lines', () => {
  expect(frameOf(placeOf('\t"a":\tx', 'x'))).toBe('> 1 | \t"a":\tx\n    | \t    \t^')
  const frame = frameOf(placeOf(`${'long '.repeat(100)}here ${'more '.repeat(100)}`, 'here'))
  const [line = '', marker = ''] = frame.split('\n')
  expect(line.length).toBeLessThan(120)
  expect(line.indexOf('here')).toBe(marker.indexOf('^^^^'))
})

test.each([
  ['batchsize', 'batchSize'],
  ['batch', 'batchSize'],
  ['hanlder', 'handler'],
  ['timout', 'timeout'],
  ['redrivePolicy', 'redrive'],
  ['xyz', undefined],
  ['', undefined],
])('the nearest name of %j is %j', (wanted, name) => {
  expect(nearest(wanted, ['handler', 'timeout', 'batchSize', 'redrive'])).toBe(name)
})
