import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createConcurrencyGate } from '../../src/invoke/concurrencyGate.ts'

test('reserved concurrency caps a function and names itself as the reason', () => {
  const gate = createConcurrencyGate(() => ({ account: 1_000, reserved: new Map([['a', 1]]) }))
  expect(gate.enter('a')).toBeUndefined()
  expect(gate.enter('a')).toBe('ReservedFunctionConcurrentInvocationLimitExceeded')
  gate.leave('a')
  expect(gate.enter('a')).toBeUndefined()
})

test('functions without a reserved share divide what others have not reserved', () => {
  const gate = createConcurrencyGate(() => ({ account: 3, reserved: new Map([['a', 1]]) }))
  expect(gate.enter('b')).toBeUndefined()
  expect(gate.enter('c')).toBeUndefined()
  expect(gate.enter('b')).toBe('ConcurrentInvocationLimitExceeded')
  expect(gate.enter('a')).toBeUndefined()
})

test('reserved concurrency 0 refuses everything', () => {
  const gate = createConcurrencyGate(() => ({ account: 10, reserved: new Map([['a', 0]]) }))
  expect(gate.enter('a')).toBe('ReservedFunctionConcurrentInvocationLimitExceeded')
})

test('limits that change while functions run count from then on', () => {
  let reserved = new Map<string, number>()
  const gate = createConcurrencyGate(() => ({ account: 4, reserved }))
  gate.enter('a')
  gate.enter('a')
  reserved = new Map([['a', 2]])
  gate.limitsChanged()
  expect(gate.free('a')).toBe(0)
  expect(gate.free('b')).toBe(2)
  gate.leave('a')
  expect(gate.free('a')).toBe(1)
})

test('no more than the limits ever run, and all places come back', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.boolean())), (steps) => {
      const gate = createConcurrencyGate(() => ({ account: 5, reserved: new Map([['a', 2]]) }))
      const running: string[] = []
      for (const [functionName, isEntering] of steps) {
        const index = running.indexOf(functionName)
        if (isEntering && gate.enter(functionName) === undefined) running.push(functionName)
        else if (!isEntering && index >= 0) {
          running.splice(index, 1)
          gate.leave(functionName)
        }
        expect(running.filter((one) => one === 'a').length).toBeLessThanOrEqual(2)
        expect(running.filter((one) => one !== 'a').length).toBeLessThanOrEqual(3)
      }
      for (const functionName of running) gate.leave(functionName)
      expect([gate.free('a'), gate.free('b')]).toEqual([2, 3])
    }),
  )
})
