import {
  CreateAliasCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { App } from 'lambent'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'
import {
  anyUuid,
  arn,
  bodiesIn,
  BOOM,
  clientsOf,
  figuresOf,
  functionArn,
  PAY,
  recordOf,
  recordText,
  runsOf,
} from './destinationsWorld.ts'

const project = (settings: string, handler = PAY) => ({
  'lambda.yml': `
service: shop
functions:
  pay: { handler: pay.handler, ${settings} }
resources:
  queues: { records: {}, dead: {}, gate: {} }
`,
  'pay.js': handler,
})

const invocations = (app: App, name: string): string => `${app.url}/2015-03-31/functions/${name}/invocations`
const asEvent = { 'x-amz-invocation-type': 'Event' }

test('an accepted event is answered 202 with an empty body: no version, no log, no error, whatever was asked for', async () => {
  const app = await startProject(project('onError: sqs:dead'))
  const response = await fetch(invocations(app, 'pay'), {
    method: 'POST',
    headers: { ...asEvent, 'x-amz-log-type': 'Tail' },
    body: '{"fail":true}',
  })
  expect([response.status, await response.text()]).toEqual([202, ''])
  const names = [...response.headers.keys()].filter((name) => /^(x-amz-|content-type)/.test(name))
  expect(names).toEqual([])
  const { lambda } = clientsOf(app)
  const { $metadata, ...answer } = await lambda.send(
    new InvokeCommand({ FunctionName: 'pay', InvocationType: 'Event', LogType: 'Tail', Payload: '{}' }),
  )
  expect($metadata).toMatchObject({ httpStatusCode: 202, requestId: anyUuid })
  expect({ ...answer, Payload: [...(answer.Payload ?? [])] }).toEqual({ StatusCode: 202, Payload: [] })
})

test('the client context of an event does not reach the handler', async () => {
  const handler = `exports.handler = async (event, context) => context.clientContext ?? 'none'`
  const app = await startProject(project('destinations: { onSuccess: sqs:records }', handler))
  const { lambda } = clientsOf(app)
  const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64')
  const invoke = (InvocationType: 'Event' | 'RequestResponse') =>
    lambda.send(new InvokeCommand({ FunctionName: 'pay', InvocationType, ClientContext }))
  const direct = await invoke('RequestResponse')
  expect(JSON.parse(direct.Payload?.transformToString() ?? '')).toEqual({ custom: { a: 1 } })
  await invoke('Event')
  await app.settle()
  expect(JSON.parse(bodiesIn(app, 'records')[0] ?? '')).toMatchObject({ responsePayload: 'none' })
})

const MIB = 1_048_576

test.each([
  [
    'a function that is not there',
    'nobody',
    '{}',
    404,
    { Message: `Function not found: ${functionArn('nobody')}:$LATEST`, Type: 'User' },
  ],
  [
    'an alias that is not there',
    'pay:live',
    '{}',
    404,
    { Message: `Function not found: ${functionArn('pay')}:live`, Type: 'User' },
  ],
  [
    'a body that is not JSON',
    'pay',
    '{"a":',
    400,
    {
      Type: 'User',
      message: expect.stringMatching(
        /^Could not parse request body into json: Could not parse payload into json: /,
      ) as unknown,
    },
  ],
  [
    'a payload over 1 MiB',
    'pay',
    `"${'x'.repeat(MIB - 1)}"`,
    413,
    {
      Message: '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    },
  ],
] as const)('%s is refused at once, and nothing is queued', async (_, name, body, status, error) => {
  const app = await startProject(project('onError: sqs:dead'))
  const response = await fetch(invocations(app, name), { method: 'POST', headers: asEvent, body })
  expect([response.status, await response.json()]).toEqual([status, error])
  await app.settle()
  expect(figuresOf(app, 'pay')).toEqual({})
})

test('an event of exactly 1 MiB is accepted and run', async () => {
  const app = await startProject(project(''))
  const body = `{"id":"${'x'.repeat(MIB - 9)}"}`
  const response = await fetch(invocations(app, 'pay'), { method: 'POST', headers: asEvent, body })
  expect([body.length, response.status]).toEqual([MIB, 202])
  await app.settle()
  expect(figuresOf(app, 'pay')).toEqual({ asyncEventsReceived: 1, invocations: 1 })
})

/** All the ways in which the code of a function can fail: each is an attempt. */
test.each([
  ['throws a text', `exports.handler = async () => { throw 'plain' }`, 'string', 'plain', []],
  [
    'fails while it is loaded',
    `throw Object.assign(new Error('no config'), { stack: 'Error: no config' })`,
    'Error',
    'no config',
    ['Error: no config'],
  ],
  [
    'is not there',
    `exports.other = 1`,
    'Runtime.HandlerNotFound',
    'pay.handler is undefined or not exported',
    expect.any(Array),
  ],
  [
    'runs into its timeout',
    `exports.handler = () => new Promise(() => setInterval(() => {}, 1_000))`,
    'Sandbox.Timedout',
    'RequestId: ID Error: Task timed out after 1.00 seconds',
  ],
  [
    'blocks its thread',
    `exports.handler = async () => { for (;;); }`,
    'Sandbox.Timedout',
    'RequestId: ID Error: Task timed out after 1.00 seconds',
  ],
  [
    'ends its process',
    `exports.handler = async () => process.exit(0)`,
    'Runtime.ExitError',
    'RequestId: ID Error: Runtime exited without providing a reason',
  ],
  [
    'ends its process with a status',
    `exports.handler = async () => process.exit(127)`,
    'Runtime.ExitError',
    'RequestId: ID Error: Runtime exited with error: exit status 127',
  ],
  [
    'crashes',
    `exports.handler = async () => { process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {}) }`,
    'Runtime.ExitError',
    'RequestId: ID Error: Runtime exited with error: signal: segmentation fault',
  ],
] as const)(
  'a function that %s has made an attempt: it is retried, and its last error is recorded',
  async (_, handler, errorType, errorMessage, trace?: unknown) => {
    const app = await startProject(
      project(
        'timeout: 1, maximumRetryAttempts: 1, onError: sqs:dead, destinations: { onFailure: sqs:records }',
        handler,
      ),
    )
    const startMs = app.clock.now()
    const { requestId } = await app.invoke('pay', { id: 1 }, { type: 'Event' })
    await app.clock.advance('1m')
    await app.settle()
    const message = errorMessage.replace('ID', requestId)
    expect(bodiesIn(app, 'records').map((body) => JSON.parse(body) as unknown)).toEqual([
      recordOf({
        atMs: startMs + 60_000,
        requestId,
        condition: 'RetriesExhausted',
        count: 2,
        event: { id: 1 },
        response: { errorType, errorMessage: message, ...(trace !== undefined && { trace }) },
      }),
    ])
    expect(app.queue('dead').messages()).toMatchObject([
      { body: '{"id":1}', attributes: { RequestID: requestId, ErrorCode: '200', ErrorMessage: message } },
    ])
    expect(runsOf(app, 'pay', startMs)).toEqual([0, 60_000])
    expect(figuresOf(app, 'pay')).toMatchObject({ invocations: 2, errors: 2, asyncEventsDropped: 1 })
  },
)

test('all attempts have the same request id, log lines of their own and the same environment', async () => {
  const handler = `
let runs = 0
exports.handler = async (event, context) => { throw 'run ' + ++runs + ' of ' + context.awsRequestId }`
  const app = await startProject(project('', handler))
  const { requestId } = await app.invoke('pay', {}, { type: 'Event' })
  await app.clock.advance('3m')
  await app.settle()
  const attempts = app.function('pay').messages()
  expect(attempts.map(({ attempt, response }) => ({ attempt, response }))).toEqual(
    [1, 2, 3].map((run) => ({
      attempt: run,
      response: { errorType: 'string', errorMessage: `run ${run} of ${requestId}`, trace: [] },
    })),
  )
  const lines = app.ledger.latest().flatMap((entry) => (entry.kind === 'logLine' ? [entry] : []))
  expect(new Set(lines.map(({ logStream }) => logStream)).size).toBe(1)
  const platform = lines.flatMap(({ source, text }) => {
    const name = /^(START|END|REPORT) RequestId: (\S+)/.exec(text)
    return source === 'platform' && name ? [`${name[1]} ${name[2]}`] : []
  })
  const one = ['START', 'END', 'REPORT'].map((name) => `${name} ${requestId}`)
  expect(platform).toEqual([...one, ...one, ...one])
})

test('an event runs the code that is there when its turn comes, not that of when it was accepted', async () => {
  const app = await startProject(
    project('destinations: { onSuccess: sqs:records }', `exports.handler = async () => { throw 'old' }`),
  )
  await app.invoke('pay', {}, { type: 'Event' })
  await app.clock.advance('30s')
  app.project.write('pay.js', `exports.handler = async () => 'new'`)
  await app.reload()
  await app.clock.advance('30s')
  await app.settle()
  expect(JSON.parse(bodiesIn(app, 'records')[0] ?? '')).toMatchObject({
    requestContext: { condition: 'Success', approximateInvokeCount: 2 },
    responsePayload: 'new',
  })
})

test('an event of an alias that is moved while it waits runs the version that the alias has now', async () => {
  const app = await startProject(project('', `exports.handler = async () => { throw 'old' }`))
  const { lambda } = clientsOf(app)
  const FunctionName = 'pay'
  await lambda.send(new PublishVersionCommand({ FunctionName }))
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }))
  const DestinationConfig = { OnSuccess: { Destination: arn('sqs', 'records') } }
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: 'live', DestinationConfig }),
  )
  await app.invoke('pay', {}, { type: 'Event', qualifier: 'live' })
  await app.clock.advance('30s')
  app.project.write('pay.js', `exports.handler = async () => 'new'`)
  await app.reload()
  await lambda.send(new PublishVersionCommand({ FunctionName }))
  await lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }))
  await app.clock.advance('30s')
  await app.settle()
  expect(JSON.parse(bodiesIn(app, 'records')[0] ?? '')).toMatchObject({
    requestContext: { condition: 'Success', approximateInvokeCount: 2 },
    responseContext: { statusCode: 200, executedVersion: '2' },
    responsePayload: 'new',
  })
})

