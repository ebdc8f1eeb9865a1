import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench } from './harness.ts'

/**
 * Every way in which a handler can end, for both generations of the Node.js runtime: the answer, the whole log from
 * START to REPORT, and what becomes of the environment (invocation reference, sections 2.4 to 2.6, 3.2 and 9).
 * Times, ids, durations and stacks are taken out.
 */
interface Ending {
  /** Of a success: the value. */
  readonly value?: unknown
  /** Of a failure: `errorType` and `errorMessage`, and the first line of the trace if there is a trace. */
  readonly error?: readonly [type: string, message: string, trace?: string | null]
  /** Lines between START and END. */
  readonly log?: readonly string[]
  /** After `Status: ` in REPORT. */
  readonly status?: string
  /** Why the environment ended; it lives on unless this says otherwise. */
  readonly ends?: string
  /** Lines of the platform that begin with `INIT_REPORT`. */
  readonly inits?: readonly string[]
}

interface ErrorPayload {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace: readonly string[]
}

interface Row {
  readonly code: string
  readonly file?: string
  readonly handler?: string
  readonly timeoutMs?: number
  readonly classic?: Ending
  readonly modern?: Ending
  /** Where both are the same. */
  readonly both?: Ending
}

const INVOKE = '<time>\t<id>\tERROR\tInvoke Error \t'
const logged = (type: string, message: string, more = ''): string =>
  `${INVOKE}{"errorType":"${type}","errorMessage":"${message}"${more},"stack":[...]}`

/** An error that was thrown or given to a callback. */
const thrown = (type: string, message: string, more = ''): Ending => ({
  error: [type, message, `${type}: ${message}`],
  log: [logged(type, message, more)],
})

/** A value that is no error; the log makes one of it. */
const thrownValue = (type: string, message: string): Ending => ({
  error: [type, message, null],
  log: [logged('Error', message)],
})

const exited = (words: string, log: readonly string[] = []): Ending => ({
  error: ['Runtime.ExitError', `RequestId: <id> Error: ${words}`],
  log,
  status: 'error\tError Type: Runtime.ExitError',
  ends: words.replace(/^.*error: (signal: )?/, '$1'),
})

/** Nothing was run: the environment never came to be. */
function notLoaded(type: string, message: string, extra: Partial<Ending> = {}): Ending {
  const status = `error\tError Type: ${type}`
  return {
    error: [type, message, `${type}: ${message}`],
    log: [],
    status,
    inits: [`INIT_REPORT Init Duration: <ms> ms\tPhase: init\tStatus: ${status}`],
    ...extra,
  }
}

const CLASSIC_STRAY = '<time>\t<id>\tERROR\tUncaught Exception \t'
const NOT_JSON = 'Unable to stringify response body'
const notJson: Pick<Row, 'classic' | 'modern'> = {
  classic: thrown('Error', NOT_JSON),
  modern: thrown('Runtime.JSONStringifyError', NOT_JSON),
}
const NEVER_SETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes'
const NO_CALLBACKS =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.'
const withoutCallbacks = notLoaded('Runtime.CallbackHandlerDeprecated', NO_CALLBACKS)

