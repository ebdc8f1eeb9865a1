import { DeleteEventBusCommand } from '@aws-sdk/client-eventbridge'
import { PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda'
import { DeleteBucketCommand } from '@aws-sdk/client-s3'
import { DeleteTopicCommand } from '@aws-sdk/client-sns'
import { DeleteQueueCommand } from '@aws-sdk/client-sqs'
import type { App } from 'lambent'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'
import {
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

/** `pay` is what goes wrong; `other` must not notice. */
const project = (settings: string, handler = PAY): Record<string, string> & { 'lambda.yml': string } => ({
  'lambda.yml': `
service: shop
functions:
  pay: { handler: pay.handler, ${settings} }
  other: { handler: other.handler, destinations: { onSuccess: sqs:fine } }
  audit: { handler: other.handler }
resources:
  queues: { fine: {}, records: {}, dead: {} }
  topics: { records: {}, dead: {} }
  buses: { records: {} }
  buckets: { records: {} }
`,
  'pay.js': handler,
  'other.js': 'exports.handler = async () => null',
})

const destination = (app: App, OnFailure: string) =>
  clientsOf(app).lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: 'pay',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: OnFailure } },
    }),
  )

/** The deliveries of an event, made and failed. */
const deliveriesOf = (app: App, requestId: string) =>
  app.ledger.latest().flatMap((entry) =>
    (entry.kind === 'delivered' || entry.kind === 'deliveryFailed') && entry.requestId === requestId
      ? [
          {
            kind: entry.kind,
            role: entry.role,
            arn: entry.arn,
            ...('reason' in entry && { reason: entry.reason }),
          },
        ]
      : [],
  )

const failed = (role: string, target: string, reason: unknown) => ({
  kind: 'deliveryFailed',
  role,
  arn: target,
  reason,
})

/** Nothing waits, nothing will be tried again, and the neighbour works. */
async function expectAtRest(app: App): Promise<void> {
  const sequence = app.ledger.latest().at(-1)?.sequence
  await app.clock.advance('7h')
  await app.settle()
  expect(app.ledger.latest().at(-1)?.sequence).toBe(sequence)
  expect(app.clock.timers()).toEqual([])
  expect(app.status().functions.map(({ waitingEvents }) => waitingEvents)).toEqual(
    app.status().functions.map(() => 0),
  )
  const { requestId } = await app.invoke('other', {}, { type: 'Event' })
  await app.settle()
  expect(deliveriesOf(app, requestId)).toEqual([
    { kind: 'delivered', role: 'onSuccess', arn: arn('sqs', 'fine') },
  ])
}

/** How each kind of target goes away over the wire, after the spec that names it was loaded. */
const DELETED = [
  {
    target: 'queue',
    reference: 'sqs:records',
    arn: arn('sqs', 'records'),
    reason: 'there is no queue records',
    remove: (app: App) => {
      const { sqs, queueUrl } = clientsOf(app)
      return sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl('records') }))
    },
  },
  {
    target: 'topic',
    reference: 'sns:records',
    arn: arn('sns', 'records'),
    reason: `there is no topic ${arn('sns', 'records')}`,
    remove: (app: App) =>
      clientsOf(app).sns.send(new DeleteTopicCommand({ TopicArn: arn('sns', 'records') })),
  },
  {
    target: 'bus',
    reference: 'events:records',
    arn: arn('events', 'event-bus/records'),
    reason: `there is no event bus ${arn('events', 'event-bus/records')}`,
    remove: (app: App) => clientsOf(app).events.send(new DeleteEventBusCommand({ Name: 'records' })),
  },
  {
    target: 'bucket',
    reference: 's3:records',
    arn: 'arn:aws:s3:::records',
    reason: 'there is no bucket records',
    remove: (app: App) => clientsOf(app).s3.send(new DeleteBucketCommand({ Bucket: 'records' })),
  },
]