test('an event of a version has a config of its own, and the dead-letter queue of $LATEST', async () => {
  const app = await startProject(project('onError: sqs:dead, destinations: { onFailure: sqs:gate }'))
  const { lambda } = clientsOf(app)
  const FunctionName = 'pay'
  await lambda.send(new PublishVersionCommand({ FunctionName }))
  const plain = await app.invoke('pay', { fail: true }, { type: 'Event', qualifier: '1' })
  await app.clock.advance('3m')
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName,
      Qualifier: '1',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: arn('sqs', 'records') } },
    }),
  )
  const configured = await app.invoke('pay', { fail: true }, { type: 'Event', qualifier: '1' })
  await app.settle()
  expect(bodiesIn(app, 'records')).toEqual([
    recordText({
      atMs: app.clock.now(),
      requestId: configured.requestId,
      functionName: 'pay:1',
      condition: 'RetriesExhausted',
      count: 1,
      event: { fail: true },
      response: BOOM,
      executedVersion: '1',
    }),
  ])
  // The destination that $LATEST has was not published with the version.
  expect(bodiesIn(app, 'gate')).toEqual([])
  const letters = app.queue('dead').messages()
  expect(letters.map(({ attributes }) => attributes['RequestID'])).toEqual([
    plain.requestId,
    configured.requestId,
  ])
})