const answers: Record<string, Row> = {
  'no result': { code: 'exports.handler = async () => {}', both: { value: null } },
  'a function for a result': { code: 'exports.handler = async () => () => 1', both: { value: null } },
  'a symbol for a result': { code: 'exports.handler = async () => Symbol("a")', both: { value: null } },
  'what JSON leaves out': {
    code: 'exports.handler = async () => ({ a: undefined, b: () => 1, c: NaN, d: [undefined], e: new Map([[1, 2]]) })',
    both: { value: { c: null, d: [null], e: {} } },
  },
  'a date and a buffer': {
    code: 'exports.handler = async () => [new Date(0), Buffer.from("a")]',
    both: { value: ['1970-01-01T00:00:00.000Z', { type: 'Buffer', data: [97] }] },
  },
  'a result that refers to itself': {
    code: 'exports.handler = async () => { const a = {}; a.a = a; return a }',
    ...notJson,
  },
  'a BigInt': { code: 'exports.handler = async () => ({ a: 1n })', ...notJson },
  'a result whose toJSON throws': {
    code: 'exports.handler = async () => ({ toJSON() { throw new TypeError("mine") } })',
    ...notJson,
  },
  'a thenable that is no promise': {
    code: 'exports.handler = () => ({ then: (done) => done("then") })',
    both: { value: 'then' },
  },
  'a result that is too large': {
    code: 'exports.handler = async () => "x".repeat(6_291_555)',
    both: {
      error: [
        'Function.ResponseSizeTooLarge',
        'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      ],
      status: 'error\tError Type: Function.ResponseSizeTooLarge',
    },
  },
  'an event loop that is not empty': {
    code: 'exports.handler = async () => { setTimeout(() => {}, 60_000); return "early" }',
    both: { value: 'early' },
  },
}

const throwing = (value: string): string => `exports.handler = async () => { throw ${value} }`

const errors: Record<string, Row> = {
  'an error': { code: throwing('new Error("no")'), both: thrown('Error', 'no') },
  'an error without a message': {
    code: throwing('new RangeError()'),
    both: { error: ['RangeError', '', 'RangeError'], log: [logged('RangeError', '')] },
  },
  'an error with properties of its own': {
    code: throwing('Object.assign(new TypeError("no"), { code: "E_NO", detail: { a: 1 } })'),
    both: thrown('TypeError', 'no', ',"code":"E_NO","detail":{"a":1}'),
  },
  'a subclass without a name of its own': {
    code: `class Refusal extends Error {}; ${throwing('new Refusal("no")')}`,
    both: thrown('Error', 'no'),
  },
  'a subclass with a name of its own': {
    code: `class Refusal extends Error { get name() { return "Refusal" } }; ${throwing('new Refusal("no")')}`,
    both: { error: ['Refusal', 'no', 'Refusal: no'], log: [logged('Refusal', 'no')] },
  },
  'a frozen error': { code: throwing('Object.freeze(new Error("cold"))'), both: thrown('Error', 'cold') },
  'an error with a DEL character': {
    code: throwing('new Error("a\\u007Fb")'),
    both: { error: ['Error', 'a%7Fb', 'Error: a%7Fb'], log: [logged('Error', 'a\u{7F}b')] },
  },
  'an error that refers to itself': {
    code: `${throwing('error')}; const error = new Error("round"); error.self = error`,
    both: {
      error: ['Error', 'round', 'Error: round'],
      log: [`${INVOKE}{"errorType":"Error","errorMessage":"round","trace":[...]}`],
    },
  },
  'an error of another realm': {
    code: throwing('require("node:vm").runInNewContext("new TypeError(`far`)")'),
    both: {
      error: ['TypeError', 'far', 'TypeError: far'],
      log: [logged('Error', 'TypeError: far')],
    },
  },
  'an object that looks like an error': {
    code: throwing('{ name: "Made", message: "up", stack: "Made: up" }'),
    both: { error: ['Made', 'up', 'Made: up'], log: [logged('Error', '[object Object]')] },
  },
  'an error whose message cannot be read': {
    code: throwing('Object.defineProperty(new Error("x"), "message", { get() { throw new Error("y") } })'),
    both: {
      error: [
        'handled',
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
      ],
      log: [
        `${INVOKE}{"errorType":"handled","errorMessage":"callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack"}`,
      ],
    },
  },
  'a text': { code: throwing('"plain"'), both: thrownValue('string', 'plain') },
  'a number': { code: throwing('5'), both: thrownValue('number', '5') },
  'an object': { code: throwing('{ x: 1 }'), both: thrownValue('object', '[object Object]') },
  'a symbol': { code: throwing('Symbol("s")'), both: thrownValue('symbol', 'Symbol(s)') },
  null: {
    code: throwing('null'),
    classic: thrownValue('string', 'handled'),
    modern: thrownValue('object', 'null'),
  },
  undefined: {
    code: throwing('undefined'),
    classic: thrownValue('string', 'handled'),
    modern: thrownValue('undefined', 'undefined'),
  },
  'an error that a plain handler throws': {
    code: 'exports.handler = () => { throw new Error("at once") }',
    both: thrown('Error', 'at once'),
  },
}

const WARNING =
  '<time>\tundefined\tWARN\tAWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.'
const callback = (body: string): string => `exports.handler = (event, context, callback) => { ${body} }`
const endingBy = (body: string): string => `exports.handler = (event, context) => { ${body} }`
const noFunction = (name: string): Ending => thrown('TypeError', `context.${name} is not a function`)

const callbacks: Record<string, Row> = {
  'a value': {
    code: callback('callback(null, { a: 1 })'),
    classic: { value: { a: 1 } },
    modern: withoutCallbacks,
  },
  'no value': { code: callback('callback()'), classic: { value: null }, modern: withoutCallbacks },
  'an error': {
    code: callback('callback(new Error("no"))'),
    classic: thrown('Error', 'no'),
    modern: withoutCallbacks,
  },
  'a text for an error': {
    code: callback('callback("no")'),
    classic: thrownValue('string', 'no'),
    modern: withoutCallbacks,
  },
  'an error goes out at once': {
    code: callback('setTimeout(() => {}, 60_000); callback(new Error("no"))'),
    classic: thrown('Error', 'no'),
    modern: withoutCallbacks,
  },
  'a value that waits for the event loop, which does not end': {
    code: callback('setTimeout(() => {}, 60_000); callback(null, 1)'),
    timeoutMs: 200,
    classic: {
      error: ['Sandbox.Timedout', 'RequestId: <id> Error: Task timed out after 0.20 seconds'],
      status: 'timeout',
      ends: 'timeout',
    },
    modern: withoutCallbacks,
  },
  'a value that does not wait': {
    code: callback(
      'context.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 60_000); callback(null, 1)',
    ),
    classic: { value: 1 },
    modern: withoutCallbacks,
  },
  'the first call counts': {
    code: callback('callback(null, 1); callback(new Error("late"))'),
    classic: { value: 1 },
    modern: withoutCallbacks,
  },
  'nobody calls': { code: callback('void 0'), classic: { value: null }, modern: withoutCallbacks },
  'an async handler that declares one and does not use it': {
    code: 'exports.handler = async (event, context, callback) => "mine"',
    classic: { value: 'mine' },
    modern: withoutCallbacks,
  },
  'a plain result': { code: 'exports.handler = () => 5', classic: { value: null }, modern: { value: 5 } },
  'context.succeed': {
    code: endingBy('context.succeed("a")'),
    classic: { value: 'a' },
    modern: noFunction('succeed'),
  },
  'context.done': {
    code: endingBy('context.done(null, "a")'),
    classic: { value: 'a' },
    modern: noFunction('done'),
  },
  'context.fail': {
    code: endingBy('context.fail(new Error("a"))'),
    classic: thrown('Error', 'a'),
    modern: noFunction('fail'),
  },
  'context.fail without an error': {
    code: endingBy('context.fail()'),
    classic: thrownValue('string', 'handled'),
    modern: noFunction('fail'),
  },
}

const died = (message: string): string[] => [`Error: ${message}`, '', 'Node.js <version>']
const REJECTED =
  '<time>\t<id>\tERROR\tUnhandled Promise Rejection \t{"errorType":"Runtime.UnhandledPromiseRejection","errorMessage":"Error: adrift","stack":[...]}'

const ends: Record<string, Row> = {
  'a timeout': {
    code: 'exports.handler = async () => { console.log("begun"); await new Promise((done) => setTimeout(done, 60_000)) }',
    timeoutMs: 250,
    both: {
      error: ['Sandbox.Timedout', 'RequestId: <id> Error: Task timed out after 0.25 seconds'],
      log: ['<time>\t<id>\tINFO\tbegun'],
      status: 'timeout',
      ends: 'timeout',
    },
  },
  'exit 0': {
    code: 'exports.handler = async () => process.exit(0)',
    both: { ...exited('Runtime exited without providing a reason'), ends: 'exit status 0' },
  },
  'exit 3, with half a line': {
    code: 'exports.handler = async () => { process.stdout.write("half"); process.exit(3) }',
    both: exited('Runtime exited with error: exit status 3', ['half']),
  },
  'a signal': {
    code: 'exports.handler = async () => { process.kill(process.pid, "SIGKILL"); await new Promise((done) => setTimeout(done, 60_000)) }',
    both: {
      ...exited('Runtime exited with error: signal: killed'),
      ends: 'Runtime exited with error: signal: killed',
    },
  },
  'too much memory': {
    code: 'exports.handler = async () => { const kept = []; for (;;) kept.push(Array.from({ length: 1000 }, () => ({}))) }',
    timeoutMs: 20_000,
    both: {
      error: ['Runtime.OutOfMemory', 'RequestId: <id> Error: Runtime exited with error: signal: killed'],
      status: 'error\tError Type: Runtime.OutOfMemory',
      ends: 'out of memory',
    },
  },
  'a promise that nobody settles': {
    code: 'exports.handler = async () => new Promise(() => {})',
    classic: { ...thrown('Runtime.NodeJsExit', NEVER_SETTLED) },
    modern: { ...exited('Runtime exited without providing a reason'), ends: 'exit status 0' },
  },
  'an exception in a timer': {
    code: 'exports.handler = async () => { setTimeout(() => { throw new Error("late") }, 1); await new Promise((done) => setTimeout(done, 60_000)) }',
    classic: {
      error: ['Error', 'late', 'Error: late'],
      log: [`${CLASSIC_STRAY}{"errorType":"Error","errorMessage":"late","stack":[...]}`],
      ends: 'exit status 129',
    },
    modern: exited('Runtime exited with error: exit status 1', died('late')),
  },
  'a rejection that nobody handles, on the way': {
    code: 'exports.handler = async () => { void Promise.reject(new Error("adrift")); await new Promise((done) => setTimeout(done, 60_000)) }',
    classic: {
      error: [
        'Runtime.UnhandledPromiseRejection',
        'Error: adrift',
        'Runtime.UnhandledPromiseRejection: Error: adrift',
      ],
      log: [REJECTED],
      ends: 'exit status 128',
    },
    modern: exited('Runtime exited with error: exit status 1', died('adrift')),
  },
  'a rejection that nobody handles, after the answer': {
    code: 'exports.handler = async () => { void Promise.reject(new Error("adrift")); return "sent" }',
    classic: { value: 'sent', log: [REJECTED], ends: 'exit status 128' },
    modern: exited('Runtime exited with error: exit status 1', died('adrift')),
  },
  'a rejection that is handled in time': {
    code: 'exports.handler = async () => { const late = Promise.reject(new Error("a")); await null; return late.catch(() => "caught") }',
    both: { value: 'caught' },
  },
}

const FOUND = (name: string): string => `Error: Cannot find module '${name}'`

const loading: Record<string, Row> = {
  'a handler without a dot': {
    code: '',
    handler: 'index',
    both: notLoaded('Runtime.MalformedHandlerName', 'Bad handler'),
  },
  'a handler outside': {
    code: '',
    handler: '../index.handler',
    both: notLoaded(
      'Runtime.MalformedHandlerName',
      "'../index.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
    ),
  },
  'no such export': {
    code: 'exports.other = 1',
    both: notLoaded('Runtime.HandlerNotFound', '<handler> is undefined or not exported'),
  },
  'no such export, further in': {
    code: 'exports.handler = {}',
    handler: 'inner.deeper',
    both: notLoaded('Runtime.HandlerNotFound', '<handler>.inner.deeper is undefined or not exported'),
  },
  'an export that is no function': {
    code: 'exports.handler = 5',
    both: notLoaded('Runtime.HandlerNotFound', '<handler> is not a function'),
  },
  'no such file': {
    code: '',
    handler: 'nowhere.handler',
    both: notLoaded('Runtime.ImportModuleError', FOUND('nowhere')),
  },
  'a package that is missing, required': {
    code: 'require("nowhere"); exports.handler = async () => 1',
    both: notLoaded('Runtime.ImportModuleError', FOUND('nowhere')),
  },
  'a package that is missing, imported': {
    file: 'mjs',
    code: 'import "nowhere"; export const handler = async () => 1',
    both: notLoaded('Error', "Cannot find package 'nowhere' imported from <file>", {
      error: [
        'Error',
        "Cannot find package 'nowhere' imported from <file>",
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'nowhere' imported from <file>",
      ],
    }),
  },
  'a syntax error': {
    code: 'exports.handler = async () => { const = 5 }',
    both: notLoaded('Runtime.UserCodeSyntaxError', "SyntaxError: Unexpected token '='"),
  },
  'a syntax error in a module': {
    file: 'mjs',
    code: 'export const handler = async () => { const = 5 }',
    both: notLoaded('Runtime.UserCodeSyntaxError', "SyntaxError: Unexpected token '='"),
  },
  'an error at the top': {
    code: 'throw new RangeError("at the top")',
    both: notLoaded('RangeError', 'at the top'),
  },
  'an exit at the top': {
    code: 'process.exit(4)',
    both: notLoaded('Runtime.ExitError', 'RequestId: <id> Error: Runtime exited with error: exit status 4', {
      error: ['Runtime.ExitError', 'RequestId: <id> Error: Runtime exited with error: exit status 4'],
    }),
  },
  'a top-level await that never ends': {
    file: 'mjs',
    code: 'await new Promise(() => {}); export const handler = async () => 1',
    both: notLoaded('Runtime.ExitError', '', {
      error: ['Runtime.ExitError', 'RequestId: <id> Error: Runtime exited with error: exit status 13'],
    }),
  },
  'a rejection at the top that nobody handles': {
    code: 'void Promise.reject(new Error("adrift")); exports.handler = async () => new Promise((done) => setTimeout(done, 60_000))',
    timeoutMs: 1_000,
    classic: notLoaded('Runtime.UnhandledPromiseRejection', 'Error: adrift'),
    modern: notLoaded('Runtime.ExitError', '', {
      error: ['Runtime.ExitError', 'RequestId: <id> Error: Runtime exited with error: exit status 1'],
    }),
  },
}

let directory = ''
let bench: Bench
let count = 0

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'lambent-golden-'))
  bench = new Bench(directory)
  await bench.functions.start()
})
afterAll(async () => {
  await bench.functions.stop(0)
  await rm(directory, { recursive: true, force: true })
})

