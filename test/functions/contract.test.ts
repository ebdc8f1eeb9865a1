import { describe, expect, it } from 'vitest'
import { type Bench, FIXTURES, sharedBench, startBench } from './harness.ts'

const CLASSIC = { runtime: 'nodejs22.x' }
const MODERN = { runtime: 'nodejs24.x' }

describe('finding the handler', () => {
  const shared = sharedBench()

  it.each([
    ['contract.nest.a.b.handler', CLASSIC, 'nested'],
    ['contract.nest.a.b.handler', MODERN, 'nested'],
    ['deep/inner.handler', CLASSIC, 'deep'],
    ['deep/inner.handler', MODERN, 'deep'],
    ['module.handler', CLASSIC, 'undefined'],
    ['module.handler', MODERN, 'undefined'],
    ['module.viaDefault', MODERN, 'default'],
  ])('%s', async (handler, runtime, value) => {
    const bench = shared()
    expect(await bench.once(handler, {}, runtime)).toMatchObject({ kind: 'success', value })
  })

  it.each([
    ['contract', 'Runtime.MalformedHandlerName', 'Bad handler'],
    [
      '../contract.handler',
      'Runtime.MalformedHandlerName',
      "'../contract.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
    ],
    ['contract.nope', 'Runtime.HandlerNotFound', 'contract.nope is undefined or not exported'],
    ['contract.notAFunction', 'Runtime.HandlerNotFound', 'contract.notAFunction is not a function'],
    ['nowhere.handler', 'Runtime.ImportModuleError', "Error: Cannot find module 'nowhere'"],
    ['missing.handler', 'Runtime.ImportModuleError', "Error: Cannot find module './not-there.js'"],
    ['missingModule.handler', 'Error', "Cannot find package 'nope' imported from"],
    ['syntax.handler', 'Runtime.UserCodeSyntaxError', "SyntaxError: Unexpected token '='"],
    ['throws.handler', 'RangeError', 'at the top'],
    ['exits.handler', 'Runtime.ExitError', 'Error: Runtime exited without providing a reason'],
    ['hangs.handler', 'Runtime.ExitError', 'Error: Runtime exited with error: exit status 13'],
  ])('%s fails to initialise with %s', async (handler, errorType, message) => {
    const bench = shared()
    const { kind, value, log, report } = await bench.once(handler)
    expect(kind).toBe('functionError')
    expect(value).toMatchObject({ errorType, errorMessage: expect.stringContaining(message) as unknown })
    expect(report).toMatchObject({ status: 'error', errorType })
    expect(log).toMatch(/^START .*\nEND .*\nREPORT .*Status: error\tError Type: \S+\n$/)
    const initReport = bench.told.lines.findLast(({ text }) => text.startsWith('INIT_REPORT'))
    expect(initReport?.text).toMatch(
      /^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init\tStatus: error\tError Type: /,
    )
    expect(bench.functions.environments(handler.replaceAll(/[^A-Za-z0-9]/g, '-'))).toEqual([])
  })

  it('logs an initialisation error under the id that the runtime uses then', async () => {
    const bench = await startBench()
    await bench.once('throws.handler', {}, CLASSIC)
    await bench.once('throws.handler', {}, MODERN)
    const texts = bench.told.lines
      .filter(({ source }) => source === 'function')
      .map(({ text }) => text.slice(25, 90))
    expect(texts).toEqual([
      'undefined\tINFO\tloading',
      expect.stringMatching(/^undefined\tERROR\tUncaught Exception \t\{/),
      '-\tINFO\tloading',
      expect.stringMatching(/^-\tERROR\tInit Error \t\{/),
    ])
  })

  it('modern: refuses handlers that declare a callback', async () => {
    const bench = await startBench()
    const { value } = await bench.once('contract.callback', {}, MODERN)
    expect(value).toMatchObject({
      errorType: 'Runtime.CallbackHandlerDeprecated',
      errorMessage: expect.stringContaining(
        'ERROR: AWS Lambda has removed support for callback-based',
      ) as unknown,
    })
  })

  it('refuses a runtime that nobody knows', async () => {
    const bench = await startBench()
    await expect(
      bench.functions.deploy(bench.define('contract.count', { runtime: 'go1.x' })),
    ).rejects.toThrow('go1.x is not supported')
  })

  it('repeats an initialisation that takes too long within the first event', async () => {
    const bench = await startBench({ initTimeoutMs: 100 })
    const { value, report, log } = await bench.once('slowInit.handler')
    expect(value).toBe('ready')
    expect(report.initMs).toBeUndefined()
    expect(report.durationMs).toBeGreaterThan(400)
    expect(log).not.toContain('Init Duration')
    expect(bench.told.lines.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^INIT_REPORT Init Duration: 100\.00 ms\tPhase: init\tStatus: timeout$/),
    )
  })

  it('times the event out when the repeated initialisation takes longer than the function may', async () => {
    const bench = await startBench({ initTimeoutMs: 100 })
    const { value, report } = await bench.once('slowInit.handler', {}, { timeoutMs: 200 })
    expect(value).toMatchObject({ errorType: 'Sandbox.Timedout' })
    expect(report.status).toBe('timeout')
  })
})

describe('calling the handler', () => {
  const shared = sharedBench()

  it.each([
    ['callback', {}, 'late'],
    ['done', {}, 'done'],
    ['succeed', {}, 'succeeded'],
    ['twice', {}, 1],
    ['silent', {}, null],
    ['plain', {}, null],
  ])('classic: contract.%s', async (handler, event, value) => {
    const bench = shared()
    expect(await bench.once(`contract.${handler}`, event, CLASSIC)).toMatchObject({ kind: 'success', value })
  })

  it('modern: a plain return value is the answer', async () => {
    const bench = shared()
    expect((await bench.once('contract.plain', {}, MODERN)).value).toBe(5)
  })

  it('classic: callback(error) and context.fail() fail the event', async () => {
    const bench = shared()
    expect((await bench.once('contract.callbackError')).value).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'no',
    })
    expect((await bench.once('contract.fail')).value).toEqual({
      errorType: 'string',
      errorMessage: 'handled',
      trace: [],
    })
  })

  it('modern: context.done does not exist', async () => {
    const bench = shared()
    expect((await bench.once('contract.done', {}, MODERN)).value).toMatchObject({ errorType: 'TypeError' })
  })

  it('classic: a callback waits for an empty event loop unless told otherwise', async () => {
    const bench = shared()
    const name = await bench.deploy('contract.waitsForLoop')
    const waited = await bench.run(name, { waits: true })
    const early = await bench.run(name, { waits: false })
    expect([waited.value, early.value]).toEqual(['early', 'early'])
    expect(waited.report.durationMs).toBeGreaterThan(140)
    expect(early.report.durationMs).toBeLessThan(100)
  })

  it.each([
    [
      'classic',
      CLASSIC,
      'callbackWaitsForEmptyEventLoop succeed fail done functionVersion functionName memoryLimitInMB logGroupName ' +
        'logStreamName clientContext identity invokedFunctionArn awsRequestId tenantId getRemainingTimeInMillis',
    ],
    [
      'modern',
      MODERN,
      'clientContext identity invokedFunctionArn awsRequestId tenantId xRayTraceId getRemainingTimeInMillis ' +
        'functionName functionVersion memoryLimitInMB logGroupName logStreamName',
    ],
  ])('hands over the context that AWS does (%s)', async (_name, runtime, keys) => {
    const bench = shared()
    const name = await bench.deploy('contract.context', runtime)
    const { value, report } = await bench.run(name, {}, '{"custom":{"a":1}}')
    expect(value).toEqual({
      keys: keys.split(' '),
      memory: '128',
      arn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      client: { custom: { a: 1 } },
      left: expect.any(Number) as unknown,
      group: `/aws/lambda/${name}`,
      stream: report.logStream,
    })
    expect((value as { left: number }).left).toBeGreaterThan(2_000)
    expect(report.logStream).toMatch(/^2026\/01\/02\/\[\$LATEST\][0-9a-f]{32}$/)
  })

  it('modern: has the invoke store', async () => {
    const bench = shared()
    expect((await bench.once('contract.store', {}, MODERN)).value).toMatch(/^[0-9a-f-]{36}$/)
    expect((await bench.once('contract.store', {}, CLASSIC)).value).toMatchObject({ errorType: 'TypeError' })
  })

  it.each([
    ['1', 'undefined'],
    ['true', 'undefined'],
    ['0', 'object'],
  ])(
    'AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA=%s decides whether there is a global `awslambda`',
    async (value, type) => {
      const bench = shared()
      const environment = { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: value }
      const changes = { ...MODERN, name: `global${value}`, environment }
      expect((await bench.once('contract.globalType', {}, changes)).value).toBe(type)
    },
  )

  it('modern: the invoke store keeps values of an invocation, and not the next one', async () => {
    const bench = shared()
    const name = await bench.deploy('contract.storeValues', MODERN)
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown
    const first = { before: null, after: 1, id, trace: 'Root=1-1-1', inner: 2, refused: true }
    expect([(await bench.run(name)).value, (await bench.run(name)).value]).toEqual([first, first])
  })
})