test('reserved concurrency 0: callers are throttled, events are accepted and given up without an attempt', async () => {
  const app = await startProject(project('onError: sqs:dead, destinations: { onFailure: sqs:records }'))
  const { lambda } = clientsOf(app)
  const FunctionName = 'pay'
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }))
  await expect(lambda.send(new InvokeCommand({ FunctionName }))).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  })
  const { $metadata, StatusCode } = await lambda.send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: '{"id":1}' }),
  )
  expect(StatusCode).toBe(202)
  await app.settle()
  const requestId = $metadata.requestId ?? ''
  const condition = 'ZeroReservedConcurrency'
  expect(bodiesIn(app, 'records')).toEqual([
    recordText({ atMs: app.clock.now(), requestId, condition, count: 0, event: { id: 1 } }),
  ])
  expect(app.queue('dead').messages()).toMatchObject([
    { body: '{"id":1}', attributes: { RequestID: requestId } },
  ])
  expect(figuresOf(app, 'pay')).toEqual({ throttles: 1, asyncEventsReceived: 1, asyncEventsDropped: 1 })
})

/** Stays in its environment until a message comes to the queue `gate`, however far the clock moves meanwhile. */
const HELD = `
const { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: key } = process.env
exports.handler = async (event) => {
  if (!event.hold) return event.id
  for (;;) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.ReceiveMessage',
        authorization: 'AWS4-HMAC-SHA256 Credential=' + key + '/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ QueueUrl: 'gate', WaitTimeSeconds: 20 }),
    })
    const { Messages = [] } = await response.json()
    if (Messages.length > 0) return 'held'
  }
}`

test('an event that is throttled uses up no attempt: it waits while callers are refused, and runs when there is a place', async () => {
  const app = await startProject(
    project(
      'timeout: 900, reservedConcurrency: 1, maximumRetryAttempts: 0, destinations: { onSuccess: sqs:records }',
      HELD,
    ),
  )
  const { lambda, sqs, queueUrl } = clientsOf(app)
  const startMs = app.clock.now()
  const held = await app.invoke('pay', { hold: true }, { type: 'Event' })
  await app.clock.advance('1s')
  const waiting = await app.invoke('pay', { id: 7 }, { type: 'Event' })
  await app.clock.advance('1h')
  await expect(lambda.send(new InvokeCommand({ FunctionName: 'pay' }))).rejects.toMatchObject({
    name: 'TooManyRequestsException',
  })
  expect(bodiesIn(app, 'records')).toEqual([])
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('gate'), MessageBody: 'go on' }))
  await app.settle()
  const atMs = startMs + 3_601_000
  const condition = 'Success'
  const ends = { atMs, condition, count: 1 }
  expect(bodiesIn(app, 'records')).toEqual([
    recordText({ ...ends, requestId: held.requestId, event: { hold: true }, response: 'held' }),
    recordText({ ...ends, requestId: waiting.requestId, event: { id: 7 }, response: 7 }),
  ])
  expect(figuresOf(app, 'pay')).toEqual({ invocations: 2, throttles: 1, asyncEventsReceived: 2 })
})

test('events run side by side up to the reserved concurrency, and all of them run', async () => {
  const handler = `exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 20)) }`
  const app = await startProject(
    project('reservedConcurrency: 2, destinations: { onSuccess: sqs:records }', handler),
  )
  await Promise.all(Array.from({ length: 12 }, (_, id) => app.invoke('pay', { id }, { type: 'Event' })))
  await app.settle()
  expect(bodiesIn(app, 'records')).toHaveLength(12)
  expect(app.status().functions[0]?.environments).toBeLessThanOrEqual(2)
  expect(figuresOf(app, 'pay')).toEqual({ invocations: 12, asyncEventsReceived: 12 })
})
