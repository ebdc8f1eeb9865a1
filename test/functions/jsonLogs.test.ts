import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Logging } from '#dist/functions/index.js'
import { type Bench, startEmptyBench } from './harness.ts'

const RUNTIMES = [['nodejs22.x'], ['nodejs24.x']] as const

const JSON_LOGS: Logging = {
  format: 'JSON',
  applicationLevel: 'TRACE',
  systemLevel: 'DEBUG',
  group: '/orders/all',
}

interface Line {
  readonly [key: string]: unknown
  readonly type?: string
  readonly level?: string
  readonly message?: unknown
}

/** Runs a handler with this body once, and answers its log's lines as objects. */
async function logOf(
  bench: Bench,
  body: string,
  changes: { runtime?: string; logging?: Logging; isTraced?: boolean; timeoutMs?: number } = {},
): Promise<Line[]> {
  await writeFile(
    path.join(bench.directory, 'index.cjs'),
    `exports.handler = async (event, context) => { ${body} }`,
  )
  const { log } = await bench.once('index.handler', {}, { logging: JSON_LOGS, ...changes })
  return log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

const ofFunction = (lines: readonly Line[]): Line[] => lines.filter(({ type }) => type === undefined)

describe.each(RUNTIMES)('%s: what a handler writes', (runtime) => {
  it('one value stays what it is', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(
      bench,
      `console.info({ a: [1] }); console.log('text'); console.debug(5); console.warn(null)`,
      { runtime },
    )
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown
    expect(ofFunction(lines)).toEqual([
      { timestamp, level: 'INFO', requestId: id, message: { a: [1] } },
      { timestamp, level: 'INFO', requestId: id, message: 'text' },
      { timestamp, level: 'DEBUG', requestId: id, message: 5 },
      { timestamp, level: 'WARN', requestId: id, message: null },
    ])
    expect(Object.keys(ofFunction(lines)[0] ?? {})).toEqual(['timestamp', 'level', 'requestId', 'message'])
  })

  it('several values become text, and the first error among them fields', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(
      bench,
      `console.log('%s of', 'one', 2); console.error('failed', new TypeError('no'), new Error('second'))`,
      { runtime },
    )
    expect(ofFunction(lines)).toEqual([
      expect.objectContaining({ level: 'INFO', message: 'one of 2' }),
      expect.objectContaining({
        level: 'ERROR',
        message: expect.stringMatching(/^failed TypeError: no\n/) as unknown,
        errorType: 'TypeError',
        errorMessage: 'no',
        stackTrace: expect.arrayContaining(['TypeError: no']) as unknown,
      }),
    ])
  })

  it('an error alone is an object, wherever it stands', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(
      bench,
      `console.error(new RangeError('far')); console.error({ cause: new Error('in') })`,
      { runtime },
    )
    const stackTrace = expect.any(Array) as unknown
    expect(ofFunction(lines).map(({ message }) => message)).toEqual([
      { errorType: 'RangeError', errorMessage: 'far', stackTrace },
      { cause: { errorType: 'Error', errorMessage: 'in', stackTrace } },
    ])
  })

  it('an error goes by its class, whatever its name says, and a call without a value logs none', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(
      bench,
      `class OutOfStock extends Error {}
      const renamed = Object.assign(new RangeError('b'), { name: 'Mine' })
      console.error(new OutOfStock('a')); console.error('two', renamed); console.log()`,
      { runtime },
    )
    expect(ofFunction(lines)).toMatchObject([
      { message: { errorType: 'OutOfStock', errorMessage: 'a' } },
      { errorType: 'RangeError', errorMessage: 'b' },
      { level: 'INFO', timestamp: expect.any(String) as unknown },
    ])
    expect(ofFunction(lines)[2]).not.toHaveProperty('message')
  })

  it('what JSON cannot hold becomes text', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(bench, `const a = {}; a.a = a; console.log(a); console.log(10n)`, { runtime })
    expect(ofFunction(lines).map(({ message }) => message)).toEqual(['<ref *1> { a: [Circular *1] }', '10n'])
  })

  it('an error that the handler throws', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(bench, `throw Object.assign(new TypeError('no'), { code: 'E_NO' })`, {
      runtime,
    })
    expect(ofFunction(lines)).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        message: expect.objectContaining({
          errorType: 'TypeError',
          errorMessage: 'no',
          code: 'E_NO',
        }) as unknown,
      }),
    ])
  })

  it('a value that is thrown and cannot be made text', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(bench, `throw Object.create(null)`, { runtime })
    expect(ofFunction(lines)).toMatchObject([{ level: 'ERROR', message: { errorMessage: 'object' } }])
  })

  it('writes past the console stay as they are', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(bench, `process.stdout.write('{"mine":true}\\n')`, { runtime })
    expect(ofFunction(lines)).toEqual([{ mine: true }])
  })
})

