import { expect, test } from 'vitest'
import { createMappingWorld, failing, fails, numbered } from './mappingWorld.ts'

test('without a window a batch takes what is there, up to batchSize', async () => {
  const world = await createMappingWorld()
  await world.send(numbered(7))
  world.mapping({ batchSize: 3 })
  await world.idle()
  expect(world.bodies().map((bodies) => bodies.length)).toEqual([3, 3, 1])
  expect(world.calls.every(({ atMs }) => atMs === 0)).toBe(true)
  expect(world.left()).toEqual([])
})

test('thirty messages with a batch size of twenty, a window and two at once come in two batches', async () => {
  const world = await createMappingWorld({ reserved: { worker: 2 } })
  await world.send(numbered(30))
  world.mapping({ batchSize: 20, maximumBatchingWindow: 5, maximumConcurrency: 2 })
  await world.idle()
  expect(world.bodies().map((bodies) => bodies.length)).toEqual([20])
  await world.clock.advance(5_000)
  expect(world.bodies().map((bodies) => bodies.length)).toEqual([20, 10])
  expect(world.calls[1]?.atMs).toBe(5_000)
})

test('a window gathers thousands of messages into one batch', async () => {
  const world = await createMappingWorld()
  await world.send(numbered(2_500))
  world.mapping({ batchSize: 10_000, maximumBatchingWindow: 1 })
  await world.clock.advance(1_000)
  expect(world.bodies().map((bodies) => bodies.length)).toEqual([2_500])
})

test('when every place was taken, the window opens once the invocation before has ended', async () => {
  const world = await createMappingWorld({ reserved: { worker: 1 } })
  const slow = (): Promise<void> => world.after(8_000)
  world.mapping({ batchSize: 100, maximumBatchingWindow: 3 }, slow)
  await world.send(['a'])
  await world.clock.advance(3_000)
  await world.send(['b'])
  await world.clock.advance(8_000)
  await world.send(['c'])
  await world.clock.advance(3_000)
  expect(world.calls.map(({ bodies, atMs }) => [bodies, atMs])).toEqual([
    [['a'], 3_000],
    [['b', 'c'], 14_000],
  ])
})

test('a window opens when the invocation before has ended, and with the first message when that one has passed', async () => {
  const world = await createMappingWorld()
  world.mapping({ batchSize: 100, maximumBatchingWindow: 10 })
  await world.send(['a'])
  await world.clock.advance(14_000)
  await world.send(['b'])
  await world.clock.advance(106_000)
  await world.send(['c'])
  await world.clock.advance(10_000)
  expect(world.calls.map(({ bodies, atMs }) => [bodies, atMs])).toEqual([
    [['a'], 10_000],
    [['b'], 20_000],
    [['c'], 130_000],
  ])
})

test('an event stays below 6 MB; what does not fit comes in the next one', async () => {
  const world = await createMappingWorld()
  // Letters of two bytes each: sizes are those of the encoded text.
  const big = 'é'.repeat(500_000)
  for (let index = 0; index < 8; index++) await world.send([`${index}${big}`])
  world.mapping({})
  await world.idle()
  const sizes = world.calls.map(({ event }) => Buffer.byteLength(event))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024)
  expect(world.bodies().map((bodies) => bodies.map((body) => body[0]).join(''))).toEqual(['012345', '67'])
})

test('only messages that a filter lets through fill a batch; the others are deleted and told of', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({
    batchSize: 3,
    maximumBatchingWindow: 10,
    filterPatterns: [{ body: { kind: ['new'] } }],
  })
  const body = (kind: string, id: number): string => `{ "kind" : "${kind}",  "id": ${id}.0 }`
  await world.send([body('old', 1), body('new', 2), 'text', body('new', 3), body('old', 4)])
  await world.idle()
  expect(world.calls).toEqual([])
  expect(world.left()).toEqual([body('new', 2), body('new', 3)])
  await world.send([body('old', 5), body('new', 6)])
  await world.idle()
  // Bodies arrive as they were sent, letter by letter.
  expect(world.bodies()).toEqual([[body('new', 2), body('new', 3), body('new', 6)]])
  expect(world.left()).toEqual([])
  const filtered = world.facts.filter((fact) => fact.kind === 'messagesFiltered')
  expect(filtered.flatMap(({ messageIds }) => messageIds)).toHaveLength(4)
  expect(filtered[0]).toMatchObject({ functionName: 'worker', queue: mapping.settings.queueArn })
  expect(mapping.figures).toEqual({ polled: 7, filteredOut: 4, invoked: 3, failedInvoke: 0, deleted: 3 })
})