describe.each([
  ['nodejs22.x', 'classic'],
  ['nodejs24.x', 'modern'],
] as const)('%s', (runtime, generation) => {
  describe.each([
    ['answers', answers],
    ['errors', errors],
    ['callbacks', callbacks],
    ['ends', ends],
    ['loading', loading],
  ])('%s', (_part, rows) => {
    it.each(Object.entries(rows))('%s', async (_title, row) => {
      expect(await endingOf(row, runtime)).toEqual(complete(row.both ?? row[generation] ?? {}))
    })
  })
})

it('an initialisation that fails is tried again with every event', async () => {
  const name = await deploy({ code: 'console.log("loading"); throw new Error("again")' }, 'nodejs22.x')
  const begin = bench.told.lines.length
  const both = [await bench.run(name), await bench.run(name)]
  expect(both.map(({ value }) => value)).toEqual([
    expect.objectContaining({ errorType: 'Error', errorMessage: 'again' }),
    expect.objectContaining({ errorType: 'Error', errorMessage: 'again' }),
  ])
  const once = [
    'INIT_START',
    '<time>\tundefined\tINFO\tloading',
    '<time>\tundefined\tERROR\tUncaught Exception \t{"errorType":"Error","errorMessage":"again","stack":[...]}',
    'INIT_REPORT',
    'START',
    'END',
    'REPORT',
  ]
  const lines = bench.told.lines.slice(begin).map(({ text }) => plain(text).replace(/^([A-Z_]+) .*$/s, '$1'))
  expect(lines).toEqual([...once, ...once])
})

