import { expect, test } from 'vitest'
import {
  type Call,
  createStreamWorld,
  fails,
  FAILURES_ARN,
  numbered,
  settingsOf,
  STREAM_ARN,
} from './streamWorld.ts'

// The world's clock begins 20 s after a full minute.
const TO_THE_NEXT_MINUTE = 40_000
const MINUTE = 60_000

/** Counts records in the window's state. */
const counts = ({ event }: Call): string =>
  JSON.stringify({
    state: { count: ((event.state as { count?: number }).count ?? 0) + event.Records.length },
  })

const seen = ({ event, data }: Call) => [
  data.length,
  event.state,
  event.isFinalInvokeForWindow,
  event.isWindowTerminatedEarly,
]

test('a window hands its state on, and ends by the clock when nothing more comes', async () => {
  const world = await createStreamWorld()
  await world.mapping({ tumblingWindowMs: MINUTE, batchSize: 2 }, counts)
  world.stream.put(numbered(3))
  await world.clock.advance(TO_THE_NEXT_MINUTE - 1)
  expect(world.calls.map(seen)).toEqual([
    [2, {}, false, false],
    [1, { count: 2 }, false, false],
  ])
  await world.clock.advance(1)
  expect(world.calls.map(seen).at(-1)).toEqual([0, { count: 3 }, true, false])
  await world.clock.advance(600_000)
  expect(world.calls).toHaveLength(3)
  expect(world.clock.timers()).toEqual([])
})

test('the event has the members of a window behind its records, in the order that AWS has', async () => {
  const world = await createStreamWorld()
  await world.mapping({ tumblingWindowMs: MINUTE }, counts)
  world.stream.put(['a'])
  await world.idle()
  const { Records, ...rest } = world.calls[0]?.event ?? { Records: [] }
  expect(Records).toHaveLength(1)
  expect(JSON.stringify(rest)).toBe(
    JSON.stringify({
      window: { start: '2023-11-14T22:13:00Z', end: '2023-11-14T22:14:00Z' },
      state: {},
      shardId: 'shardId-000000000000',
      eventSourceARN: STREAM_ARN,
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
    }),
  )
})

test('records of a later window close the one before; batches never hold two', async () => {
  const world = await createStreamWorld()
  world.stream.put(['a'])
  await world.clock.advance(MINUTE)
  world.stream.put(['b'])
  await world.clock.advance(3 * MINUTE)
  world.stream.put(['c'])
  await world.mapping({ tumblingWindowMs: MINUTE }, counts)
  expect(
    world.calls.map(({ data, event }) => [
      data,
      event.window?.start.slice(14, 16),
      event.isFinalInvokeForWindow,
    ]),
  ).toEqual([
    [['a'], '13', false],
    [[], '13', true],
    [['b'], '14', false],
    [[], '14', true],
    [['c'], '17', false],
  ])
  expect(world.calls.map(({ event }) => event.state)).toEqual([{}, { count: 1 }, {}, { count: 1 }, {}])
})

test('an answer without state is a failure, and a retry gets the same state again', async () => {
  const world = await createStreamWorld()
  let answers = 0
  await world.mapping({ tumblingWindowMs: MINUTE, batchSize: 1 }, (call) =>
    ++answers === 2 ? '{"batchItemFailures":[]}' : answers === 3 ? fails : counts(call),
  )
  world.stream.put(['a', 'b'])
  await world.clock.advance(2_000)
  expect(world.calls.map(({ data, event }) => [...data, event.state])).toEqual([
    ['a', {}],
    ['b', { count: 1 }],
    ['b', { count: 1 }],
    ['b', { count: 1 }],
  ])
})