test('messages that no filter lets through invoke nothing, open no window and reach no dead-letter queue', async () => {
  const world = await createMappingWorld({
    queues: {
      dead: {},
      redriven: {
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":1}',
      },
    },
  })
  const filterPatterns = [{ body: ['yes'] }]
  world.mapping({ queue: 'redriven', batchSize: 20, maximumBatchingWindow: 5, filterPatterns })
  await world.send(numbered(25), { queue: 'redriven' })
  await world.clock.advance(2_000)
  await world.send(['yes'], { queue: 'redriven' })
  await world.clock.advance(4_999)
  expect(world.calls).toEqual([])
  await world.clock.advance(1)
  expect(world.bodies()).toEqual([['yes']])
  await world.clock.advance(60_000)
  expect([...world.left('redriven'), ...world.left('dead')]).toEqual([])
})

test('a failed batch comes back after the visibility timeout, with the same ids and higher counts', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({}, () => (world.calls.length === 1 ? fails : undefined))
  await world.send(['a', 'b'])
  await world.clock.advance(29_999)
  expect(world.calls).toHaveLength(1)
  await world.clock.advance(1)
  const [first, second] = world.calls
  expect(second?.records.map(({ messageId }) => messageId)).toEqual(
    first?.records.map(({ messageId }) => messageId),
  )
  expect(second?.records.map(({ attributes }) => attributes['ApproximateReceiveCount'])).toEqual(['2', '2'])
  expect(world.left()).toEqual([])
  expect(mapping.figures).toEqual({ polled: 4, filteredOut: 0, invoked: 4, failedInvoke: 2, deleted: 2 })
})

test('after a partial failure the named messages stay until their visibility timeout', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({ functionResponseType: 'ReportBatchItemFailures' }, ({ records }) =>
    failing(...records.filter(({ body }) => body === 'b').map(({ messageId }) => messageId)),
  )
  await world.send(['a', 'b', 'c'])
  await world.idle()
  expect(world.left()).toEqual(['b'])
  expect(mapping.figures).toMatchObject({ invoked: 3, failedInvoke: 1, deleted: 2 })
  await world.clock.advance(30_000)
  expect(world.bodies()).toEqual([['a', 'b', 'c'], ['b']])
})

test.each([
  ['an exception', () => fails],
  ['a response that is no JSON', () => 'oops'],
  ['an unknown id', () => failing('nobody')],
  ['an empty id', () => failing('')],
  ['a wrong key', () => '{"batchItemFailures":[{"foo":"notvalid"}]}'],
])('%s leaves the whole batch in the queue', async (_name, handler) => {
  const world = await createMappingWorld()
  world.mapping({ functionResponseType: 'ReportBatchItemFailures' }, handler)
  await world.send(['a', 'b'])
  await world.idle()
  expect(world.left()).toEqual(['a', 'b'])
  expect(world.countsOf()).toMatchObject({ inFlight: 2, ready: 0 })
})

test('a message received too often goes to the dead-letter queue at the next receive, without an invocation', async () => {
  const world = await createMappingWorld({
    queues: {
      dead: {},
      redriven: {
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":2}',
      },
    },
  })
  world.mapping({ queue: 'redriven' }, () => fails)
  await world.send(['a'], { queue: 'redriven' })
  await world.clock.advance(59_999)
  expect(world.calls).toHaveLength(2)
  expect(world.left('dead')).toEqual([])
  await world.clock.advance(1)
  expect(world.calls).toHaveLength(2)
  expect(world.left('dead')).toEqual(['a'])
})

test('a message that becomes visible again while its batch is gathered is handed over once, and can be deleted', async () => {
  const world = await createMappingWorld({ queues: { brief: { VisibilityTimeout: '4' } } })
  world.mapping({ queue: 'brief', batchSize: 100, maximumBatchingWindow: 6 })
  await world.send(['a'], { queue: 'brief' })
  await world.clock.advance(6_000)
  expect(world.bodies()).toEqual([['a']])
  expect(world.left('brief')).toEqual([])
})
