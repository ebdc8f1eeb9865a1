import type { App } from 'lambent'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'
import {
  arn,
  bodiesIn,
  BOOM,
  figuresOf,
  functionArn,
  PAY,
  type ExpectedRecord,
  recordText,
  runsOf,
} from './destinationsWorld.ts'

/** A kind of target: how the spec names it, its ARN, and the JSON texts that have come there. */
interface Target {
  readonly reference: string
  readonly arn: string
  readonly arrived: (app: App) => unknown[]
}

const DESTINATIONS: Readonly<Record<string, Target>> = {
  'a function': {
    reference: 'lambda:audit',
    arn: functionArn('audit'),
    arrived: (app) =>
      app
        .function('audit')
        .messages()
        .map(({ event }) => JSON.stringify(event)),
  },
  'a queue': {
    reference: 'sqs:records',
    arn: arn('sqs', 'records'),
    arrived: (app) => bodiesIn(app, 'records'),
  },
  'a topic': {
    reference: 'sns:records',
    arn: arn('sns', 'records'),
    arrived: (app) =>
      app
        .topic('records')
        .messages()
        .map(({ message }) => message),
  },
  'a bus': {
    reference: 'events:records',
    arn: arn('events', 'event-bus/records'),
    arrived: (app) =>
      app
        .bus('records')
        .messages()
        .map(({ detail }) => JSON.stringify(detail)),
  },
  'a bucket': {
    reference: 's3:records',
    arn: 'arn:aws:s3:::records',
    arrived: (app) =>
      app
        .bucket('records')
        .messages()
        .map(({ body }) => body),
  },
}

const DEAD_LETTERS: Readonly<Record<string, Target>> = {
  'a queue': {
    reference: 'sqs:dead',
    arn: arn('sqs', 'dead'),
    arrived: (app) =>
      app
        .queue('dead')
        .messages()
        .map(({ body, attributes }) => ({ body, attributes })),
  },
  'a topic': {
    reference: 'sns:dead',
    arn: arn('sns', 'dead'),
    arrived: (app) =>
      app
        .topic('dead')
        .messages()
        .map(({ message, attributes }) => ({ body: message, attributes })),
  },
}

const project = (settings: string): Record<string, string> => ({
  'lambda.yml': `
service: shop
functions:
  pay: { handler: pay.handler, ${settings} }
  audit: { handler: audit.handler }
resources:
  queues: { dead: {}, records: {} }
  topics: { dead: {}, records: {} }
  buses: { records: {} }
  buckets: { records: {} }
`,
  'pay.js': PAY,
  'audit.js': 'exports.handler = async () => null',
})

/** What happened to an event, without the lines it logged and what its targets told of themselves. */
const lifeOf = (app: App, requestId: string): object[] =>
  app.ledger.latest().flatMap((entry) => {
    if (!('requestId' in entry) || entry.requestId !== requestId) return []
    switch (entry.kind) {
      case 'retryScheduled':
      case 'eventGivenUp':
      case 'delivered':
      case 'deliveryFailed': {
        const { sequence: _, functionName: __, requestId: ___, ...rest } = entry
        return [rest]
      }
      default:
        return []
    }
  })

const failures = Object.entries(DESTINATIONS).flatMap(([destination, to]) =>
  Object.entries(DEAD_LETTERS).map(([deadLetters, dead]) => ({ destination, to, deadLetters, dead })),
)

test.each(failures)(
  'an event that fails for good: a retry after 60 s and after 120 s, its record in $destination, its letter in $deadLetters',
  async ({ to, dead }) => {
    const app = await startProject(
      project(`onError: ${dead.reference}, destinations: { onFailure: ${to.reference} }`),
    )
    const startMs = app.clock.now()
    const event = { fail: true, id: 7 }
    const { requestId } = await app.invoke('pay', event, { type: 'Event' })
    await app.clock.advance(179_999)
    expect([to.arrived(app), dead.arrived(app)]).toEqual([[], []])

    await app.clock.advance(1)
    await app.settle()
    const expected: ExpectedRecord = {
      atMs: startMs + 180_000,
      requestId,
      condition: 'RetriesExhausted',
      count: 3,
      event,
      response: BOOM,
    }
    expect(to.arrived(app)).toEqual([recordText(expected)])
    expect(dead.arrived(app)).toEqual([
      {
        body: JSON.stringify(event),
        attributes: { RequestID: requestId, ErrorCode: '200', ErrorMessage: 'boom' },
      },
    ])
    const endMs = startMs + 180_000
    expect(lifeOf(app, requestId)).toEqual([
      {
        kind: 'retryScheduled',
        atMs: startMs,
        dueMs: startMs + 60_000,
        why: 'functionError',
        mostRetries: 2,
      },
      { kind: 'retryScheduled', atMs: startMs + 60_000, dueMs: endMs, why: 'functionError', mostRetries: 2 },
      { kind: 'eventGivenUp', atMs: endMs, condition: 'RetriesExhausted' },
      { kind: 'delivered', atMs: endMs, role: 'onFailure', arn: to.arn },
      { kind: 'delivered', atMs: endMs, role: 'deadLetter', arn: dead.arn },
    ])

    // It has come to its end: however much time passes, nothing more comes of it.
    await app.clock.advance('7h')
    await app.settle()
    expect(runsOf(app, 'pay', startMs)).toEqual([0, 60_000, 180_000])
    expect([to.arrived(app), dead.arrived(app)].map((all) => all.length)).toEqual([1, 1])
    expect(figuresOf(app, 'pay')).toEqual({
      invocations: 3,
      errors: 3,
      asyncEventsReceived: 1,
      asyncEventsDropped: 1,
    })
    expect(app.clock.timers()).toEqual([])
  },
)

