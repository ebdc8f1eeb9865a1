import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  type InvokeWithResponseStreamResponseEvent,
  type LambdaClient,
} from '@aws-sdk/client-lambda'
import { execFile, spawnSync } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { lambdaOf } from '../tools/clients.ts'
import { startProject } from '../tools/project.ts'

const HANDLERS = `
const stream = awslambda.streamifyResponse
const once = (work) => new Promise((resolve) => work(resolve))
exports.steps = stream(async (event, out) => {
  out.write('first')
  await fetch(event.gate)
  out.write({ second: true })
  out.end()
})
exports.http = stream(async (event, out) => {
  const page = awslambda.HttpResponseStream.from(out, {
    statusCode: 201, headers: { 'content-type': 'text/html', 'x-own': 'yes' }, cookies: ['a=1', 'b=2'],
  })
  page.write('<p>')
  if (event.gate) await fetch(event.gate)
  const gate = event.headers?.['x-gate']
  if (gate) await fetch(gate)
  page.write('</p>')
  page.end()
})
exports.typed = stream(async (event, out) => { out.setContentType('text/plain'); out.end('typed') })
exports.late = stream(async (event, out) => { out.write('x'); await once((done) => out.write('y', done)); out.setContentType('text/plain') })
exports.early = stream(async () => { throw new TypeError('before') })
exports.midway = stream(async (event, out) => { out.write('half'); await once((done) => out.write('way', done)); throw new Error('midway') })
exports.exits = stream(async (event, out) => { await once((done) => out.write('some', done)); process.exit(3) })
exports.slow = stream(async (event, out) => { await once((done) => out.write('some', done)); await new Promise(() => {}) })
exports.silent = stream(async (event, out) => { out.end() })
exports.returns = stream(async (event, out) => { out.end('written'); return 'ignored' })
exports.sync = stream((event, out) => { out.end('x') })
exports.large = stream(async (event, out) => {
  const piece = Buffer.alloc(65536, 'x')
  for (let n = 0; n < event.pieces; n++) if (!out.write(piece)) await new Promise((resolve) => out.once('drain', resolve))
  out.end()
})
exports.endless = stream(async (event, out) => {
  const piece = Buffer.alloc(65536, 'x')
  for (let n = 1; n <= 400; n++) {
    if (!out.write(piece)) await new Promise((resolve) => out.once('drain', resolve))
    if (n === event.tellAt) await fetch(event.gate)
  }
  out.end()
  await fetch(event.gate)
})
exports.plain = async (event) => ({ plain: event })
`
const NAMES = [
  'steps',
  'http',
  'typed',
  'late',
  'early',
  'midway',
  'exits',
  'slow',
  'silent',
  'returns',
  'sync',
  'large',
  'endless',
  'plain',
]

const PROJECT = {
  'lambda.yml': `
functions:
${NAMES.flatMap((name) =>
  ['classic', 'modern'].map(
    (kind) => `  ${name}-${kind}:
    handler: handlers.${name}
    runtime: ${kind === 'classic' ? 'nodejs22.x' : 'nodejs24.x'}
    timeout: ${name === 'slow' ? 1 : 20}
    url: ${name === 'plain' ? 'true' : '{ invokeMode: RESPONSE_STREAM }'}
`,
  ),
).join('')}
  buffered: { handler: handlers.http, url: true }
`,
  'handlers.js': HANDLERS,
}