test('a state of more than 1 MB ends the window early, and the next invocation begins with none', async () => {
  const world = await createStreamWorld()
  await world.mapping({ tumblingWindowMs: MINUTE, batchSize: 1 }, ({ event, data }) =>
    JSON.stringify({
      state: data[0] === 'a' ? 'x'.repeat(1024 * 1024) : event.isFinalInvokeForWindow ? null : {},
    }),
  )
  world.stream.put(['a', 'b'])
  await world.clock.advance(TO_THE_NEXT_MINUTE)
  expect(
    world.calls.map(({ data, event }) => [
      ...data,
      event.isFinalInvokeForWindow,
      event.isWindowTerminatedEarly,
      JSON.stringify(event.state).length,
    ]),
  ).toEqual([
    ['a', false, false, 2],
    [true, true, 1024 * 1024 + 2],
    ['b', false, false, 2],
    [true, false, 2],
  ])
})

test('a final invocation that fails holds up the shard until its retries are used up, and is told of', async () => {
  const world = await createStreamWorld()
  await world.mapping(
    { tumblingWindowMs: MINUTE, maximumRetryAttempts: 2, onFailureArn: FAILURES_ARN },
    (call) => (call.event.isFinalInvokeForWindow ? fails : counts(call)),
  )
  const [first, second] = world.stream.put(['a', 'b'])
  await world.clock.advance(TO_THE_NEXT_MINUTE)
  world.stream.put(['c'])
  await world.clock.advance(2_000)
  expect(world.calls.map(({ data, event }) => [data, event.isFinalInvokeForWindow])).toEqual([
    [['a', 'b'], false],
    [[], true],
    [[], true],
    [[], true],
    [['c'], false],
  ])
  expect(world.failures()).toMatchObject([
    { KinesisBatchInfo: { startSequenceNumber: first, endSequenceNumber: second, batchSize: 2 } },
  ])
})

test('the end of a shard closes its window, and only then is the shard over', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ tumblingWindowMs: MINUTE }, counts)
  world.stream.put(['a'])
  await world.idle()
  const [child] = world.stream.split('shardId-000000000000')
  world.stream.put(['b'], { shard: child })
  await world.idle()
  expect(world.calls.map(({ data, event }) => [data, event.isFinalInvokeForWindow, event.state])).toEqual([
    [['a'], false, {}],
    [[], true, { count: 1 }],
    [['b'], false, {}],
  ])
  expect(mapping.positions()[0]).toMatchObject({ state: 'ended' })
})

test('the state outlives a restart together with the position, and an idle window is closed after it', async () => {
  const world = await createStreamWorld()
  const first = await world.mapping({ tumblingWindowMs: MINUTE }, counts)
  world.stream.put(numbered(3))
  await world.idle()
  await first.stop()
  await world.mapping({ tumblingWindowMs: MINUTE }, counts)
  await world.clock.advance(TO_THE_NEXT_MINUTE)
  expect(world.calls.map(seen)).toEqual([
    [3, {}, false, false],
    [0, { count: 3 }, true, false],
  ])
})

test('with windows a shard has one batch with the function, whatever its parallelization factor', async () => {
  const world = await createStreamWorld()
  await world.mapping({ tumblingWindowMs: MINUTE, parallelizationFactor: 10, batchSize: 1 }, async (call) => {
    await world.after(10)
    return counts(call)
  })
  world.stream.put(numbered(5))
  await world.clock.advance(100)
  expect(world.mostRunning()).toBe(1)
  expect(world.calls.map(({ event }) => event.state)).toEqual([
    {},
    ...[1, 2, 3, 4].map((count) => ({ count })),
  ])
})

test('a window that ended early and got no more records is not closed a second time', async () => {
  const world = await createStreamWorld()
  await world.mapping({ tumblingWindowMs: MINUTE }, () => JSON.stringify({ state: 'x'.repeat(1024 * 1024) }))
  world.stream.put(['a'])
  await world.clock.advance(10 * MINUTE)
  expect(world.calls.map(({ event }) => event.isWindowTerminatedEarly)).toEqual([false, true])
})

