import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseSchedule } from '../../src/services/events/scheduleExpression.ts'
import { schedule } from '../../src/sources/schedule.ts'
import { AWS, describeSource } from './describeSource.ts'

const golden = JSON.parse(
  readFileSync(new URL('../events/schedule/scheduled-event.json', import.meta.url), 'utf8'),
) as object
const moment = { triggerId: 'report/schedule/0', ruleName: 'nightly', atMs: AWS.nowMs }
const trigger = {
  id: 'report/schedule/0',
  functionName: 'report',
  source: 'schedule',
  config: { rate: 'rate(1 day)' },
}

describeSource(schedule, golden)

test('the event is the recorded one', () => {
  expect(schedule.event(moment, AWS, trigger)).toEqual(golden)
})

test('an input takes the place of the event', () => {
  const config = { rate: 'rate(1 day)', input: { kind: 'nightly' } }
  expect(schedule.event(moment, AWS, { ...trigger, config })).toEqual({ kind: 'nightly' })
})

test('a moment is only for the trigger that asked for its rule', () => {
  expect(schedule.matches(trigger, moment)).toBe(true)
  expect(schedule.matches({ ...trigger, id: 'report/schedule/1' }, moment)).toBe(false)
})

test.each([
  'rate(1 minutes)',
  'rate(10 minute)',
  'rate(10 seconds)',
  'rate(0 minutes)',
  'rate(10 MINUTES)',
  'rate( 10 minutes )',
  ' rate(10 minutes)',
  'cron(0 12 * * * *)',
  'cron(0 12 ? * ? *)',
  'cron(0 12 ? * MON-FRI)',
  'every day',
])('%s is refused, as by EventBridge', (expression) => {
  expect(parseSchedule(expression)).toBeTypeOf('string')
})

const from = Date.UTC(2026, 0, 1, 10, 2, 30)
const nextOf = (expression: string, afterMs = from, startedMs = from): string | undefined => {
  const parsed = parseSchedule(expression)
  if (typeof parsed === 'string') throw new Error(parsed)
  const next = parsed.next(afterMs, startedMs)
  return next === undefined ? undefined : new Date(next).toISOString()
}

test('a rate counts from the moment the rule was made, not from full hours', () => {
  expect(nextOf('rate(5 minutes)')).toBe('2026-01-01T10:07:30.000Z')
  expect(nextOf('rate(5 minutes)', from + 7 * 60_000)).toBe('2026-01-01T10:12:30.000Z')
  expect(nextOf('rate(1 day)')).toBe('2026-01-02T10:02:30.000Z')
})

test.each([
  ['cron(0 12 ? * MON-FRI *)', '2026-01-01T12:00:00.000Z'],
  ['cron(0 12 ? * 1 *)', '2026-01-04T12:00:00.000Z'], // 1 is Sunday
  ['cron(0/15 * * * ? *)', '2026-01-01T10:15:00.000Z'],
  ['cron(0 0 L * ? *)', '2026-01-31T00:00:00.000Z'],
  ['cron(0 18 ? * 6L *)', '2026-01-30T18:00:00.000Z'],
  ['cron(0 9 ? * 2#1 *)', '2026-01-05T09:00:00.000Z'],
])('%s fires next at %s', (expression, expected) => {
  expect(nextOf(expression)).toBe(expected)
})

test('a cron that has fired fires next at the following match, never twice at once', () => {
  const noon = Date.UTC(2026, 0, 1, 12)
  expect(nextOf('cron(0 12 * * ? *)', noon)).toBe('2026-01-02T12:00:00.000Z')
})