/** A door that a handler knocks at, and the test opens. */
async function createGate() {
  const knocks: ServerResponse[] = []
  let told: (() => void) | undefined
  const server = createServer((_request, response) => {
    knocks.push(response)
    told?.()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    knocked: async (count: number): Promise<void> => {
      while (knocks.length < count) await new Promise<void>((resolve) => (told = resolve))
    },
    open: () => knocks.splice(0).forEach((response) => response.end()),
  }
}

interface Streamed {
  readonly text: string
  readonly end: NonNullable<InvokeWithResponseStreamResponseEvent['InvokeComplete']>
}

async function gathered(
  events: AsyncIterable<InvokeWithResponseStreamResponseEvent> | undefined,
): Promise<Streamed> {
  let text = ''
  let end: Streamed['end'] | undefined
  for await (const { PayloadChunk, InvokeComplete } of events ?? []) {
    text += Buffer.from(PayloadChunk?.Payload ?? []).toString()
    end ??= InvokeComplete
  }
  return { text, end: end ?? {} }
}

const streamed = async (client: LambdaClient, FunctionName: string, event: object = {}) => {
  const answer = await client.send(
    new InvokeWithResponseStreamCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail' }),
  )
  return { ...answer, ...(await gathered(answer.EventStream)) }
}

test.each(['classic', 'modern'])('the first piece arrives before the last is made (%s)', async (kind) => {
  const app = await startProject(PROJECT)
  const client = lambdaOf(app)
  const gate = await createGate()
  const answer = await client.send(
    new InvokeWithResponseStreamCommand({
      FunctionName: `steps-${kind}`,
      Payload: JSON.stringify({ gate: gate.url }),
    }),
  )
  expect(answer.ExecutedVersion).toBe('$LATEST')
  const pieces: string[] = []
  for await (const { PayloadChunk, InvokeComplete } of answer.EventStream ?? []) {
    if (InvokeComplete) pieces.push('complete')
    else pieces.push(Buffer.from(PayloadChunk?.Payload ?? []).toString())
    if (pieces.length === 1) {
      // The handler cannot go on before this, so the second piece did not exist when the first arrived.
      await gate.knocked(1)
      gate.open()
    }
  }
  expect(pieces).toEqual(['first', '{"second":true}', 'complete'])
})

test.each(['classic', 'modern'])('how a stream can end (%s)', async (kind) => {
  const app = await startProject(PROJECT, { clock: 'live' })
  const client = lambdaOf(app)
  const run = (name: string) => streamed(client, `${name}-${kind}`)
  expect(await run('silent')).toMatchObject({ text: '', end: {} })
  const returned = await run('returns')
  expect(returned.text).toBe('written')
  expect(Buffer.from(returned.end.LogResult ?? '', 'base64').toString()).toContain(
    'Streaming handlers ignore return values.',
  )
  const early = await run('early')
  expect([early.text, early.end.ErrorCode, JSON.parse(early.end.ErrorDetails ?? '')]).toMatchObject([
    '',
    'TypeError',
    { errorType: 'TypeError', errorMessage: 'before' },
  ])
  expect(await run('midway')).toMatchObject({ text: 'halfway', end: { ErrorCode: 'Error' } })
  expect(await run('exits')).toMatchObject({ text: 'some', end: { ErrorCode: 'Runtime.ExitError' } })
  expect(await run('slow')).toMatchObject({ text: 'some', end: { ErrorCode: 'Sandbox.Timedout' } })
  expect(await run('late')).toMatchObject({
    text: 'xy',
    end: { ErrorCode: 'Runtime.InvalidStreamingOperation' },
  })
  const sync = await run('sync')
  expect(sync.end.ErrorDetails).toContain('Streaming does not support non-async handlers.')
  expect(await run('plain')).toMatchObject({ text: '{"plain":{}}', end: {} })
})

test('what keeps a function from running is an HTTP error, and the other types are refused or dry', async () => {
  const app = await startProject({
    'lambda.yml': 'functions: { off: { handler: handlers.plain, reservedConcurrency: 0 } }',
    'handlers.js': HANDLERS,
  })
  const client = lambdaOf(app)
  const send = (input: object) =>
    client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'off', ...input }))
  await expect(send({})).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  })
  await expect(send({ FunctionName: 'nope' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope:$LATEST',
  })
  await expect(send({ Payload: '{' })).rejects.toMatchObject({ name: 'InvalidRequestContentException' })
  await expect(send({ InvocationType: 'Event' })).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      "1 validation error detected: Value 'Event' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [RequestResponse, DryRun]",
  })
  expect((await send({ InvocationType: 'DryRun' })).$metadata.httpStatusCode).toBe(204)
})