test.each(DELETED)(
  'a $target that was deleted gets no record: told, counted, and the event ends; its letter is sent',
  async ({ reference, remove, reason, arn: target }) => {
    const app = await startProject(project(`onError: sqs:dead, destinations: { onFailure: ${reference} }`))
    const startMs = app.clock.now()
    const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
    await app.clock.advance('1m')
    await remove(app)
    await app.clock.advance('2m')
    await app.settle()
    expect(deliveriesOf(app, requestId)).toEqual([
      failed('onFailure', target, reason),
      { kind: 'delivered', role: 'deadLetter', arn: arn('sqs', 'dead') },
    ])
    expect(bodiesIn(app, 'dead')).toEqual(['{"fail":true}'])
    expect(app.destination('pay', 'onFailure').messages()).toEqual([])
    await expectAtRest(app)
    expect(runsOf(app, 'pay', startMs)).toEqual([0, 60_000, 180_000])
    expect(figuresOf(app, 'pay')).toEqual({
      invocations: 3,
      errors: 3,
      asyncEventsReceived: 1,
      asyncEventsDropped: 1,
      destinationDeliveryFailures: 1,
    })
  },
)

test.each(DELETED.filter(({ target }) => target !== 'bucket'))(
  'a $target that was deleted keeps no success from ending: the function does not run again',
  async ({ reference, remove, reason, arn: target }) => {
    const app = await startProject(project(`destinations: { onSuccess: ${reference} }`))
    await remove(app)
    const startMs = app.clock.now()
    const { requestId } = await app.invoke('pay', { id: 1 }, { type: 'Event' })
    await app.settle()
    expect(deliveriesOf(app, requestId)).toEqual([failed('onSuccess', target, reason)])
    await expectAtRest(app)
    expect(runsOf(app, 'pay', startMs)).toEqual([0])
    expect(figuresOf(app, 'pay')).toEqual({
      invocations: 1,
      asyncEventsReceived: 1,
      destinationDeliveryFailures: 1,
    })
  },
)

test.each(DELETED.filter(({ target }) => ['queue', 'topic'].includes(target)))(
  'a dead-letter $target that was deleted gets no letter: told, counted, and the event ends; its record is sent',
  async ({ reference, remove, reason, arn: target }) => {
    const app = await startProject(
      project(`maximumRetryAttempts: 1, onError: ${reference}, destinations: { onFailure: sqs:dead }`),
    )
    await remove(app)
    const startMs = app.clock.now()
    const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
    await app.clock.advance('1m')
    await app.settle()
    expect(deliveriesOf(app, requestId)).toEqual([
      { kind: 'delivered', role: 'onFailure', arn: arn('sqs', 'dead') },
      failed('deadLetter', target, reason),
    ])
    expect(bodiesIn(app, 'dead')).toEqual([
      recordText({
        atMs: startMs + 60_000,
        requestId,
        condition: 'RetriesExhausted',
        count: 2,
        event: { fail: true },
        response: BOOM,
      }),
    ])
    await expectAtRest(app)
    expect(figuresOf(app, 'pay')).toEqual({
      invocations: 2,
      errors: 2,
      asyncEventsReceived: 1,
      asyncEventsDropped: 1,
      deadLetterErrors: 1,
    })
  },
)

test('a target that comes back while the event waits for its retry gets what it is due', async () => {
  const app = await startProject(
    project('maximumRetryAttempts: 1, onError: sns:records, destinations: { onFailure: events:records }'),
  )
  const { sns, events } = clientsOf(app)
  await sns.send(new DeleteTopicCommand({ TopicArn: arn('sns', 'records') }))
  await events.send(new DeleteEventBusCommand({ Name: 'records' }))
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.clock.advance(0)
  app.project.write(
    'lambda.yml',
    project('maximumRetryAttempts: 1, onError: sns:records, destinations: { onFailure: events:records }')[
      'lambda.yml'
    ].replace('fine: {}', 'fine: {}, more: {}'),
  )
  await app.reloadSpec()
  await app.clock.advance('1m')
  await app.settle()
  expect(deliveriesOf(app, requestId).map(({ kind }) => kind)).toEqual(['delivered', 'delivered'])
})

