import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:'

/** A function with everything that an asynchronous failure can lead to. */
const project = (settings: string, handler: string): Record<string, string> => ({
  'lambda.yml': `
service: shop
functions:
  checkout:
    handler: checkout.handler
${settings.replaceAll(/^/gm, '    ')}
  audit:
    handler: audit.handler
resources:
  queues: { dead: {}, failed: {}, succeeded: {} }
`,
  'checkout.js': handler,
  'audit.js': `exports.handler = async (event) => { console.log('audited ' + event.requestContext.condition) }`,
})

const THROWS = `exports.handler = async () => { throw new Error('boom') }`

test('a throwing function is retried after one and two minutes, then leaves a dead letter and a failure record', async () => {
  const app = await startProject(
    project('onError: sqs:dead\ndestinations: { onFailure: sqs:failed }', THROWS),
  )
  // The first run starts the worker; what is timed is the path, not the cold start.
  await app.invoke('checkout')
  const acceptedMs = app.clock.now()

  const startedMs = performance.now()
  const { requestId } = await app.invoke('checkout', { id: 1 }, { type: 'Event' })
  await app.clock.advance('3m')
  await app.settle()
  const tookMs = performance.now() - startedMs

  const [letter, ...moreLetters] = app.queue('dead').messages()
  expect(moreLetters).toEqual([])
  expect(letter?.body).toBe('{"id":1}')
  expect(letter?.attributes).toEqual({ RequestID: requestId, ErrorCode: '200', ErrorMessage: 'boom' })

  const [record, ...moreRecords] = app.queue('failed').messages()
  expect(moreRecords).toEqual([])
  expect(record?.attributes).toEqual({})
  expect(JSON.parse(record?.body ?? '')).toEqual({
    version: '1.0',
    timestamp: new Date(acceptedMs + 180_000).toISOString(),
    requestContext: {
      requestId,
      functionArn: `${FUNCTION_ARN}checkout:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    requestPayload: { id: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: {
      errorType: 'Error',
      errorMessage: 'boom',
      trace: expect.arrayContaining(['Error: boom']) as unknown,
    },
  })
  // Not AWS's behaviour but ours: moving the clock costs no real time. Generous, for a busy machine.
  expect(tookMs).toBeLessThan(2_000)
})

test('attempts come at 0, 60 and 180 seconds, all with the same request id', async () => {
  const app = await startProject(project('onError: sqs:dead', THROWS))
  const startMs = app.clock.now()
  const { requestId } = await app.invoke('checkout', {}, { type: 'Event' })
  await app.clock.advance('10m')
  const runs = app.ledger
    .latest()
    .filter((entry) => entry.kind === 'invocationEnded' && entry.requestId === requestId)
    .map((entry) => entry.atMs - startMs)
  expect(runs).toEqual([0, 60_000, 180_000])
})

test('a function that recovers is not given up: the success record counts its attempts', async () => {
  const handler = `
let runs = 0
exports.handler = async () => { if (++runs < 3) throw new Error('not yet'); return { ok: true } }`
  const app = await startProject(
    project('onError: sqs:dead\ndestinations: { onSuccess: sqs:succeeded }', handler),
  )
  await app.invoke('checkout', { id: 7 }, { type: 'Event' })
  await app.clock.advance('3m')
  await app.settle()
  expect(app.queue('dead').messages()).toEqual([])
  expect(JSON.parse(app.queue('succeeded').messages()[0]?.body ?? '')).toMatchObject({
    requestContext: { condition: 'Success', approximateInvokeCount: 3 },
    requestPayload: { id: 7 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: { ok: true },
  })
})

/** The record of a failing event, whole. */
const failureRecord = (facts: {
  atMs: number
  requestId: string
  condition: string
  count: number
  hasRun?: boolean
}): object => ({
  version: '1.0',
  timestamp: new Date(facts.atMs).toISOString(),
  requestContext: {
    requestId: facts.requestId,
    functionArn: `${FUNCTION_ARN}checkout:$LATEST`,
    condition: facts.condition,
    approximateInvokeCount: facts.count,
  },
  requestPayload: {},
  ...(facts.hasRun !== false && {
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: {
      errorType: 'Error',
      errorMessage: 'boom',
      trace: expect.arrayContaining(['Error: boom']) as unknown,
    },
  }),
})

test.each([
  // The next attempt would come at 60 s, which is too late: given up at once, without waiting for the minute.
  ['maximumEventAge: 60', 0, 'EventAgeExceeded', 1],
  // The second attempt comes at 60 s; the third would come at 180 s.
  ['maximumEventAge: 90', 60_000, 'EventAgeExceeded', 2],
  ['maximumRetryAttempts: 0', 0, 'RetriesExhausted', 1],
  ['maximumRetryAttempts: 1', 60_000, 'RetriesExhausted', 2],
  ['maximumRetryAttempts: 2', 180_000, 'RetriesExhausted', 3],
  ['maximumRetryAttempts: 2\nmaximumEventAge: 180', 60_000, 'EventAgeExceeded', 2],
] as const)(
  '%s: a failing event is given up after %i ms, %s, with %i attempts made',
  async (limits, afterMs, condition, count) => {
    const app = await startProject(project(`${limits}\ndestinations: { onFailure: sqs:failed }`, THROWS))
    const acceptedMs = app.clock.now()
    const { requestId } = await app.invoke('checkout', {}, { type: 'Event' })
    await app.clock.advance(afterMs)
    await app.settle()
    const records = app.queue('failed').messages()
    expect(records.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      failureRecord({ atMs: acceptedMs + afterMs, requestId, condition, count }),
    ])
  },
)

test('reserved concurrency 0: accepted, never run, recorded without a response', async () => {
  const app = await startProject(
    project('reservedConcurrency: 0\nonError: sqs:dead\ndestinations: { onFailure: sqs:failed }', THROWS),
  )
  const { statusCode, requestId } = await app.invoke('checkout', {}, { type: 'Event' })
  expect(statusCode).toBe(202)
  await app.settle()
  const condition = 'ZeroReservedConcurrency'
  expect(JSON.parse(app.queue('failed').messages()[0]?.body ?? '')).toEqual(
    failureRecord({ atMs: app.clock.now(), requestId, condition, count: 0, hasRun: false }),
  )
  expect(app.queue('dead').messages()).toMatchObject([{ body: '{}', attributes: { RequestID: requestId } }])
})

test('events of a function that leaves the spec wait, are named by settle and run when it is back', async () => {
  const files = project('', THROWS)
  const spec = files['lambda.yml'] ?? ''
  const warnings: string[] = []
  const app = await startProject(files, {
    log: { debug() {}, info() {}, warn: (text) => warnings.push(text), error() {} },
  })
  await app.invoke('checkout', {}, { type: 'Event' })
  await app.clock.advance(0)
  app.project.write('lambda.yml', spec.replace('checkout:', 'renamed:'))
  await app.reloadSpec()
  await app.clock.advance('1h')
  await expect(app.settle()).rejects.toThrow('1 asynchronous event of checkout: no function checkout')
  expect(warnings).toEqual([
    '1 asynchronous event waits for the function checkout, which is not there; it runs when it is back',
  ])
  app.project.write('checkout.js', `exports.handler = async () => 'done'`)
  app.project.write('lambda.yml', spec)
  await app.reloadSpec()
  await app.settle()
  expect(app.ledger.latest().findLast(({ kind }) => kind === 'invocationEnded')).toMatchObject({
    functionName: 'checkout',
    outcome: 'success',
    attempt: 2,
  })
})

test('status counts what CloudWatch would', async () => {
  const app = await startProject(
    project('maximumRetryAttempts: 1\nonError: sqs:dead\ndestinations: { onFailure: lambda:audit }', THROWS),
  )
  await app.invoke('checkout')
  await app.invoke('checkout', {}, { type: 'Event' })
  await app.clock.advance('1m')
  await app.settle()
  const [checkout, audit] = app.status().functions
  expect(checkout?.figures).toEqual({
    invocations: 3,
    errors: 3,
    throttles: 0,
    asyncEventsReceived: 1,
    asyncEventAge: { attempts: 2, averageMs: 30_000, maximumMs: 60_000 },
    asyncEventsDropped: 1,
    destinationDeliveryFailures: 0,
    deadLetterErrors: 0,
    recursiveInvocationsDropped: 0,
  })
  expect(audit?.figures).toMatchObject({ invocations: 1, asyncEventsReceived: 1 })
  const response = await fetch(`${app.url}/_lambent/status`)
  expect(await response.json()).toMatchObject({ functions: [{ figures: { asyncEventsReceived: 1 } }, {}] })
})

test('a destination can be a function, which runs asynchronously with the record', async () => {
  const app = await startProject(
    project('destinations: { onSuccess: lambda:audit }', `exports.handler = async () => 1`),
  )
  const { requestId } = await app.invoke('checkout', {}, { type: 'Event' })
  await app.settle()
  const audit = app.ledger
    .latest()
    .find((entry) => entry.kind === 'invocationEnded' && entry.functionName === 'audit')
  expect(audit).toMatchObject({ outcome: 'success' })
  const lines = app.ledger
    .latest()
    .flatMap((entry) => (entry.kind === 'logLine' && entry.source === 'function' ? [entry.text] : []))
  expect(lines.join('\n')).toContain('audited Success')
  expect(app.ledger.latest().find((entry) => entry.kind === 'delivered')).toMatchObject({
    requestId,
    role: 'onSuccess',
    arn: `${FUNCTION_ARN}audit`,
  })
})

test('settle says what is open and what it waits for when only the clock could go on', async () => {
  const app = await startProject(project('', THROWS))
  await app.invoke('checkout', {}, { type: 'Event' })
  await expect(app.settle()).rejects.toThrow(
    /1 asynchronous event of checkout: waits until .*, 60 s from now/,
  )
})

test('events queued before the clock moves wait for a free place, and are not lost to throttling', async () => {
  const handler = `exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 20)) }`
  const app = await startProject(
    project('reservedConcurrency: 1\ndestinations: { onSuccess: sqs:succeeded }', handler),
  )
  await Promise.all(Array.from({ length: 10 }, (_, id) => app.invoke('checkout', { id }, { type: 'Event' })))
  await app.settle()
  expect(app.queue('succeeded').messages()).toHaveLength(10)
})

test('a record over the size of its destination is refused and told, and the event does not run again', async () => {
  const handler = `exports.handler = async () => 'x'.repeat(2 * 1024 * 1024)`
  const app = await startProject(project('destinations: { onSuccess: sqs:succeeded }', handler))
  const { requestId } = await app.invoke('checkout', {}, { type: 'Event' })
  await app.clock.advance('1h')
  await app.settle()
  const entries = app.ledger.latest()
  expect(entries.filter(({ kind }) => kind === 'invocationEnded')).toHaveLength(1)
  expect(entries.find(({ kind }) => kind === 'deliveryFailed')).toMatchObject({
    requestId,
    role: 'onSuccess',
    reason: expect.stringContaining('Message must be shorter than 1048576 bytes') as unknown,
  })
  expect(app.queue('succeeded').messages()).toEqual([])
})