test('Invoke gathers what a streaming handler writes, under the content type it chose', async () => {
  const app = await startProject(PROJECT)
  const invoke = async (name: string, event: object = {}) => {
    const response = await fetch(`${app.url}/2015-03-31/functions/${name}/invocations`, {
      method: 'POST',
      body: JSON.stringify(event),
    })
    return [response.headers.get('content-type'), await response.text()]
  }
  expect(await invoke('typed-classic')).toEqual(['text/plain', 'typed'])
  expect(await invoke('returns-modern')).toEqual(['application/octet-stream', 'written'])
  const [type, error] = await invoke('large-classic', { pieces: 97 })
  expect([type, JSON.parse(error ?? '')]).toEqual([
    'application/json',
    {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    },
  ])
  const midway = await lambdaOf(app).send(new InvokeCommand({ FunctionName: 'midway-modern' }))
  expect([midway.FunctionError, JSON.parse(Buffer.from(midway.Payload ?? []).toString())]).toMatchObject([
    'Unhandled',
    { errorType: 'Error', errorMessage: 'midway' },
  ])
})

test('a stream may be much longer than a gathered answer', async () => {
  const app = await startProject(PROJECT)
  const { text, end } = await streamed(lambdaOf(app), 'large-classic', { pieces: 160 })
  expect([text.length, end.ErrorCode]).toEqual([160 * 65_536, undefined])
})

test('a caller that does not read holds the handler back, and one that hangs up does not stop it', async () => {
  const app = await startProject(PROJECT, { clock: 'live' })
  const gate = await createGate()
  const aborting = new AbortController()
  const response = await fetch(
    `${app.url}/2021-11-15/functions/endless-classic/response-streaming-invocations`,
    {
      method: 'POST',
      // 25 MB in all: more than sockets and windows hold, so the handler is not through while nobody reads.
      body: JSON.stringify({ gate: gate.url, tellAt: 1 }),
      signal: aborting.signal,
    },
  )
  expect(response.status).toBe(200)
  await gate.knocked(1)
  gate.open()
  aborting.abort()
  // The handler's last act, after its stream has ended.
  await gate.knocked(1)
  gate.open()
})

test.each(['classic', 'modern'])(
  'a function URL with RESPONSE_STREAM sends pieces as they come (%s)',
  async (kind) => {
    const app = await startProject(PROJECT, { clock: 'live' })
    const gate = await createGate()
    const response = await fetch(`${app.url}/_url/http-${kind}/`, { headers: { 'x-gate': gate.url } })
    expect([response.status, response.headers.get('content-type'), response.headers.get('x-own')]).toEqual([
      201,
      'text/html',
      'yes',
    ])
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const reader = response.body?.getReader()
    const first = await reader?.read()
    expect(Buffer.from(first?.value ?? []).toString()).toBe('<p>')
    await gate.knocked(1)
    gate.open()
    const second = await reader?.read()
    expect(Buffer.from(second?.value ?? []).toString()).toBe('</p>')
    expect((await reader?.read())?.done).toBe(true)
  },
)

test('a streaming function URL without metadata, with failures, and a buffered one', async () => {
  const app = await startProject(PROJECT, { clock: 'live' })
  const get = async (name: string) => {
    const response = await fetch(`${app.url}/_url/${name}/`)
    return [
      response.status,
      response.headers.get('content-type'),
      await response.text().catch(() => 'broken'),
    ]
  }
  expect(await get('typed-classic')).toEqual([200, 'text/plain', 'typed'])
  expect(await get('returns-modern')).toEqual([200, 'application/octet-stream', 'written'])
  expect(await get('early-classic')).toEqual([502, 'application/json', '{"message":"Internal Server Error"}'])
  expect(await get('midway-modern')).toEqual([200, 'application/octet-stream', 'broken'])
  expect(await get('plain-classic')).toEqual([
    200,
    'application/json',
    expect.stringContaining('"routeKey":"$default"'),
  ])
  expect(await get('buffered')).toEqual([201, 'text/html', '<p></p>'])
})