test('a function that leaves the spec is no destination any more', async () => {
  const files = project('onError: sqs:dead')
  const app = await startProject(files)
  await destination(app, functionArn('audit'))
  app.project.write(
    'lambda.yml',
    files['lambda.yml'].replace('audit: { handler: other.handler }', 'renamed: { handler: other.handler }'),
  )
  await app.reloadSpec()
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.settle()
  expect(deliveriesOf(app, requestId)).toEqual([
    failed('onFailure', functionArn('audit'), `there is no function ${functionArn('audit')}`),
    { kind: 'delivered', role: 'deadLetter', arn: arn('sqs', 'dead') },
  ])
  await expectAtRest(app)
  expect(app.function('renamed').messages()).toEqual([])
  expect(figuresOf(app, 'pay')).toMatchObject({ destinationDeliveryFailures: 1, asyncEventsDropped: 1 })
})

test.each([
  ['a queue that never was', arn('sqs', 'nobody'), 'there is no queue nobody'],
  [
    'a queue of another region',
    'arn:aws:sqs:eu-west-1:000000000000:records',
    'there is no queue arn:aws:sqs:eu-west-1:000000000000:records',
  ],
  [
    'a topic of another account',
    'arn:aws:sns:us-east-1:111111111111:records',
    'there is no topic arn:aws:sns:us-east-1:111111111111:records',
  ],
  [
    'a bus of another account',
    'arn:aws:events:us-east-1:111111111111:event-bus/records',
    'there is no event bus arn:aws:events:us-east-1:111111111111:event-bus/records',
  ],
  ['a FIFO queue', arn('sqs', 'records.fifo'), 'Lambda cannot deliver to a FIFO queue or topic'],
  ['a FIFO topic', arn('sns', 'records.fifo'), 'Lambda cannot deliver to a FIFO queue or topic'],
])('%s can be configured, but gets nothing; the event ends', async (_, target, reason) => {
  const app = await startProject(project('onError: sqs:dead'))
  const { DestinationConfig } = await destination(app, target)
  expect(DestinationConfig).toEqual({ OnSuccess: {}, OnFailure: { Destination: target } })
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.settle()
  expect(deliveriesOf(app, requestId)).toEqual([
    failed('onFailure', target, reason),
    { kind: 'delivered', role: 'deadLetter', arn: arn('sqs', 'dead') },
  ])
  expect(bodiesIn(app, 'records')).toEqual([])
  await expectAtRest(app)
  expect(figuresOf(app, 'pay')).toMatchObject({ destinationDeliveryFailures: 1 })
})

test('a bucket whose name ends like that of a FIFO queue is a bucket like any other', async () => {
  const app = await startProject(
    project('maximumRetryAttempts: 0, destinations: { onFailure: s3:records.fifo }'),
  )
  const { requestId } = await app.invoke('pay', { fail: true }, { type: 'Event' })
  await app.settle()
  expect(deliveriesOf(app, requestId)).toMatchObject([{ kind: 'delivered' }])
  expect(app.bucket('records.fifo').messages()).toHaveLength(1)
})

/** Answers or fails with a payload of its own size. */
const LARGE = `exports.handler = async ({ bytes, fail }) => {
  if (fail) throw Object.assign(new Error('boom'), { name: 'PaymentError', stack: '' })
  return 'x'.repeat(bytes)
}`

const KIB = 1_024
const MIB = KIB * KIB

/** The record of a success of {@link LARGE}, and so how many bytes are left for the answer. */
const answerBytesFor = (recordBytes: number): number => {
  const empty = { atMs: 0, requestId: 'x'.repeat(36), condition: 'Success', count: 1, response: '' }
  const withEvent = (bytes: number): number =>
    Buffer.byteLength(recordText({ ...empty, event: { bytes } })) + bytes
  let bytes = recordBytes - withEvent(0)
  while (withEvent(bytes) > recordBytes) bytes--
  return bytes
}

