import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FunctionDefinition } from '#dist/functions/index.js'
import { type Answer, type Bench, startEmptyBench } from '../harness.ts'

interface PythonAnswer extends Answer {
  readonly bench: Bench
  /** The application's own lines, during initialisation and the event. */
  readonly printed: readonly string[]
}

/** Runs a module's handler once. */
async function once(
  code: string,
  event: unknown = {},
  changes: Partial<FunctionDefinition> = {},
): Promise<PythonAnswer> {
  const bench = await startEmptyBench()
  await writeFile(path.join(bench.directory, 'app.py'), code)
  const name = await bench.deploy('app.handler', { runtime: 'python3.13', name: 'fn', ...changes })
  const answer = await bench.run(name, event)
  const own = bench.told.lines.filter(
    ({ source, text }) => source === 'function' && !text.includes(' runs with Python '),
  )
  return { ...answer, bench, printed: own.map(({ text }) => text) }
}

const UUID = /^[0-9a-f-]{36}$/

/** A PATH without anything. */
const NOWHERE = path.join(import.meta.dirname, 'nothing')

describe('errors of Python handlers, in the shape that AWS answers with', () => {
  test('an exception', async () => {
    const { kind, value, printed, bench, report } = await once(
      'def handler(event, context):\n    raise ValueError("boom")',
    )
    const file = path.join(bench.directory, 'app.py')
    expect(kind).toBe('functionError')
    expect(Object.keys(value as object)).toEqual(['errorMessage', 'errorType', 'requestId', 'stackTrace'])
    expect(value).toEqual({
      errorMessage: 'boom',
      errorType: 'ValueError',
      requestId: expect.stringMatching(UUID),
      stackTrace: [`  File "${file}", line 2, in handler\n    raise ValueError("boom")\n`],
    })
    expect(printed).toEqual([
      [
        '[ERROR] ValueError: boom',
        'Traceback (most recent call last):',
        `\u00A0\u00A0File "${file}", line 2, in handler`,
        '\u00A0\u00A0\u00A0\u00A0raise ValueError("boom")',
      ].join('\n'),
    ])
    expect(report.status).toBe('success')
  })

  test.each([
    [
      'a package that is not there',
      'import nope',
      'Runtime.ImportModuleError',
      "Unable to import module 'app': No module named 'nope'",
    ],
    [
      'no such function',
      'def other(): pass',
      'Runtime.HandlerNotFound',
      "Handler 'handler' missing on module 'app'",
    ],
    [
      'a syntax error',
      'def handler(:',
      'Runtime.UserCodeSyntaxError',
      expect.stringMatching(/^Syntax error in module 'app': invalid syntax \(app\.py, line 1\)$/),
    ],
    ['an exception of the module', 'raise KeyError("k")', 'KeyError', "'k'"],
  ])('%s', async (_, code, errorType, errorMessage) => {
    const { kind, value, printed, report } = await once(code)
    expect(kind).toBe('functionError')
    expect(value).toMatchObject({ errorMessage, errorType, requestId: '' })
    expect(printed[0]).toMatch(new RegExp(`^\\[ERROR\\] ${errorType}: `))
    expect(report).toMatchObject({ status: 'error' })
  })

  test('a module that is not there, and a handler without a function', async () => {
    const bench = await startEmptyBench()
    const runtime = 'python3.13'
    expect((await bench.once('none.handler', {}, { runtime })).value).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Unable to import module 'none': No module named 'none'",
    })
    expect((await bench.once('handler', {}, { runtime })).value).toMatchObject({
      errorType: 'Runtime.MalformedHandlerName',
      errorMessage: "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
    })
  })

  test('a result that is not JSON', async () => {
    const { value } = await once('def handler(event, context): return {1, 2}')
    expect(value).toEqual({
      errorMessage: 'Unable to marshal response: Object of type set is not JSON serializable',
      errorType: 'Runtime.MarshalError',
      requestId: expect.stringMatching(UUID),
      stackTrace: [],
    })
  })

  test.each([
    ['sys.exit(0)', 'Runtime exited without providing a reason'],
    ['sys.exit(3)', 'Runtime exited with error: exit status 3'],
    ['os.kill(os.getpid(), 9)', 'Runtime exited with error: signal: killed'],
  ])('%s', async (call, message) => {
    const { value } = await once(`import os, sys\ndef handler(event, context): ${call}`)
    expect(value).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(new RegExp(`^RequestId: [0-9a-f-]{36} Error: ${message}$`)),
    })
  })

  test('a handler that takes too long', async () => {
    const { value, log } = await once(
      'import time\ndef handler(event, context):\n  print("begun")\n  time.sleep(60)',
      {},
      { timeoutMs: 500 },
    )
    expect(value).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 0.50 seconds'),
    })
    expect(log).toContain('\nbegun\nEND')
  })
})