const successes = Object.entries(DESTINATIONS)
  .filter(([destination]) => destination !== 'a bucket')
  .map(([destination, to]) => ({ destination, to }))

test.each(successes)(
  'an event that succeeds leaves its record in $destination, and no letter',
  async ({ to }) => {
    const app = await startProject(
      project(`onError: sqs:dead, destinations: { onSuccess: ${to.reference}, onFailure: s3:records }`),
    )
    const startMs = app.clock.now()
    const { requestId } = await app.invoke('pay', { id: 7 }, { type: 'Event' })
    await app.clock.advance('7h')
    await app.settle()
    const expected: ExpectedRecord = {
      atMs: startMs,
      requestId,
      condition: 'Success',
      count: 1,
      event: { id: 7 },
      response: { paid: 7 },
    }
    expect(to.arrived(app)).toEqual([recordText(expected)])
    expect(lifeOf(app, requestId)).toEqual([
      { kind: 'delivered', atMs: startMs, role: 'onSuccess', arn: to.arn },
    ])
    expect(DESTINATIONS['a bucket']?.arrived(app)).toEqual([])
    expect(app.queue('dead').messages()).toEqual([])
    expect(figuresOf(app, 'pay')).toEqual({ invocations: 1, asyncEventsReceived: 1 })
  },
)

test('without destination and dead-letter queue an event that fails for good is gone, and is counted', async () => {
  const app = await startProject(project(''))
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.clock.advance('3m')
  await app.settle()
  expect(lifeOf(app, requestId).slice(2)).toMatchObject([{ kind: 'eventGivenUp' }])
  expect(figuresOf(app, 'pay')).toMatchObject({ asyncEventsDropped: 1 })
})

test('an event that fails first and succeeds then has one record, of its success, which counts the attempts', async () => {
  const app = await startProject({
    ...project('destinations: { onSuccess: sqs:records, onFailure: sns:records }, onError: sqs:dead'),
    'pay.js': `let runs = 0; exports.handler = async () => { if (++runs < 3) throw new Error('not yet'); return null }`,
  })
  const startMs = app.clock.now()
  const { requestId } = await app.invoke('pay', { id: 1 }, { type: 'Event' })
  await app.clock.advance('3m')
  await app.settle()
  expect(bodiesIn(app, 'records')).toEqual([
    recordText({
      atMs: startMs + 180_000,
      requestId,
      condition: 'Success',
      count: 3,
      event: { id: 1 },
      response: null,
    }),
  ])
  expect([app.topic('records').messages(), app.queue('dead').messages()]).toEqual([[], []])
})

test('a function as destination runs with the record as event, with retries and a destination of its own', async () => {
  const files = project('maximumRetryAttempts: 0, destinations: { onFailure: lambda:audit }')
  const app = await startProject({
    ...files,
    'lambda.yml': (files['lambda.yml'] ?? '').replace(
      'audit: { handler: audit.handler }',
      'audit: { handler: audit.handler, onError: sqs:dead, destinations: { onFailure: sqs:records } }',
    ),
    'audit.js': `exports.handler = async (event, context) => {
      const error = new Error(context.invokedFunctionArn)
      error.stack = 'Error'
      throw error
    }`,
  })
  const startMs = app.clock.now()
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.clock.advance('3m')
  await app.settle()
  const first = { atMs: startMs, requestId, condition: 'RetriesExhausted', count: 1, event: { fail: true } }
  const firstText = recordText({ ...first, response: BOOM })
  const runs = app.function('audit').messages()
  expect(runs.map(({ attempt, door, cause }) => ({ attempt, door, cause }))).toEqual(
    [1, 2, 3].map((attempt) => ({ attempt, door: 'destination', cause: requestId })),
  )
  expect(runsOf(app, 'audit', startMs)).toEqual([0, 60_000, 180_000])
  const auditId = runs[0]?.requestId ?? ''
  expect(auditId).not.toBe(requestId)
  expect(bodiesIn(app, 'dead')).toEqual([firstText])
  expect(bodiesIn(app, 'records')).toEqual([
    recordText({
      atMs: startMs + 180_000,
      requestId: auditId,
      functionName: 'audit:$LATEST',
      condition: 'RetriesExhausted',
      count: 3,
      event: JSON.parse(firstText) as unknown,
      response: { errorType: 'Error', errorMessage: functionArn('audit'), trace: ['Error'] },
    }),
  ])
})