describe('the process around the handler', () => {
  const HOST = {
    PATH: '/bin',
    HOME: '/home/somebody',
    AWS_ACCESS_KEY_ID: 'REAL',
    AWS_PROFILE: 'real',
    SECRET: 'x',
    NODE_OPTIONS: '--no-such-flag',
  }

  async function variables(bench: Bench, environment = {}): Promise<Record<string, string>> {
    const name = await bench.deploy('contract.environment', { environment })
    return (await bench.run(name)).value as Record<string, string>
  }

  it('sets what AWS sets, and lets nothing of the host in', async () => {
    const bench = await startBench({ host: HOST })
    const found = await variables(bench, { STAGE: 'local', AWS_ENDPOINT_URL: 'http://127.0.0.1:9000' })
    expect(found).toMatchObject({
      STAGE: 'local',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9000',
      PATH: '/bin',
      HOME: '/home/somebody',
      TZ: ':UTC',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_LAMBDA_FUNCTION_NAME: 'contract-environment',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/contract-environment',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
      LAMBDA_TASK_ROOT: FIXTURES,
      _HANDLER: 'contract.environment',
      _X_AMZN_TRACE_ID: 'Root=1-1-1',
    })
    expect(found['AWS_ACCESS_KEY_ID']).toMatch(/^LAMBENT[0-9A-F]{13}$/)
    expect(found).not.toHaveProperty('SECRET')
    expect(found).not.toHaveProperty('AWS_PROFILE')
    expect(found).not.toHaveProperty('NODE_OPTIONS')
  })

  it('does not let an environment variable pretend to be another function', async () => {
    const bench = await startBench()
    expect(await variables(bench, { AWS_LAMBDA_FUNCTION_NAME: 'other' })).toMatchObject({
      AWS_LAMBDA_FUNCTION_NAME: 'contract-environment',
    })
  })

  it('stands in the project folder, in UTC unless the function says otherwise, without a visible gc()', async () => {
    const bench = await startBench()
    expect((await bench.once('contract.cwd')).value).toBe(FIXTURES)
    expect((await bench.once('contract.hour')).value).toBe(0)
    const tokyo = { name: 'tokyo', environment: { TZ: 'Asia/Tokyo' } }
    expect((await bench.once('contract.hour', {}, tokyo)).value).toBe(9)
    expect((await bench.once('contract.gc')).value).toBe('undefined')
  })

  it('fails a function whose NODE_OPTIONS Node refuses', async () => {
    const bench = await startBench()
    const { value } = await bench.once(
      'contract.cwd',
      {},
      { environment: { NODE_OPTIONS: '--no-such-flag' } },
    )
    expect(value).toMatchObject({ errorMessage: expect.stringContaining('exit status 9') as unknown })
  })
})