describe('what a Python handler has', () => {
  test('its context', async () => {
    const fields =
      'function_name function_version memory_limit_in_mb invoked_function_arn log_group_name log_stream_name tenant_id'
    const { value, report } = await once(`
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    own = {name: getattr(context, name) for name in '${fields}'.split()}
    return [own, 2000 < left <= 3000, len(context.aws_request_id), context.client_context, context.identity.cognito_identity_id]
`)
    expect(value).toEqual([
      {
        function_name: 'fn',
        function_version: '$LATEST',
        memory_limit_in_mb: '128',
        invoked_function_arn: 'arn:aws:lambda:eu-west-1:000000000000:function:fn',
        log_group_name: '/aws/lambda/fn',
        log_stream_name: report.logStream,
        tenant_id: null,
      },
      true,
      36,
      null,
      null,
    ])
  })

  test('the client context of the caller', async () => {
    const bench = await startEmptyBench()
    const code =
      'def handler(event, context):\n  c = context.client_context\n  return [c.custom, c.env, c.client.app_title]'
    await writeFile(path.join(bench.directory, 'app.py'), code)
    const name = await bench.deploy('app.handler', { runtime: 'python3.13' })
    const context = JSON.stringify({ custom: { a: 'ü' }, env: { b: 1 }, client: { app_title: 't' } })
    expect((await bench.run(name, {}, context)).value).toEqual([{ a: 'ü' }, { b: 1 }, 't'])
  })

  test('bytes are the answer as they are', async () => {
    const { value } = await once('def handler(event, context): return b\'{"own": "json"}\'')
    expect(value).toEqual({ own: 'json' })
  })

  test('its variables, and nothing of Node.js', async () => {
    const { value, bench } = await once(
      'import os\ndef handler(event, context): return dict(os.environ)',
      {},
      { environment: { OWN: '1' } },
    )
    expect(value).toMatchObject({
      OWN: '1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_python3.13',
      LAMBDA_TASK_ROOT: bench.directory,
      _HANDLER: 'app.handler',
      _X_AMZN_TRACE_ID: 'Root=1-1-1',
      TZ: ':UTC',
    })
    expect(value).not.toHaveProperty('NODE_PATH')
    expect(value).not.toHaveProperty('AWS_LAMBDA_LOG_FORMAT')
  })

  test('the published client, when it can be imported', async () => {
    const bench = await startEmptyBench()
    const at = (...names: string[]): string => path.join(bench.directory, ...names)
    await mkdir(at('awslambdaric'), { recursive: true })
    await writeFile(at('awslambdaric', '__init__.py'), '')
    const client = `
import http.client, json, os, sys
if __name__ == "__main__":
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    error = json.dumps({"errorType": "Seen", "errorMessage": json.dumps([sys.argv[1], os.getcwd()])})
    api.request("POST", "/2018-06-01/runtime/init/error", error)
    api.getresponse().read()
`
    await writeFile(at('awslambdaric', '__main__.py'), client)
    expect((await bench.once('app.handler', {}, { runtime: 'python3.13' })).value).toEqual({
      errorType: 'Seen',
      errorMessage: JSON.stringify(['app.handler', bench.directory]).replace(',', ', '),
    })
  })

  test('modules beside it, of its packages and of layers', async () => {
    const bench = await startEmptyBench()
    const at = (...names: string[]): string => path.join(bench.directory, ...names)
    await mkdir(at('src', 'parts'), { recursive: true })
    await mkdir(at('layer', 'python'), { recursive: true })
    await writeFile(
      at('src', 'parts', 'app.py'),
      'import beside, layered\nfrom src.parts import own\ndef handler(e, c): return beside.x + layered.x + own.x',
    )
    await writeFile(at('src', 'parts', 'own.py'), 'x = "own"')
    await writeFile(at('beside.py'), 'x = "beside "')
    await writeFile(at('layer', 'python', 'layered.py'), 'x = "layered "')
    const layers = [at('layer')]
    for (const handler of ['src/parts/app.handler', 'src.parts.app.handler']) {
      expect((await bench.once(handler, {}, { runtime: 'python3.13', layers })).value).toBe(
        'beside layered own',
      )
    }
    await bench.functions.traceFiles()
    expect(bench.functions.filesOf('src-parts-app-handler')).toEqual(
      expect.arrayContaining([at('src', 'parts', 'app.py'), at('src', 'parts', 'own.py')]),
    )
  })
})