const HEADS = {
  'a value with a line break': `{ headers: { 'x-a': 'a\\nb' } }`,
  'a name with a space': `{ headers: { 'x a': 'b' } }`,
  'a cookie that is no Latin text': `{ cookies: ['a=\\u20ac'] }`,
  'cookies that are no list': `{ cookies: 'a=1' }`,
  'no metadata at all': 'null',
  'a status that ends no response': '{ statusCode: 101 }',
  'a status that is none': '{ statusCode: true }',
}

test('a head that no response can have is 502 behind every URL, and the runner lives', async () => {
  const entries = Object.entries(HEADS).map(([title, head], number) => ({ title, head, number }))
  const app = await startProject({
    'lambda.yml': `functions:\n${entries
      .flatMap(({ number }) => [
        `  streams${number}: { handler: index.streams${number}, url: { invokeMode: RESPONSE_STREAM } }`,
        `  gathered${number}: { handler: index.streams${number}, url: true }`,
        `  answers${number}: { handler: index.answers${number}, url: true }`,
        `  mumbles${number}: { handler: index.mumbles${number}, url: true }`,
      ])
      .join('\n')}`,
    'index.js': entries
      .map(
        ({ head, number }) => `
exports.streams${number} = awslambda.streamifyResponse(async (event, out) => {
  awslambda.HttpResponseStream.from(out, ${head}).end('x')
})
exports.mumbles${number} = awslambda.streamifyResponse(async (event, out) => {
  out.setContentType('application/json')
  out.end('no JSON')
})
exports.answers${number} = async () => ({ statusCode: 200, ...${head}, headers: { 'x y': 'z', ...${head}?.headers } })`,
      )
      .join('\n'),
  })
  for (const { title, number } of entries) {
    const statuses = await Promise.all(
      ['streams', 'gathered', 'answers', 'mumbles'].map(
        async (kind) => (await fetch(`${app.url}/_url/${kind}${number}/`)).status,
      ),
    )
    expect([title, ...statuses]).toEqual([title, 502, 502, 502, 502])
  }
})

const COUNTS = `
let events = 0
const once = (work) => new Promise((resolve) => work(resolve))
exports.handler = awslambda.streamifyResponse(async (event, out) => {
  const { gate, isLate } = event.queryStringParameters ?? event
  events++
  if (isLate) await fetch(gate)
  if (gate) for (let n = 0; n < 20; n++) await once((done) => out.write(Buffer.alloc(65536), done))
  if (gate && !isLate) await fetch(gate)
  await once((done) => out.write('counted', done))
  out.end(String(events))
  if (gate) await fetch(gate)
})`

test.each(['thread', 'process'])(
  'one who hangs up, before the first piece or after it, leaves the environment as it was (%s)',
  async (isolation) => {
    const app = await startProject(
      {
        'lambda.yml': `functions: { counts: { handler: index.handler, isolation: ${isolation}, timeout: 20, url: { invokeMode: RESPONSE_STREAM } } }`,
        'index.js': COUNTS,
      },
      { clock: 'live' },
    )
    const client = lambdaOf(app)
    expect((await streamed(client, 'counts')).text).toBe('counted1')
    let events = 1
    for (const door of ['api', 'url']) {
      for (const isLate of ['1', '']) {
        const gate = await createGate()
        const aborting = new AbortController()
        const asked = { gate: gate.url, isLate }
        const answer =
          door === 'api'
            ? fetch(`${app.url}/2021-11-15/functions/counts/response-streaming-invocations`, {
                method: 'POST',
                body: JSON.stringify(asked),
                signal: aborting.signal,
              })
            : fetch(`${app.url}/_url/counts/?${String(new URLSearchParams(asked))}`, {
                signal: aborting.signal,
              })
        const gone = answer.then(
          (response) => response.arrayBuffer().catch(() => {}),
          () => {},
        )
        await gate.knocked(1)
        aborting.abort()
        await gone
        gate.open()
        // The handler gets to its end, whoever reads.
        await gate.knocked(1)
        gate.open()
        await app.settle()
        events++
      }
    }
    const last = await streamed(client, 'counts')
    expect(last.text).toBe(`counted${events + 1}`)
  },
)

