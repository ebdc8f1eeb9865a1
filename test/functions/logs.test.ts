import { describe, expect, it } from 'vitest'
import { startBench } from './harness.ts'

describe('the log of an invocation', () => {
  it('is START, what the handler prints, END and REPORT, with initialisation before it', async () => {
    const bench = await startBench()
    const { log, report } = await bench.once('contract.prints')
    const [start, debug, warn, more, raw, joined, error, stderr, end, last] = log.split(/\n/)
    const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`
    const id = /^START RequestId: ([0-9a-f-]{36}) Version: \$LATEST$/.exec(start ?? '')?.[1] ?? 'none'
    expect(debug).toMatch(new RegExp(`^${time}\t${id}\tDEBUG\t{ a: 1 }$`))
    expect(warn).toMatch(new RegExp(`^${time}\t${id}\tWARN\ttwo$`))
    expect(more).toBe('lines')
    expect(raw).toBe('raw')
    expect(joined).toBe('unfinished and descriptor')
    expect(error).toMatch(new RegExp(`^${time}\t${id}\tERROR\tbad$`))
    expect(stderr).toBe('to stderr')
    expect(end).toBe(`END RequestId: ${id}`)
    expect(last).toMatch(
      new RegExp(
        String.raw`^REPORT RequestId: ${id}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t` +
          String.raw`Max Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$`,
      ),
    )
    expect(report.billedMs).toBe(Math.ceil(report.durationMs + (report.initMs ?? Number.NaN)))
    const first = bench.told.lines[0]
    expect(first?.text).toMatch(
      /^INIT_START Runtime Version: nodejs:22\.v\d+\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}$/,
    )
    expect(first).toMatchObject({ source: 'platform', requestId: undefined })
  })

  it('keeps a console call that holds newlines together', async () => {
    const bench = await startBench()
    await bench.once('contract.prints')
    expect(bench.told.lines.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/WARN\ttwo\nlines$/),
    )
  })

  it('has an init duration on a cold start only', async () => {
    const bench = await startBench()
    const name = await bench.deploy('contract.count')
    const [cold, warm] = [await bench.run(name), await bench.run(name)]
    expect(cold.report.initMs).toBeGreaterThan(0)
    expect(warm.report.initMs).toBeUndefined()
    expect(warm.log).not.toContain('Init Duration')
    expect(warm.report.billedMs).toBe(Math.ceil(warm.report.durationMs))
  })

  it('is complete and in order when the answer comes', async () => {
    const bench = await startBench()
    const { log } = await bench.once('contract.lines', { count: 2_000 })
    const texts = bench.told.lines
      .filter(({ source }) => source === 'function')
      .map(({ text }) => text.split('\t').at(-1))
    expect(texts).toEqual(Array.from({ length: 2_000 }, (_, line) => `line ${line}`))
    expect(Buffer.byteLength(log)).toBe(4_096)
    expect(log).toMatch(/line 1999\nEND .*\nREPORT .*\n$/)
  })

  it('belongs to its own invocation', async () => {
    const bench = await startBench()
    const name = await bench.deploy('contract.lines')
    await Promise.all(Array.from({ length: 10 }, () => bench.run(name, { count: 20 })))
    const perRequest = new Map<string | undefined, number>()
    for (const { source, requestId, text } of bench.told.lines) {
      if (source !== 'function') continue
      expect(text.split('\t')[1]).toBe(requestId)
      perRequest.set(requestId, (perRequest.get(requestId) ?? 0) + 1)
    }
    expect([...perRequest.values()]).toEqual(Array.from({ length: 10 }, () => 20))
  })
})