describe('what a Python handler writes', () => {
  const LOGGING = `
import logging
logging.getLogger().setLevel(logging.INFO)
def handler(event, context):
    print('printed\\nin two lines')
    logging.getLogger().info('said %s\\nin one entry', 'so')
    logging.getLogger('quiet').debug('not said')
`

  test('prints line by line, and log records as one entry with level, time and request', async () => {
    const { printed } = await once(LOGGING)
    expect(printed).toEqual([
      'printed',
      'in two lines',
      expect.stringMatching(
        /^\[INFO\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z\t[0-9a-f-]{36}\tsaid so\nin one entry$/,
      ),
    ])
  })

  test('log records in JSON, from the level of the function on', async () => {
    const logging = { format: 'JSON', applicationLevel: 'WARN', systemLevel: 'WARN', group: '/g' } as const
    const code = `
import logging
def handler(event, context):
    logging.info('too low')
    logging.warning('said', extra={'more': 1})
    raise ValueError('boom')
`
    const { printed } = await once(code, {}, { logging })
    const entries = printed.map((line) => JSON.parse(line) as unknown)
    expect(entries).toEqual([
      {
        timestamp: expect.any(String),
        level: 'WARNING',
        message: 'said',
        logger: 'root',
        requestId: expect.stringMatching(UUID),
        more: 1,
      },
      expect.objectContaining({ errorType: 'ValueError', errorMessage: 'boom', level: 'ERROR' }),
    ])
  })
})

test('a saved module answers from the next event on; a broken one says where', async () => {
  const { bench } = await once('def handler(e, c): return 1')
  const file = path.join(bench.directory, 'app.py')
  await writeFile(file, 'def handler(e, c): return 22')
  await bench.functions.reload(['fn'])
  expect((await bench.run('fn')).value).toBe(22)
  await writeFile(file, 'def handler(e, c):\n  return 1 +')
  await bench.functions.reload(['fn'])
  expect((await bench.run('fn')).value).toMatchObject({ errorType: 'Runtime.UserCodeSyntaxError' })
  expect(bench.told.failed).toEqual([
    {
      functionName: 'fn',
      message: expect.stringContaining('Runtime.UserCodeSyntaxError: Syntax error in module'),
      frame: expect.stringContaining('app.py" Line 2'),
    },
  ])
})

test('languages whose interpreter or client is missing say what to install', async () => {
  const bench = await startEmptyBench({ host: { PATH: NOWHERE } })
  for (const [runtime, advice] of [
    ['python3.13', 'needs Python: install `python3.13`'],
    ['ruby3.4', 'gem install aws_lambda_ric'],
    ['java21', 'java21 needs a Java runtime'],
    ['dotnet8', 'dotnet8 needs .NET'],
  ] as const) {
    const answer = await bench.once('a.b', {}, { runtime, name: runtime.replace('.', '-') })
    expect(answer.value).toMatchObject({ errorType: 'Runtime.InvalidEntrypoint' })
    expect(bench.told.lines.some(({ text }) => text.includes(advice))).toBe(true)
  }
})