test('a length that the handler announces is kept to, or the response breaks', async () => {
  const lengths = { right: 5, short: 9, long: 3, none: '5 bytes' }
  const app = await startProject(
    {
      'lambda.yml': `functions:\n${Object.keys(lengths)
        .map((name) => `  ${name}: { handler: index.${name}, url: { invokeMode: RESPONSE_STREAM } }`)
        .join('\n')}`,
      'index.js': Object.entries(lengths)
        .map(
          ([name, length]) => `exports.${name} = awslambda.streamifyResponse(async (event, out) => {
  const page = awslambda.HttpResponseStream.from(out, { headers: { 'content-length': '${length}' } })
  page.write('12')
  page.end('345')
})`,
        )
        .join('\n'),
    },
    { clock: 'live' },
  )
  const get = async (name: string, method = 'GET') => {
    const response = await fetch(`${app.url}/_url/${name}/`, { method })
    return [response.status, await response.text().catch(() => 'broken')]
  }
  expect(await get('right')).toEqual([200, '12345'])
  expect(await get('short')).toEqual([200, 'broken'])
  expect(await get('short', 'HEAD')).toEqual([200, ''])
  expect(await get('long')).toEqual([200, '123'])
  expect(await get('none')).toEqual([502, '{"message":"Internal Server Error"}'])
  expect(await get('right')).toEqual([200, '12345'])
})

test('a long piece comes in events that every SDK reads', async () => {
  const app = await startProject(
    {
      'lambda.yml': 'functions: { long: { handler: index.handler, memorySize: 1024 } }',
      'index.js': `exports.handler = awslambda.streamifyResponse(async (event, out) => { out.end(Buffer.alloc(30_000_000, 'x')) })`,
    },
    { clock: 'live' },
  )
  const { EventStream } = await lambdaOf(app).send(
    new InvokeWithResponseStreamCommand({ FunctionName: 'long' }),
  )
  const lengths: number[] = []
  for await (const { PayloadChunk } of EventStream ?? [])
    if (PayloadChunk) lengths.push(PayloadChunk.Payload?.length ?? 0)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(1_048_576)
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(30_000_000)
})

const BREAKS = `
const { pipeline } = require('node:stream/promises')
const { Readable } = require('node:stream')
const stream = awslambda.streamifyResponse
let events = 0
const broken = async function* () { yield 'half'; throw new Error('source ' + ++events) }
exports.pipes = stream(async (event, out) => { await pipeline(Readable.from(broken()), out) })
exports.closes = stream(async (event, out) => { out.write('half'); out.destroy(); events++ })
exports.late = stream(async (event, out) => { out.end('half'); out.write('late'); events++ })
exports.types = stream(async (event, out) => { events++; out.setContentType(event.type); out.end('half') })
exports.throws = async (event) => { events++; throw event.plain ? Object.create(null) : new Proxy({}, { get() { throw new Error('trap') } }) }
exports.never = stream(async () => {})
`