it('a handler with a callback is told that callbacks go away, unless the function does not want to hear it', async () => {
  const row = { code: callback('callback(null, 1)') }
  const begin = bench.told.lines.length
  await bench.run(await deploy(row, 'nodejs22.x'))
  await bench.run(await deploy(row, 'nodejs22.x', { AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING: '1' }))
  const warnings = bench.told.lines.slice(begin).filter(({ source }) => source === 'function')
  expect(warnings.map(({ text }) => plain(text))).toEqual([WARNING])
})

async function deploy(row: Row, runtime: string, environment: Record<string, string> = {}): Promise<string> {
  const name = `row${++count}`
  await writeFile(path.join(directory, `${name}.${row.file ?? 'cjs'}`), row.code)
  const handler =
    row.handler === undefined || row.handler === 'inner.deeper'
      ? `${name}.handler${row.handler === undefined ? '' : '.inner.deeper'}`
      : row.handler
  const { timeoutMs = 5_000 } = row
  return bench.deploy(handler, { name, runtime, timeoutMs, environment })
}

/** What happened, in the words of the table. */
async function endingOf(row: Row, runtime: string): Promise<Ending> {
  const [begin, endedBefore] = [bench.told.lines.length, bench.told.ended.length]
  const name = await deploy(row, runtime)
  const { kind, value, log } = await bench.run(name)
  const [ends] = bench.told.ended.slice(endedBefore)
  const texts = bench.told.lines.slice(begin).map(({ text }) => plain(text, name))
  const [start, ...lines] = plain(log, name).trimEnd().split('\n')
  const [report = '', end] = [lines.pop(), lines.pop()]
  expect([start, end]).toEqual(['START RequestId: <id> Version: $LATEST', 'END RequestId: <id>'])
  expect(report).toMatch(
    /^REPORT RequestId: <id>\tDuration: <ms> ms\tBilled Duration: <ms> ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\t(Init Duration: <ms> ms\t)?/,
  )
  const failure = (kind === 'success' ? {} : value) as Partial<ErrorPayload>
  const { errorType, errorMessage = '', trace } = failure
  await bench.functions.remove(name)
  const first = trace === undefined ? undefined : trace.length === 0 ? null : plain(trace[0] ?? '', name)
  return {
    ...(kind === 'success'
      ? { value }
      : { error: [errorType, plain(errorMessage, name), ...(first === undefined ? [] : [first])] as never }),
    log: lines,
    status: report.split('Status: ')[1] ?? '',
    ends: ends ?? '',
    inits: texts.filter((text) => text.startsWith('INIT_REPORT')),
  }
}

/** A row as `endingOf` would say it. */
const complete = (ending: Ending): Ending => ({ log: [], status: '', ends: '', inits: [], ...ending })

/** A text without what differs each time. */
function plain(text: string, name = ''): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/[\d.]+ ms/g, '<ms> ms')
    .replaceAll(/"(stack|trace)":\[(?:"(?:[^"\\]|\\.)*",?)*\]/g, '"$1":[...]')
    .replaceAll(/\n +at .*/g, '')
    .replaceAll(/Node\.js v[\d.]+/g, 'Node.js <version>')
    .replaceAll(/\nRequire stack:(\n- .*)*/g, '')
    .replaceAll(`${name}.handler`, '<handler>')
    .replaceAll(path.join(directory, `${name}.mjs`), '<file>')
}
