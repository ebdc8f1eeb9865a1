import { describe, expect, it } from 'vitest'
import { sharedBench, startBench } from './harness.ts'

const CLASSIC = { runtime: 'nodejs22.x' }
const MODERN = { runtime: 'nodejs24.x' }

describe('answers of a handler', () => {
  const shared = sharedBench()

  it('returns what the handler returns as JSON', async () => {
    const bench = shared()
    expect(await bench.once('endings.echo', { a: [1, 'ä'] })).toMatchObject({
      kind: 'success',
      value: { a: [1, 'ä'] },
    })
    expect(await bench.once('endings.nothing')).toMatchObject({ kind: 'success', value: null })
    expect(await bench.once('endings.quoted')).toMatchObject({ kind: 'success', value: 'say "hi"\n' })
    expect(await bench.once('endings.functionInside')).toMatchObject({ kind: 'success', value: { kept: 1 } })
  })

  it('carries large events and answers unchanged', async () => {
    const bench = shared()
    const event = { text: 'é'.repeat(1_000_000) }
    expect((await bench.once('endings.echo', event)).value).toEqual(event)
  })

  it('reads an empty payload as an empty event', async () => {
    const bench = shared()
    const name = await bench.deploy('endings.echo')
    const result = await bench.functions.run(name, {
      requestId: bench.ids.uuid(),
      payload: new Uint8Array(),
      invokedFunctionArn: 'arn',
      traceId: '',
    })
    expect(result.kind === 'success' && Buffer.from(result.payload).toString()).toBe('{}')
  })

  it('reports a thrown error by name, message and trace, and logs its own properties', async () => {
    const bench = shared()
    const { kind, value, log, report } = await bench.once('endings.boom')
    expect(kind).toBe('functionError')
    expect(value).toEqual({
      errorType: 'TypeError',
      errorMessage: 'boom %7F',
      trace: expect.arrayContaining(['TypeError: boom %7F']) as unknown,
    })
    expect(log).toMatch(
      /\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"boom \x7F","code":"E_BOOM","detail":\{"a":1\},"stack":\[/,
    )
    expect(report.status).toBe('success')
    expect(log).not.toContain('Status:')
  })

  it('reports thrown values that are no errors by their type', async () => {
    const bench = shared()
    expect((await bench.once('endings.throwsText')).value).toEqual({
      errorType: 'string',
      errorMessage: 'plain',
      trace: [],
    })
    expect((await bench.once('endings.throwsObject')).value).toEqual({
      errorType: 'object',
      errorMessage: '[object Object]',
      trace: [],
    })
  })

  it.each([
    ['classic', CLASSIC, 'Error'],
    ['modern', MODERN, 'Runtime.JSONStringifyError'],
  ])('fails a result that is not JSON (%s)', async (_name, runtime, errorType) => {
    const bench = shared()
    const expected = { errorType, errorMessage: 'Unable to stringify response body' }
    expect((await bench.once('endings.cycle', {}, runtime)).value).toMatchObject(expected)
    expect((await bench.once('endings.bigint', {}, runtime)).value).toMatchObject(expected)
  })

  it('refuses a response that is too large, and takes the largest one', async () => {
    const bench = shared()
    const name = await bench.deploy('endings.large', { memoryMegabytes: 512 })
    expect(await bench.run(name, { length: 6_291_554 })).toMatchObject({ kind: 'success' })
    expect(await bench.run(name, { length: 6_291_555 })).toMatchObject({
      kind: 'functionError',
      value: {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      },
    })
  })
})

describe('the end of an environment', () => {
  it.each([
    [0, 'Runtime exited without providing a reason'],
    [1, 'Runtime exited with error: exit status 1'],
    [127, 'Runtime exited with error: exit status 127'],
  ])('process.exit(%d) ends one environment and fails its event', async (status, message) => {
    const bench = await startBench()
    const { kind, value, log } = await bench.once('endings.exits', { status })
    expect(kind).toBe('functionError')
    expect(value).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(
        new RegExp(`^RequestId: [0-9a-f-]{36} Error: ${message}$`),
      ) as unknown,
    })
    expect(log).toContain('\tStatus: error\tError Type: Runtime.ExitError\n')
    expect(bench.functions.environments('endings-exits')).toEqual([])
    expect(bench.told.crashes).toEqual([])
  })

  it('notices an exit long after the handler began', async () => {
    const bench = await startBench()
    const { value } = await bench.once('endings.exitsInTimer')
    expect(value).toMatchObject({ errorMessage: expect.stringContaining('exit status 7') as unknown })
  })

  it('ends a handler that blocks its thread when its time is over, with its log', async () => {
    const bench = await startBench()
    const { kind, value, log, report } = await bench.once('endings.spins', {}, { timeoutMs: 150 })
    expect(kind).toBe('functionError')
    expect(value).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.15 seconds$/,
      ) as unknown,
    })
    expect(log).toContain('about to spin')
    expect(log).toMatch(/Duration: 150\.00 ms\t.*\tStatus: timeout\n$/)
    expect(report).toMatchObject({ status: 'timeout', durationMs: 150 })
    expect(bench.told.ended).toEqual(['timeout'])
  })

  it('serves the next event in a fresh environment after a timeout', async () => {
    const bench = await startBench()
    const name = await bench.deploy('endings.waits', { timeoutMs: 200 })
    expect((await bench.run(name, { ms: 1 })).kind).toBe('success')
    expect((await bench.run(name, { ms: 5_000 })).kind).toBe('functionError')
    expect((await bench.run(name, { ms: 1 })).value).toBe('waited')
    expect(bench.told.started).toHaveLength(2)
  })

  it('suspends timeouts while a debugger may be attached', async () => {
    const bench = await startBench({ inspect: true })
    const name = await bench.deploy('endings.waits', { timeoutMs: 50 })
    expect((await bench.run(name, { ms: 150 })).value).toBe('waited')
  })

  it.each(['buffers', 'growingBuffers', 'heap'])(
    'kills an environment that uses too much memory: %s',
    async (handler) => {
      const bench = await startBench()
      const { value, log } = await bench.once(`endings.${handler}`, {}, { timeoutMs: 15_000 })
      expect(value).toEqual({
        errorType: 'Runtime.OutOfMemory',
        errorMessage: expect.stringMatching(
          /^RequestId: \S+ Error: Runtime exited with error: signal: killed$/,
        ) as unknown,
      })
      expect(log).toContain('\tMax Memory Used: 128 MB\t')
      expect(log).toContain('Status: error\tError Type: Runtime.OutOfMemory\n')
      expect(bench.told.crashes).toEqual([])
    },
  )

  it('does not count garbage against the memory size', async () => {
    const bench = await startBench()
    expect((await bench.once('endings.garbage')).value).toBe('fine')
  })

  it('cannot abort the process from a handler', async () => {
    const bench = await startBench()
    expect((await bench.once('endings.abort')).value).toMatchObject({ errorType: 'TypeError' })
  })
})

