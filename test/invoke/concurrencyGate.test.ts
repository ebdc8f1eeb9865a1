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

const provisioned = (requested: number, ready = requested) =>
  new Map([['a', new Map([['1', { requested, ready }]])]])

test('a provisioned place is for its version only, and is out of the share of the function', () => {
  const reserved = new Map([['a', 3]])
  const gate = createConcurrencyGate(() => ({ account: 1_000, reserved, provisioned: provisioned(2) }))
  expect([gate.free('a'), gate.free('a', '1'), gate.free('a', '2')]).toEqual([1, 3, 1])
  expect(gate.enter('a')).toBeUndefined()
  expect(gate.enter('a')).toBe('ReservedFunctionConcurrentInvocationLimitExceeded')
  expect(gate.enterProvisioned('a', '2')).toBe(false)
  expect([gate.enterProvisioned('a', '1'), gate.enterProvisioned('a', '1')]).toEqual([true, true])
  expect(gate.enterProvisioned('a', '1')).toBe(false)
})

test('with all that is reserved provisioned, nothing runs on demand', () => {
  const reserved = new Map([['a', 2]])
  const gate = createConcurrencyGate(() => ({ account: 1_000, reserved, provisioned: provisioned(2) }))
  expect(gate.enter('a')).toBe('ReservedFunctionConcurrentInvocationLimitExceeded')
})

test('what is not ready is out of the share already, but of use to nobody', () => {
  const gate = createConcurrencyGate(() => ({
    account: 3,
    reserved: new Map(),
    provisioned: provisioned(2, 0),
  }))
  expect(gate.enterProvisioned('a', '1')).toBe(false)
  expect([gate.free('a', '1'), gate.free('b')]).toEqual([1, 1])
})

test('who waits for a version is called once, when a provisioned place of it is free', () => {
  const reserved = new Map([['a', 1]])
  const gate = createConcurrencyGate(() => ({ account: 1_000, reserved, provisioned: provisioned(1) }))
  gate.enterProvisioned('a', '1')
  const called: string[] = []
  gate.whenFree('a', () => called.push('latest'))
  gate.whenFree('a', () => called.push('one'), '1')
  gate.leaveProvisioned('a', '1')
  expect(called).toEqual(['one'])
  expect([gate.promise('a', 5), gate.promise('a', 5, '1')]).toEqual([0, 1])
})

test('whatever is provisioned, and taken back while it is used, the account is never exceeded', () => {
  const step = fc.oneof(
    fc.tuple(fc.constant('enter' as const), fc.constantFrom('a', 'b'), fc.constantFrom('$LATEST', '1', '2')),
    fc.tuple(fc.constant('leave' as const), fc.nat(10)),
    fc.tuple(fc.constant('provision' as const), fc.constantFrom('1', '2'), fc.nat(2), fc.nat(2)),
    fc.tuple(fc.constant('reserve' as const), fc.constantFrom(undefined, 4, 5)),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const places = new Map<string, { requested: number; ready: number }>()
      const reserved = new Map<string, number>()
      const gate = createConcurrencyGate(() => ({
        account: 9,
        reserved,
        provisioned: new Map([['a', places]]),
      }))
      const refusedThough: number[] = []
      const runs: { name: string; version: string | undefined }[] = []
      const leave = ({ name, version }: (typeof runs)[number]): void =>
        version === undefined ? gate.leave(name) : gate.leaveProvisioned(name, version)
      for (const one of steps) {
        if (one[0] === 'enter') {
          const [, name, version] = one
          const before = gate.free(name, version)
          if (gate.enterProvisioned(name, version)) runs.push({ name, version })
          else if (gate.enter(name) === undefined) runs.push({ name, version: undefined })
          else refusedThough.push(before)
        } else if (one[0] === 'leave') {
          for (const run of runs.splice(one[1], 1)) leave(run)
        } else if (runs.length === 0 && one[0] === 'reserve') {
          if (one[1] === undefined) reserved.delete('a')
          else reserved.set('a', one[1])
          gate.limitsChanged()
        } else if (one[0] === 'provision') {
          const [, version, requested, ready] = one
          // More than there is room for is refused by the API, so only what is asked for while nothing runs may grow.
          const most =
            runs.length === 0 ? requested : Math.min(requested, places.get(version)?.requested ?? 0)
          places.set(version, { requested: most, ready: Math.min(most, ready) })
          gate.limitsChanged()
        }
        expect(runs.length).toBeLessThanOrEqual(9)
        const own = reserved.get('a') ?? 9
        expect(runs.filter(({ name }) => name === 'a').length).toBeLessThanOrEqual(own)
      }
      expect(refusedThough.filter((places) => places > 0)).toEqual([])
      for (const run of runs) leave(run)
      places.clear()
      gate.limitsChanged()
      expect(gate.free('b')).toBe(9 - (reserved.get('a') ?? 0))
      expect(gate.free('a')).toBe(reserved.get('a') ?? 9)
    }),
  )
})

test('a promise on a provisioned place that is given back wakes who waits for it', () => {
  const gate = createConcurrencyGate(() => ({
    account: 10,
    reserved: new Map([['f', 1]]),
    provisioned: new Map([['f', new Map([['1', { requested: 1, ready: 1 }]])]]),
  }))
  let calls = 0
  expect([gate.promise('f', 1, '1'), gate.promise('f', 1, '1')]).toEqual([1, 0])
  gate.whenFree('f', () => calls++, '1')
  gate.keepPromise('f', 1, '1')
  expect([calls, gate.free('f', '1')]).toEqual([1, 1])
})