test.each([
  ['sqs:records', arn('sqs', 'records'), MIB, /Message must be shorter than 1048576 bytes/],
  ['sns:records', arn('sns', 'records'), 256 * KIB, /Message too long/],
  ['lambda:audit', functionArn('audit'), MIB, /^a record of 1048577 bytes is over the limit of an event/],
] as const)(
  '%s takes a record of its limit, and refuses one byte more: the function does not run again',
  async (reference, target, limitBytes, reason) => {
    const app = await startProject(project(`destinations: { onSuccess: ${reference} }`, LARGE))
    const bytes = answerBytesFor(limitBytes)
    const startMs = app.clock.now()
    const largest = await app.invoke('pay', { bytes }, { type: 'Event' })
    await app.settle()
    const tooLarge = await app.invoke('pay', { bytes: bytes + 1 }, { type: 'Event' })
    await app.settle()
    expect(deliveriesOf(app, largest.requestId)).toMatchObject([{ kind: 'delivered' }])
    expect(deliveriesOf(app, tooLarge.requestId)).toEqual([
      failed('onSuccess', target, expect.stringMatching(reason)),
    ])
    await expectAtRest(app)
    expect(runsOf(app, 'pay', startMs)).toEqual([0, 0])
    expect(figuresOf(app, 'pay')).toEqual({
      invocations: 2,
      asyncEventsReceived: 2,
      destinationDeliveryFailures: 1,
    })
  },
)

test('a bus refuses an event over 1 MiB', async () => {
  const app = await startProject(project('destinations: { onSuccess: events:records }', LARGE))
  const bus = arn('events', 'event-bus/records')
  const entryBytes =
    'lambda'.length +
    'Lambda Function Invocation Result - Success'.length +
    bus.length +
    functionArn('pay:$LATEST').length
  const bytes = answerBytesFor(MIB - entryBytes)
  await app.invoke('pay', { bytes }, { type: 'Event' })
  await app.settle()
  expect(app.bus('records').messages()).toHaveLength(1)
  const { requestId } = await app.invoke('pay', { bytes: bytes + 1 }, { type: 'Event' })
  await app.settle()
  expect(deliveriesOf(app, requestId)).toEqual([
    failed('onSuccess', bus, 'an event of 1048577 bytes is over the limit of 1048576'),
  ])
  await expectAtRest(app)
})

test('a bucket takes a record of any size', async () => {
  const app = await startProject(
    project('maximumRetryAttempts: 0, onError: sns:dead, destinations: { onFailure: s3:records }', LARGE),
  )
  const event = { fail: true, padding: 'x'.repeat(MIB - 100) }
  const { requestId } = await app.invoke('pay', event, { type: 'Event' })
  await app.settle()
  const [record] = app.bucket('records').messages()
  expect(JSON.parse(record?.body ?? '')).toEqual(
    recordOf({
      atMs: app.clock.now(),
      requestId,
      condition: 'RetriesExhausted',
      count: 1,
      event,
      response: { errorType: 'PaymentError', errorMessage: 'boom', trace: expect.any(Array) as unknown },
    }),
  )
  // The letter is the event alone, and too large for a topic.
  expect(deliveriesOf(app, requestId)).toEqual([
    { kind: 'delivered', role: 'onFailure', arn: 'arn:aws:s3:::records' },
    failed('deadLetter', arn('sns', 'dead'), expect.stringContaining('Message too long')),
  ])
  await expectAtRest(app)
  expect(figuresOf(app, 'pay')).toMatchObject({ deadLetterErrors: 1 })
})

test('a letter counts with its attributes: an event of nearly 1 MiB is too large for a queue', async () => {
  const app = await startProject(project('maximumRetryAttempts: 0, onError: sqs:dead', LARGE))
  const event = { fail: true, padding: 'x'.repeat(MIB - 50) }
  const { requestId } = await app.invoke('pay', event, { type: 'Event' })
  await app.settle()
  expect(deliveriesOf(app, requestId)).toEqual([
    failed('deadLetter', arn('sqs', 'dead'), expect.stringContaining('Message must be shorter')),
  ])
  await expectAtRest(app)
  expect(figuresOf(app, 'pay')).toMatchObject({ deadLetterErrors: 1, asyncEventsDropped: 1 })
})
