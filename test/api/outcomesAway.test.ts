import { type App, start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, startProject } from '../tools/project.ts'
import { bodiesIn, BOOM, figuresOf, PAY, recordText, runsOf } from './destinationsWorld.ts'

/** How long AWS keeps events of a function that is gone is not known; here they wait for it (see src/invoke/README.md). */
const SPEC = `
service: shop
functions:
  pay: { handler: pay.handler, onError: sqs:dead, destinations: { onFailure: sqs:records, onSuccess: sqs:paid } }
  other: { handler: other.handler, maximumRetryAttempts: 1, destinations: { onFailure: sqs:failed } }
resources:
  queues: { dead: {}, records: {}, paid: {}, failed: {} }
`
const RENAMED = SPEC.replace('  pay:', '  settle:')
const FILES = {
  'lambda.yml': SPEC,
  'pay.js': PAY,
  'other.js': `exports.handler = async () => { throw 'no' }`,
}

async function give(app: App & { project: { write(file: string, text: string): void } }, spec: string) {
  app.project.write('lambda.yml', spec)
  await app.reloadSpec()
}

test('events wait when their function is renamed, others go on, and the new name does not get them', async () => {
  const app = await startProject(FILES)
  const startMs = app.clock.now()
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.clock.advance('10s')
  await give(app, RENAMED)
  await app.invoke('other', {}, { type: 'Event' })
  await app.invoke('settle', { id: 2 }, { type: 'Event' })
  await app.clock.advance('2h')
  await expect(app.settle()).rejects.toThrow('1 asynchronous event of pay: no function pay')
  expect(bodiesIn(app, 'paid')).toHaveLength(1)
  expect(app.function('settle').messages()).toHaveLength(1)
  expect(runsOf(app, 'other', startMs)).toEqual([10_000, 70_000])
  expect(bodiesIn(app, 'failed')).toHaveLength(1)
  // Nothing is tried meanwhile, and nothing given up.
  expect(runsOf(app, 'pay', startMs)).toEqual([0])
  expect([bodiesIn(app, 'records'), bodiesIn(app, 'dead')]).toEqual([[], []])
  expect(app.clock.timers()).toEqual([])

  await give(app, SPEC)
  await app.clock.advance('2m')
  await app.settle()
  const backMs = 10_000 + 7_200_000
  expect(runsOf(app, 'pay', startMs)).toEqual([0, backMs, backMs + 120_000])
  expect(bodiesIn(app, 'records')).toEqual([
    recordText({
      atMs: startMs + backMs + 120_000,
      requestId,
      condition: 'RetriesExhausted',
      count: 3,
      event: { fail: true },
      response: BOOM,
    }),
  ])
  expect(bodiesIn(app, 'dead')).toEqual(['{"fail":true}'])
})

test('an event whose function comes back after its maximum age is given up then, without another attempt', async () => {
  const app = await startProject(FILES)
  const startMs = app.clock.now()
  const tried = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.clock.advance('30s')
  await give(app, RENAMED)
  await app.clock.advance('6h')
  await give(app, SPEC)
  await app.settle()
  expect(runsOf(app, 'pay', startMs)).toEqual([0])
  expect(bodiesIn(app, 'records')).toEqual([
    recordText({
      atMs: startMs + 30_000 + 6 * 3_600_000,
      requestId: tried.requestId,
      condition: 'EventAgeExceeded',
      count: 1,
      event: { fail: true },
      response: BOOM,
    }),
  ])
  expect(app.queue('dead').messages()).toMatchObject([
    {
      body: '{"fail":true}',
      attributes: { RequestID: tried.requestId, ErrorCode: '200', ErrorMessage: 'boom' },
    },
  ])
  expect(figuresOf(app, 'pay')).toEqual({
    invocations: 1,
    errors: 1,
    asyncEventsReceived: 1,
    asyncEventsDropped: 1,
  })
})

test('a function that comes back with other settings treats the events that waited by them', async () => {
  const app = await startProject(FILES)
  const startMs = app.clock.now()
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.clock.advance('10s')
  await give(app, RENAMED)
  await app.clock.advance('10m')
  await give(
    app,
    SPEC.replace(
      'onError: sqs:dead, destinations: { onFailure: sqs:records',
      'maximumRetryAttempts: 1, destinations: { onFailure: sqs:failed',
    ),
  )
  await app.settle()
  expect(bodiesIn(app, 'failed')).toEqual([
    recordText({
      atMs: startMs + 610_000,
      requestId,
      condition: 'RetriesExhausted',
      count: 2,
      event: { fail: true },
      response: BOOM,
    }),
  ])
  expect([bodiesIn(app, 'records'), bodiesIn(app, 'dead')]).toEqual([[], []])
})

test('a function that leaves while it runs is let run to its end; what comes of that waits until it is back', async () => {
  const spec = SPEC.replace('pay.handler,', 'pay.handler, timeout: 1,')
  const app = await startProject({
    ...FILES,
    'lambda.yml': spec,
    'pay.js': 'exports.handler = () => new Promise(() => setInterval(() => {}, 1_000))',
  })
  const startMs = app.clock.now()
  const { requestId } = await app.invoke('pay', {}, { type: 'Event' })
  // It runs into its timeout, which is real time, when its name is gone.
  await give(app, RENAMED)
  await app.clock.advance('1h')
  expect(app.ledger.latest().filter(({ kind }) => kind === 'retryScheduled')).toMatchObject([
    { requestId, why: 'functionError', dueMs: startMs + 60_000 },
  ])
  expect([bodiesIn(app, 'records'), bodiesIn(app, 'dead')]).toEqual([[], []])
  app.project.write('pay.js', `exports.handler = async () => 'done'`)
  await give(app, spec)
  await app.settle()
  expect(bodiesIn(app, 'paid')).toEqual([
    recordText({
      atMs: startMs + 3_600_000,
      requestId,
      condition: 'Success',
      count: 2,
      event: {},
      response: 'done',
    }),
  ])
})

test('events of a function that was gone at the start are named, and run when it is there', async () => {
  const project = createProject(FILES)
  const warnings: string[] = []
  const options = {
    config: project.config,
    clock: 'frozen' as const,
    log: { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} },
  }
  const first = await start(options)
  const { requestId } = await first.invoke('pay', { fail: true }, { type: 'Event' })
  await first.clock.advance(0)
  await first.stop()
  project.write('lambda.yml', RENAMED)
  const second = await start(options)
  onTestFinished(() => second.stop())
  expect(warnings).toEqual([
    '1 asynchronous event waits for the function pay, which is not there; it runs when it is back',
  ])
  await second.clock.advance('10m')
  project.write('lambda.yml', SPEC)
  await second.reloadSpec()
  await second.clock.advance('2m')
  await second.settle()
  expect(bodiesIn(second, 'records').map((body) => JSON.parse(body) as unknown)).toMatchObject([
    { requestContext: { requestId, condition: 'RetriesExhausted', approximateInvokeCount: 3 } },
  ])
})