describe('levels', () => {
  it.each([
    ['TRACE', ['TRACE', 'DEBUG', 'INFO', 'INFO', 'WARN', 'ERROR', 'FATAL']],
    ['INFO', ['INFO', 'INFO', 'WARN', 'ERROR', 'FATAL']],
    ['ERROR', ['ERROR', 'FATAL']],
    ['FATAL', ['FATAL']],
  ] as const)('%s leaves out what is below', async (applicationLevel, levels) => {
    const bench = await startEmptyBench()
    const calls = 'trace debug log info warn error fatal'.split(' ').map((name) => `console.${name}('a')`)
    const lines = await logOf(bench, calls.join(';'), { logging: { ...JSON_LOGS, applicationLevel } })
    expect(ofFunction(lines).map(({ level }) => level)).toEqual(levels)
  })

  it('a level has no effect on text', async () => {
    const bench = await startEmptyBench()
    await writeFile(
      path.join(bench.directory, 'index.cjs'),
      `exports.handler = async () => console.debug('a')`,
    )
    const logging: Logging = { ...JSON_LOGS, format: 'Text', applicationLevel: 'FATAL' }
    expect((await bench.once('index.handler', {}, { logging })).log).toContain('\tDEBUG\ta\n')
  })

  it.each([
    ['DEBUG', ['platform.start', 'platform.runtimeDone', 'platform.report']],
    ['INFO', ['platform.start', 'platform.report']],
    ['WARN', []],
  ] as const)('of the platform: %s, while all is well', async (systemLevel, types) => {
    const bench = await startEmptyBench()
    const lines = await logOf(bench, `console.log('kept')`, { logging: { ...JSON_LOGS, systemLevel } })
    expect(lines.flatMap(({ type }) => type ?? [])).toEqual(types)
    expect(ofFunction(lines)).toHaveLength(1)
  })

  it('of the platform: whatever fails is a warning', async () => {
    const bench = await startEmptyBench()
    const logging: Logging = { ...JSON_LOGS, systemLevel: 'WARN' }
    const lines = await logOf(bench, `process.exit(1)`, { logging })
    expect(lines.map(({ type }) => type)).toEqual(['platform.runtimeDone', 'platform.report'])
  })
})

describe('the platform', () => {
  it('tells of a life in records', async () => {
    const bench = await startEmptyBench()
    await logOf(bench, `return 'four'`)
    const lines = bench.told.lines.map(({ text }) => JSON.parse(text) as Line)
    const requestId = bench.told.lines.at(-1)?.requestId
    const durationMs = expect.any(Number) as unknown
    expect(lines.map(({ type, record }) => ({ type, record }))).toEqual([
      {
        type: 'platform.initStart',
        record: {
          initializationType: 'on-demand',
          phase: 'init',
          runtimeVersion: 'nodejs:22.v1',
          runtimeVersionArn: expect.stringMatching(
            /^arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}$/,
          ) as unknown,
          functionName: 'index-handler',
          functionVersion: '$LATEST',
          instanceMaxMemory: 134_217_728,
        },
      },
      {
        type: 'platform.initReport',
        record: {
          initializationType: 'on-demand',
          phase: 'init',
          status: 'success',
          metrics: { durationMs },
        },
      },
      { type: 'platform.start', record: { requestId, version: '$LATEST' } },
      {
        type: 'platform.runtimeDone',
        record: { requestId, status: 'success', metrics: { durationMs, producedBytes: 6 } },
      },
      {
        type: 'platform.report',
        record: {
          requestId,
          metrics: {
            durationMs,
            billedDurationMs: expect.any(Number) as unknown,
            memorySizeMB: 128,
            maxMemoryUsedMB: expect.any(Number) as unknown,
            initDurationMs: expect.any(Number) as unknown,
          },
          status: 'success',
        },
      },
    ])
  })

  it('says what failed', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(bench, `for (;;);`, { timeoutMs: 150 })
    const report = lines.at(-1)?.['record'] as { status: string; metrics: { durationMs: number } }
    expect(report).toMatchObject({ status: 'timeout', metrics: { durationMs: 150 } })
    // A timeout has no other name.
    expect(report).not.toHaveProperty('errorType')
  })

  it('names the log group to the function', async () => {
    const bench = await startEmptyBench()
    const lines = await logOf(
      bench,
      `console.log([context.logGroupName, process.env.AWS_LAMBDA_LOG_GROUP_NAME, process.env.AWS_LAMBDA_LOG_FORMAT, process.env.AWS_LAMBDA_LOG_LEVEL])`,
    )
    expect(ofFunction(lines)[0]?.message).toEqual(['/orders/all', '/orders/all', 'JSON', 'TRACE'])
    expect(new Set(bench.told.lines.map(({ logGroup }) => logGroup))).toEqual(new Set(['/orders/all']))
  })
})

describe('a function that is traced', () => {
  const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8'

  async function traced(sampled: 0 | 1, logging?: Logging): Promise<string> {
    const bench = await startEmptyBench()
    await writeFile(path.join(bench.directory, 'index.cjs'), `exports.handler = async () => 1`)
    const definition = { isTraced: true, ...(logging ? { logging } : {}) }
    const name = await bench.deploy('index.handler', definition)
    const result = await bench.functions.run(name, {
      requestId: bench.ids.uuid(),
      payload: new Uint8Array(),
      invokedFunctionArn: 'arn',
      traceId: `${header};Sampled=${sampled}`,
    })
    return result.kind === 'success' ? Buffer.from(result.log.bytes).toString() : ''
  }

  it('reports the trace when it is sampled, and only then', async () => {
    expect(await traced(1)).toMatch(
      /\nREPORT .*\nXRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tSegmentId: 53995c3f42cd8ad8\tSampled: true\t\n$/,
    )
    expect(await traced(0)).not.toContain('XRAY')
  })

  it('says so in JSON', async () => {
    const lines = (await traced(1, JSON_LOGS)).trimEnd().split('\n')
    const tracing = { spanId: '53995c3f42cd8ad8', type: 'X-Amzn-Trace-Id', value: `${header};Sampled=1` }
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'platform.report', record: { tracing } })
  })
})
