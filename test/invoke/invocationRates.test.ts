import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createInvocationRates } from '../../src/invoke/index.ts'
import { createActivity, createClock } from '../../src/system/index.ts'

const onDemand = { isSynchronous: true, isProvisioned: false }
const event = { isSynchronous: false, isProvisioned: false }

function worldOf(limits: Partial<Parameters<typeof createInvocationRates>[1]>) {
  const clock = createClock({ mode: 'frozen', startMs: 1_700_000_000_000, idle: createActivity().idle })
  const rates = createInvocationRates(clock, {
    scalingRate: null,
    isRequestRateLimited: false,
    account: 1_000,
    reservedOf: () => undefined,
    ...limits,
  })
  return { clock, rates }
}

test('a function gets so many new environments in ten seconds, evenly; those that it has are free', async () => {
  const { clock, rates } = worldOf({ scalingRate: 10 })
  const enter = (name = 'a'): string | undefined => rates.enter(name, onDemand)
  for (let run = 0; run < 10; run++) expect(enter()).toBeUndefined()
  expect(enter()).toBe('FunctionInvocationRateLimitExceeded')
  expect(enter('b')).toBeUndefined()
  rates.leave('a', onDemand)
  expect(enter()).toBeUndefined()
  await clock.advance(1_000)
  expect(enter()).toBeUndefined()
  expect(enter()).toBe('FunctionInvocationRateLimitExceeded')
  expect(rates.enter('a', { isSynchronous: true, isProvisioned: true })).toBeUndefined()
})

test('ten synchronous requests a second for each place: reserved ones of their own, all others together', async () => {
  const reservedOf = (name: string): number | undefined => (name === 'a' ? 1 : undefined)
  const { clock, rates } = worldOf({ isRequestRateLimited: true, account: 2, reservedOf })
  const once = (name: string): string | undefined => rates.enter(name, onDemand)
  for (let run = 0; run < 10; run++) expect(once('a')).toBeUndefined()
  expect(once('a')).toBe('ReservedFunctionInvocationRateLimitExceeded')
  for (let run = 0; run < 20; run++) expect(once(run % 2 ? 'b' : 'c')).toBeUndefined()
  expect(once('b')).toBe('FunctionInvocationRateLimitExceeded')
  expect(rates.enter('a', event)).toBeUndefined()
  await clock.advance(1_000)
  expect([once('a'), once('b')]).toEqual([undefined, undefined])
})

test('whatever comes and goes, no more environments than the rate allows are ever new', async () => {
  const step = fc.oneof(fc.constant('enter'), fc.constant('leave'), fc.constant('wait'))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const { clock, rates } = worldOf({ scalingRate: 5 })
      let running = 0
      let most = 0
      let seconds = 0
      for (const one of steps) {
        if (one === 'enter' && rates.enter('a', onDemand) === undefined) running++
        if (one === 'wait') await clock.advance(1_000).then(() => seconds++)
        if (one === 'leave' && running > 0) {
          rates.leave('a', onDemand)
          running--
        }
        most = Math.max(most, running)
        expect(most).toBeLessThanOrEqual(5 + seconds / 2)
      }
    }),
    { numRuns: 50 },
  )
})
