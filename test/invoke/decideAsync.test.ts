import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AttemptFacts,
  type AsyncDecision,
  decideAsync,
  patienceEndsMs,
} from '../../src/invoke/decideAsync.ts'

const HOUR_MS = 3_600_000
const facts = (changes: Partial<AttemptFacts>): AttemptFacts => ({
  outcome: 'functionError',
  failures: 0,
  setbacks: 0,
  ageMs: 0,
  maximumRetryAttempts: 2,
  maximumEventAgeMs: 6 * HOUR_MS,
  ...changes,
})

test('a success is done', () => {
  expect(decideAsync(facts({ outcome: 'success' }))).toEqual({ kind: 'done' })
})

test('a function error is retried after one minute, then after two, then given up', () => {
  expect(decideAsync(facts({ failures: 0 }))).toMatchObject({ kind: 'retry', inMs: 60_000, failures: 1 })
  expect(decideAsync(facts({ failures: 1 }))).toMatchObject({ kind: 'retry', inMs: 120_000, failures: 2 })
  expect(decideAsync(facts({ failures: 2 }))).toEqual({ kind: 'giveUp', condition: 'RetriesExhausted' })
})

test.each([
  [0, 0, 'giveUp'],
  [1, 0, 'retry'],
  [1, 1, 'giveUp'],
] as const)('with %i retries allowed and %i failures before: %s', (maximumRetryAttempts, failures, kind) => {
  expect(decideAsync(facts({ maximumRetryAttempts, failures })).kind).toBe(kind)
})

test('a maximum age of 60 s means one attempt, of 90 s two: the next delay counts ahead of time', () => {
  expect(decideAsync(facts({ maximumEventAgeMs: 60_000 }))).toEqual({
    kind: 'giveUp',
    condition: 'EventAgeExceeded',
  })
  expect(decideAsync(facts({ maximumEventAgeMs: 90_000 })).kind).toBe('retry')
  expect(decideAsync(facts({ maximumEventAgeMs: 90_000, failures: 1, ageMs: 60_000 }))).toEqual({
    kind: 'giveUp',
    condition: 'EventAgeExceeded',
  })
})

test('throttles back off from one second to five minutes and use up no retry', () => {
  const delays = [0, 1, 2, 8, 9, 30].map((setbacks) => {
    const decision = decideAsync(facts({ outcome: 'throttled', failures: 2, setbacks }))
    expect(decision).toMatchObject({ kind: 'retry', failures: 2, setbacks: setbacks + 1 })
    return decision.kind === 'retry' ? decision.inMs : 0
  })
  expect(delays).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000])
})

test('whatever happens, an event never outlives its maximum age and never fails more often than allowed', () => {
  const outcome = fc.constantFrom('functionError', 'throttled', 'systemError', 'recursionStopped')
  const settings = fc.record({
    maximumRetryAttempts: fc.integer({ min: 0, max: 2 }),
    maximumEventAgeMs: fc.integer({ min: 60_000, max: 6 * HOUR_MS }),
  })
  fc.assert(
    fc.property(settings, fc.infiniteStream(outcome), (limits, outcomes) => {
      let state = { failures: 0, setbacks: 0, ageMs: 0 }
      let ran = 0
      for (const outcome of outcomes) {
        if (outcome === 'functionError') ran++
        const decision = decideAsync({ ...limits, ...state, outcome })
        if (decision.kind !== 'retry') break
        state = {
          failures: decision.failures,
          setbacks: decision.setbacks,
          ageMs: state.ageMs + decision.inMs,
        }
        expect(state.ageMs).toBeLessThan(limits.maximumEventAgeMs)
      }
      expect(ran).toBeLessThanOrEqual(limits.maximumRetryAttempts + 1)
    }),
  )
})

/** AWS's table (Lambda Developer Guide, "Asynchronous invocation"), row by row, in words other than the code's. */
function byTable(facts: AttemptFacts): AsyncDecision {
  const { outcome, failures, setbacks, ageMs, maximumRetryAttempts, maximumEventAgeMs } = facts
  if (outcome === 'success') return { kind: 'done' }
  if (outcome === 'recursionStopped') return { kind: 'giveUp', condition: 'RecursiveInvocation' }
  const isFailure = outcome === 'functionError'
  if (isFailure && failures === maximumRetryAttempts) return { kind: 'giveUp', condition: 'RetriesExhausted' }
  const seconds = isFailure
    ? { 0: 60, 1: 120 }[failures]
    : ([1, 2, 4, 8, 16, 32, 64, 128, 256][setbacks] ?? 300)
  const inMs = (seconds ?? 0) * 1_000
  if (ageMs + inMs >= maximumEventAgeMs) return { kind: 'giveUp', condition: 'EventAgeExceeded' }
  return isFailure
    ? { kind: 'retry', inMs, failures: failures + 1, setbacks: 0 }
    : { kind: 'retry', inMs, failures, setbacks: setbacks + 1 }
}

const anyFacts = fc
  .record({
    outcome: fc.constantFrom('success', 'functionError', 'throttled', 'systemError', 'recursionStopped'),
    maximumRetryAttempts: fc.integer({ min: 0, max: 2 }),
    failures: fc.integer({ min: 0, max: 2 }),
    setbacks: fc.integer({ min: 0, max: 100 }),
    maximumEventAgeMs: fc.integer({ min: 60_000, max: 6 * HOUR_MS }),
    age: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  })
  .filter(({ failures, maximumRetryAttempts }) => failures <= maximumRetryAttempts)
  .map(({ age, ...rest }): AttemptFacts => ({ ...rest, ageMs: Math.floor(age * rest.maximumEventAgeMs) }))

test('every outcome at every age is decided as the table says', () => {
  fc.assert(
    fc.property(anyFacts, (one) => {
      expect(decideAsync(one)).toEqual(byTable(one))
    }),
  )
})

test('waiting for a place ends where a series of throttled attempts would', () => {
  const waiting = fc.record({
    setbacks: fc.integer({ min: 0, max: 20 }),
    dueMs: fc.integer({ min: 0, max: 200_000 }),
    maximumEventAgeMs: fc.integer({ min: 60_000, max: 6 * HOUR_MS }),
  })
  fc.assert(
    fc.property(waiting, ({ setbacks, dueMs, maximumEventAgeMs }) => {
      let attempt = { ageMs: dueMs, setbacks }
      for (;;) {
        const decision = decideAsync(facts({ outcome: 'throttled', ...attempt, maximumEventAgeMs }))
        if (decision.kind !== 'retry') break
        attempt = { ageMs: attempt.ageMs + decision.inMs, setbacks: decision.setbacks }
      }
      expect(patienceEndsMs({ acceptedMs: 0, dueMs, setbacks, maximumEventAgeMs })).toBe(attempt.ageMs)
    }),
  )
})