test('a partial answer keeps its state: what comes again is added to that, and counted once', async () => {
  const world = await createStreamWorld()
  const poisoned = new Set(['2'])
  await world.mapping(
    { tumblingWindowMs: MINUTE, reportsItemFailures: true },
    ({ event, data, sequenceNumbers }) => {
      const at = data.findIndex((one) => poisoned.delete(one))
      const { count = 0 } = event.state as { count?: number }
      return JSON.stringify({
        state: { count: count + (at < 0 ? data.length : at) },
        batchItemFailures: at < 0 ? [] : [{ itemIdentifier: sequenceNumbers[at] }],
      })
    },
  )
  world.stream.put(numbered(4))
  await world.clock.advance(TO_THE_NEXT_MINUTE)
  expect(world.data()).toEqual([numbered(4), ['2', '3'], []])
  expect(world.calls.map(seen)).toEqual([
    [4, {}, false, false],
    [2, { count: 2 }, false, false],
    [0, { count: 4 }, true, false],
  ])
})

test('halves of a batch that failed get the state of what went before them', async () => {
  const world = await createStreamWorld()
  const settings = {
    tumblingWindowMs: MINUTE,
    bisectsOnError: true,
    maximumRetryAttempts: 0,
    onFailureArn: FAILURES_ARN,
  }
  await world.mapping(settings, (call) => (call.data.includes('3') ? fails : counts(call)))
  world.stream.put(numbered(4))
  await world.clock.advance(TO_THE_NEXT_MINUTE)
  expect(world.calls.map(seen)).toEqual([
    [4, {}, false, false],
    [2, {}, false, false],
    [2, { count: 2 }, false, false],
    [1, { count: 2 }, false, false],
    [1, { count: 3 }, false, false],
    [0, { count: 3 }, true, false],
  ])
  expect(world.failures()).toMatchObject([{ KinesisBatchInfo: { batchSize: 1 } }])
})

test('a record that gets too old between two attempts leaves its window, and the state stays as it was', async () => {
  const world = await createStreamWorld()
  const settings = { tumblingWindowMs: 15 * MINUTE, maximumRecordAgeMs: MINUTE, onFailureArn: FAILURES_ARN }
  await world.mapping(settings, (call) => (call.data.includes('bad') ? fails : counts(call)))
  world.stream.put(['good'])
  await world.idle()
  world.stream.put(['bad'])
  await world.clock.advance(MINUTE)
  world.stream.put(['good again'])
  await world.idle()
  expect(world.calls.at(-1)?.event.state).toEqual({ count: 1 })
  expect(world.failures()).toMatchObject([
    { requestContext: { condition: 'RecordAgeExceeded' }, KinesisBatchInfo: { batchSize: 1 } },
  ])
})

test('an open window lies on the grid of another length that windows get, with its state', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ tumblingWindowMs: MINUTE }, counts)
  world.stream.put(['a'])
  await world.idle()
  await mapping.update(settingsOf({ tumblingWindowMs: 2 * MINUTE }))
  world.stream.put(['b'])
  await world.idle()
  await world.clock.advance(TO_THE_NEXT_MINUTE)
  expect(world.calls.slice(1).map(seen)).toEqual([
    [1, { count: 1 }, false, false],
    [0, { count: 2 }, true, false],
  ])
  for (const { event } of world.calls.slice(1))
    expect(event.window).toEqual({ start: '2023-11-14T22:12:00Z', end: '2023-11-14T22:14:00Z' })
})

test('without windows any longer, events have nothing of them, and no state comes back later', async () => {
  const world = await createStreamWorld()
  const handler = (call: Call) => (call.event.window ? counts(call) : undefined)
  const mapping = await world.mapping({ tumblingWindowMs: MINUTE }, handler)
  world.stream.put(['a'])
  await world.idle()
  await mapping.update(settingsOf())
  world.stream.put(['b'])
  await world.idle()
  expect(Object.keys(world.calls.at(-1)?.event ?? {})).toEqual(['Records'])
  await mapping.update(settingsOf({ tumblingWindowMs: MINUTE }))
  world.stream.put(['c'])
  await world.idle()
  expect(world.calls.map(seen).at(-1)).toEqual([1, {}, false, false])
})