describe('errors that nobody handles', () => {
  it('classic: an exception in a timer is the answer, and the environment ends with 129', async () => {
    const bench = await startBench()
    const { value, log } = await bench.once('endings.timerThrows', {}, CLASSIC)
    expect(value).toMatchObject({ errorType: 'Error', errorMessage: 'late' })
    expect(log).toContain('\tERROR\tUncaught Exception \t{"errorType":"Error"')
    expect(bench.told.ended).toEqual(['exit status 129'])
  })

  it('modern: an exception in a timer ends the process, and so the event', async () => {
    const bench = await startBench()
    const { value, log } = await bench.once('endings.timerThrows', {}, MODERN)
    expect(value).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('Runtime exited with error: exit status 1') as unknown,
    })
    expect(log).toMatch(/\nError: late\n {4}at /)
    expect(bench.told.ended).toEqual(['exit status 1'])
  })

  it.each([CLASSIC, MODERN])(
    'an exception ends the environment with 1 when nobody listens for it any more ($runtime)',
    async (runtime) => {
      const bench = await startBench()
      const { value, log } = await bench.once('endings.timerThrowsUnheard', {}, runtime)
      expect(value).toMatchObject({
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('Runtime exited with error: exit status 1') as unknown,
      })
      expect(log).toMatch(/\nError: late\n {4}at /)
    },
  )

  it('classic: a floating rejection while the handler runs is the answer', async () => {
    const bench = await startBench()
    const { value, log } = await bench.once('endings.rejectsMeanwhile', {}, CLASSIC)
    expect(value).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: HelloError',
    })
    expect(log).toContain(
      '\tERROR\tUnhandled Promise Rejection \t{"errorType":"Runtime.UnhandledPromiseRejection"',
    )
    expect(bench.told.ended).toEqual(['exit status 128'])
  })

  it('classic: a rejection that floats at the end lets the event succeed, and costs the environment', async () => {
    const bench = await startBench()
    const { kind, value, log } = await bench.once('endings.rejectsAtTheEnd', {}, CLASSIC)
    expect({ kind, value }).toEqual({ kind: 'success', value: 'done' })
    expect(log).toContain('Unhandled Promise Rejection')
    expect(bench.told.ended).toEqual(['exit status 128'])
  })

  it.each(['rejectsMeanwhile', 'rejectsAtTheEnd'])(
    'modern: a floating rejection fails the event: %s',
    async (handler) => {
      const bench = await startBench()
      const { value, log } = await bench.once(`endings.${handler}`, {}, MODERN)
      expect(value).toMatchObject({
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringContaining('exit status 1') as unknown,
      })
      expect(log).toContain('\nError: HelloError\n')
      expect(bench.told.ended).toEqual(['exit status 1'])
    },
  )

  it.each([
    [
      'classic',
      CLASSIC,
      'Runtime.NodeJsExit',
      'The Lambda runtime client detected an unexpected Node.js exit code.',
    ],
    ['modern', MODERN, 'Runtime.ExitError', 'Runtime exited without providing a reason'],
  ])('fails at once when a promise can never settle (%s)', async (_name, runtime, errorType, message) => {
    const bench = await startBench()
    const { value, report } = await bench.once('endings.neverSettles', {}, runtime)
    expect(value).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) as unknown })
    expect(report.durationMs).toBeLessThan(1_000)
  })
})