test.each(['nodejs22.x', 'nodejs24.x'])(
  'a stream that its handler breaks fails that event and costs no environment (%s)',
  async (runtime) => {
    const names = ['pipes', 'closes', 'late', 'types', 'throws']
    const app = await startProject({
      'lambda.yml': `functions:\n${names
        .flatMap((name) =>
          ['thread', 'process'].map(
            (isolation) =>
              `  ${name}-${isolation}: { handler: index.${name}, runtime: ${runtime}, isolation: ${isolation} }`,
          ),
        )
        .join('\n')}`,
      'index.js': BREAKS,
    })
    const client = lambdaOf(app)
    const twice = async (name: string, event: object = {}) => {
      const texts: unknown[][] = []
      for (const _ of [1, 2]) {
        const {
          FunctionError,
          Payload,
          LogResult = '',
        } = await client.send(
          new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), LogType: 'Tail' }),
        )
        const { errorType, errorMessage } = JSON.parse(Buffer.from(Payload ?? []).toString()) as {
          errorType: string
          errorMessage: string
        }
        const isCold = Buffer.from(LogResult, 'base64').toString().includes('Init Duration')
        texts.push([FunctionError, errorType, errorMessage, isCold])
      }
      return texts
    }
    const both = (errorType: string, message: string) => [
      ['Unhandled', errorType, message, true],
      ['Unhandled', errorType, message, false],
    ]
    for (const isolation of ['thread', 'process']) {
      expect(await twice(`pipes-${isolation}`)).toEqual([
        ['Unhandled', 'Error', 'source 1', true],
        ['Unhandled', 'Error', 'source 2', false],
      ])
      expect(await twice(`closes-${isolation}`)).toEqual(both('Error', 'Premature close'))
      expect(await twice(`late-${isolation}`)).toEqual(both('Error', 'write after end'))
      expect(await twice(`types-${isolation}`, { type: 'a\nb' })).toEqual(
        both('TypeError', 'Invalid character in header content ["Content-Type"]'),
      )
      expect(await twice(`types-${isolation}`)).toMatchObject([
        ['Unhandled', 'TypeError', 'Invalid value "undefined" for header "Content-Type"', false],
        ['Unhandled', 'TypeError', 'Invalid value "undefined" for header "Content-Type"', false],
      ])
      for (const plain of [true, false]) {
        const thrown = await twice(`throws-${isolation}`, { plain })
        expect([thrown.map(([, type]) => type), thrown[1]?.[3]]).toEqual([['handled', 'handled'], false])
      }
    }
  },
)

test('a stream that never ends runs into the timeout, in a thread and in a process', async () => {
  const app = await startProject({
    'lambda.yml': `functions:
  thread: { handler: index.never, timeout: 1 }
  process: { handler: index.never, timeout: 1, isolation: process }`,
    'index.js': BREAKS,
  })
  const client = lambdaOf(app)
  const ends = await Promise.all(['thread', 'process'].map((name) => streamed(client, name)))
  expect(ends.map(({ end }) => end.ErrorCode)).toEqual(['Sandbox.Timedout', 'Sandbox.Timedout'])
})

test('a stream that goes beyond 200 MiB is cut there, and told to be too large', async () => {
  const app = await startProject(PROJECT, { clock: 'live' })
  const answer = await lambdaOf(app).send(
    new InvokeWithResponseStreamCommand({
      FunctionName: 'large-modern',
      Payload: JSON.stringify({ pieces: 3_201 }),
    }),
  )
  let bytes = 0
  let code: string | undefined
  for await (const { PayloadChunk, InvokeComplete } of answer.EventStream ?? []) {
    bytes += PayloadChunk?.Payload?.length ?? 0
    code ??= InvokeComplete?.ErrorCode
  }
  expect([bytes, code]).toEqual([209_715_200, 'Function.ResponseSizeTooLarge'])
})

const BOTO3 = `
import boto3, json
answer = boto3.client('lambda').invoke_with_response_stream(FunctionName='midway-classic', Payload='{}', LogType='Tail')
for event in answer['EventStream']:
    if 'PayloadChunk' in event:
        print(event['PayloadChunk']['Payload'].decode())
    else:
        end = event['InvokeComplete']
        print(end['ErrorCode'], json.loads(end['ErrorDetails'])['errorMessage'], len(end['LogResult']) > 0)
print(answer['ExecutedVersion'], answer['ResponseStreamContentType'])
`
const canStream = "import boto3; boto3.client('lambda', region_name='x').invoke_with_response_stream"

test.skipIf(spawnSync('python3', ['-c', canStream]).status !== 0)(
  'boto3 reads a streamed answer',
  async () => {
    const app = await startProject(PROJECT, { clock: 'live' })
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: app.url,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
    }
    const { stdout } = await promisify(execFile)('python3', ['-c', BOTO3], { env })
    expect(stdout.trimEnd().split('\n').slice(-2)).toEqual([
      'Error midway True',
      '$LATEST application/vnd.amazon.eventstream',
    ])
    expect(stdout.replaceAll('\n', '')).toMatch(/^halfway/)
  },
)
