import { describe, expect, it } from 'vitest'
import { startBench } from './harness.ts'

describe('execution environments', () => {
  it('keep module state between events', async () => {
    const bench = await startBench()
    const name = await bench.deploy('contract.count')
    expect([(await bench.run(name)).value, (await bench.run(name)).value]).toEqual([1, 2])
  })

  it('take one event at a time: events side by side have environments of their own', async () => {
    const bench = await startBench()
    const name = await bench.deploy('endings.waits')
    await Promise.all([1, 2, 3].map(() => bench.run(name, { ms: 300 })))
    expect(bench.functions.environments(name)).toHaveLength(3)
    expect(new Set(bench.told.started).size).toBe(3)
  })

  it('are reused last in, first out', async () => {
    const bench = await startBench()
    const name = await bench.deploy('endings.waits')
    await Promise.all([1, 2, 3].map(() => bench.run(name, { ms: 300 })))
    const first = await bench.run(name, { ms: 1 })
    for (let turn = 0; turn < 3; turn++) {
      expect((await bench.run(name, { ms: 1 })).report.environmentId).toBe(first.report.environmentId)
    }
  })

  it('are frozen between events', async () => {
    const bench = await startBench()
    const name = await bench.deploy('contract.frozen')
    await bench.run(name, { start: true })
    const other = await bench.deploy('endings.waits')
    await bench.run(other, { ms: 300 })
    expect((await bench.run(name)).value).toBeLessThan(20)
  })

  it('are ended when nobody used them for a while', async () => {
    const bench = await startBench({ idleEnvironmentMs: 100 })
    const name = await bench.deploy('contract.count')
    await bench.run(name)
    await expect.poll(() => bench.told.ended).toEqual(['idle'])
    expect(bench.functions.environments(name)).toEqual([])
    expect((await bench.run(name)).value).toBe(1)
  })

  it('have an access key each, which names the request that runs there', async () => {
    const bench = await startBench()
    const name = await bench.deploy('endings.waits')
    const keys = await bench.deploy('contract.environment')
    const key = ((await bench.run(keys)).value as Record<string, string>)['AWS_ACCESS_KEY_ID'] ?? ''
    expect(bench.functions.requestOfAccessKey(key)).toBeUndefined()
    expect(bench.functions.requestOfAccessKey('AKIAIOSFODNN7EXAMPLE')).toBeUndefined()
    const running = bench.run(name, { ms: 50 })
    await running
    const again = bench.run(keys)
    const inFlight = bench.functions.requestOfAccessKey(key)
    expect(inFlight).toMatch(/^[0-9a-f-]{36}$/)
    expect((await again).log).toContain(`START RequestId: ${inFlight}`)
  })

  it('answer fifty cold events of 100 ms soon, with fewer environments than events', async () => {
    const bench = await startBench()
    const name = await bench.deploy('endings.waits')
    const answers = await Promise.all(Array.from({ length: 50 }, () => bench.run(name, { ms: 100 })))
    expect(answers.every(({ value }) => value === 'waited')).toBe(true)
    expect(bench.functions.environments(name).length).toBeLessThanOrEqual(50)
  })

  it('end their events before everything stops, as long as the grace lasts', async () => {
    const bench = await startBench()
    const name = await bench.deploy('endings.waits', { timeoutMs: 20_000 })
    await bench.run(name, { ms: 1 })
    const soon = bench.run(name, { ms: 100 })
    const never = bench.run(name, { ms: 15_000 })
    await bench.functions.stop(800)
    expect((await soon).kind).toBe('success')
    expect(await never).toMatchObject({ kind: 'systemError', value: 'The runner is stopping.' })
    expect((await bench.run(name)).kind).toBe('systemError')
  })
})
