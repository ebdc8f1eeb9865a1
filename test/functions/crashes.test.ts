import { describe, expect, it } from 'vitest'
import { startBench } from './harness.ts'

const SIGNAL = 'Runtime exited with error: signal: segmentation fault'

describe('a crash of the executor', () => {
  it('is the doing of the only event in flight', async () => {
    const bench = await startBench()
    const { kind, value, log } = await bench.once('endings.segfault')
    expect(kind).toBe('functionError')
    expect(value).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(new RegExp(`^RequestId: \\S+ Error: ${SIGNAL}$`)) as unknown,
    })
    expect(log).toContain('Status: error\tError Type: Runtime.ExitError\n')
    expect(bench.told.crashes).toEqual([{ signal: 'SIGSEGV', suspects: ['endings-segfault'] }])
  })

  it('is no answer when several events were in flight: they may be tried again, apart from each other', async () => {
    const bench = await startBench()
    const guilty = await bench.deploy('endings.segfault')
    const innocent = await bench.deploy('endings.waits')
    await bench.run(innocent, { ms: 1 })
    const [waited, crashed] = await Promise.all([bench.run(innocent, { ms: 400 }), bench.run(guilty)])
    expect([waited.kind, crashed.kind]).toEqual(['systemError', 'systemError'])
    expect(bench.told.crashes).toEqual([
      { signal: 'SIGSEGV', suspects: expect.arrayContaining([guilty, innocent]) as unknown },
    ])

    const [waitedAgain, crashedAgain] = await Promise.all([
      bench.run(innocent, { ms: 400 }),
      bench.run(guilty),
    ])
    expect(waitedAgain).toMatchObject({ kind: 'success', value: 'waited' })
    expect(crashedAgain).toMatchObject({ kind: 'functionError', value: { errorType: 'Runtime.ExitError' } })
    expect(bench.told.crashes.at(-1)?.suspects).toEqual([guilty])
  })

  it('finds the culprit among events of one function that crashes its own executor', async () => {
    const bench = await startBench()
    const name = await bench.deploy('endings.segfaultOrWait')
    const crash = async (): Promise<string[]> => {
      await Promise.all([bench.run(name, { ms: 200 }), bench.run(name, { ms: 200 })])
      const both = await Promise.all([bench.run(name, { ms: 2_000 }), bench.run(name, { crashes: true })])
      return both.map(({ kind }) => kind)
    }
    // First it gets an executor of its own; when that crashes the same way, its events can be told apart.
    expect(await crash()).toEqual(['systemError', 'systemError'])
    expect(await crash()).toEqual(['systemError', 'systemError'])
    // From here on each environment has a process of its own, so each event is answered for itself.
    const second = await Promise.all([bench.run(name, { ms: 200 }), bench.run(name, { crashes: true })])
    expect(second.map(({ kind }) => kind)).toEqual(['success', 'functionError'])
  })

  it('keeps a function with isolation: process apart from the start', async () => {
    const bench = await startBench()
    const guilty = await bench.deploy('endings.segfault', { isolation: 'process' })
    const innocent = await bench.deploy('endings.waits')
    await bench.run(innocent, { ms: 1 })
    const [waited, crashed] = await Promise.all([bench.run(innocent, { ms: 300 }), bench.run(guilty)])
    expect(waited).toMatchObject({ kind: 'success' })
    expect(crashed).toMatchObject({ kind: 'functionError', value: { errorType: 'Runtime.ExitError' } })
  })

  it('is over with the next event', async () => {
    const bench = await startBench()
    const name = await bench.deploy('endings.echo')
    await bench.run(name, 1)
    await bench.once('endings.segfault')
    expect((await bench.run(name, 2)).value).toBe(2)
  })
})
