import { expect, test } from 'vitest'
import {
  createStreamWorld,
  FAILURES_ARN,
  failing,
  fails,
  numbered,
  settingsOf,
  succeeds,
  UUID,
} from './streamWorld.ts'

const SUCCESSES = ['', 'null', '[]', '{}', '{"batchItemFailures":[]}', '{"batchItemFailures":null}']

test.each(SUCCESSES)('the answer %j says that all records are done', async (answer) => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ reportsItemFailures: true }, () => succeeds(answer))
  world.stream.put(numbered(2))
  await world.clock.advance(600_000)
  expect(world.data()).toEqual([['0', '1']])
  expect(mapping.lastProcessingResult).toBe('OK')
})

const FAILURES = [
  '{"batchItemFailures":[{"itemIdentifier":""}]}',
  '{"batchItemFailures":[{"itemIdentifier":null}]}',
  '{"batchItemFailures":[{"itemIdentifier":123}]}',
  '{"batchItemFailures":[{}]}',
  '{"batchItemFailures":[{"item":"1"}]}',
  '{"batchItemFailures":[{"item":null}]}',
  '{"batchItemFailures":[{"itemIdentifier":"77"}]}',
]

test.each(FAILURES)('the answer %j says that no record is done', async (answer) => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ reportsItemFailures: true, maximumRetryAttempts: 1 }, () => answer)
  world.stream.put(numbered(2))
  await world.clock.advance(1_000)
  expect(world.data()).toEqual([
    ['0', '1'],
    ['0', '1'],
  ])
  expect(mapping.lastProcessingResult).toBe('PROBLEM: Function call failed')
})

test('without ReportBatchItemFailures an answer means nothing', async () => {
  const world = await createStreamWorld()
  await world.mapping({}, ({ sequenceNumbers }) => failing(...sequenceNumbers))
  world.stream.put(numbered(2))
  await world.clock.advance(60_000)
  expect(world.data()).toHaveLength(1)
})

test('everything from the lowest reported record on is tried again, reported or not', async () => {
  const world = await createStreamWorld()
  let isFirst = true
  const mapping = await world.mapping({ reportsItemFailures: true }, ({ sequenceNumbers }) => {
    if (!isFirst) return
    isFirst = false
    return failing(sequenceNumbers[4], sequenceNumbers[2])
  })
  world.stream.put(numbered(6))
  await world.clock.advance(1_000)
  expect(world.data()).toEqual([numbered(6), ['2', '3', '4', '5']])
  expect(mapping.figures).toMatchObject({ polled: 6, invoked: 10, failedInvoke: 4, dropped: 0 })
})

test('n retries are n + 1 invocations, then the records are passed over', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ maximumRetryAttempts: 2, batchSize: 1 }, ({ data }) =>
    data[0] === 'bad' ? fails : undefined,
  )
  world.stream.put(['bad', 'good'])
  await world.clock.advance(60_000)
  expect(world.data()).toEqual([['bad'], ['bad'], ['bad'], ['good']])
  expect(mapping.figures).toMatchObject({ dropped: 1, delivered: 0, failedInvoke: 3 })
  expect(new Set(world.calls.map(({ requestId }) => requestId)).size).toBe(4)
})

test('no retries: one invocation', async () => {
  const world = await createStreamWorld()
  await world.mapping({ maximumRetryAttempts: 0 }, () => fails)
  world.stream.put(['bad'])
  await world.clock.advance(60_000)
  expect(world.data()).toHaveLength(1)
})

test('progress restarts the retries: as recorded, a failing record runs five times with three of them', async () => {
  const world = await createStreamWorld()
  await world.mapping(
    { batchSize: 3, maximumRetryAttempts: 3, reportsItemFailures: true, onFailureArn: FAILURES_ARN },
    ({ data, sequenceNumbers }) =>
      data.includes('5') ? failing(sequenceNumbers[data.indexOf('5')]) : undefined,
  )
  world.stream.put(numbered(6))
  await world.clock.advance(120_000)
  expect(world.data()).toEqual([['0', '1', '2'], ['3', '4', '5'], ['5'], ['5'], ['5'], ['5']])
  expect(world.failures()).toMatchObject([
    {
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 4 },
      responseContext: { functionError: null },
      KinesisBatchInfo: { batchSize: 1 },
    },
  ])
})

test('without a limit a batch is tried until it succeeds, eight times in the first minute, and blocks its shard', async () => {
  const world = await createStreamWorld()
  let isDown = true
  const mapping = await world.mapping({ batchSize: 1 }, () => (isDown ? fails : undefined))
  world.stream.put(['a', 'b'])
  await world.clock.advance(60_000)
  expect(world.times()).toEqual([0, 400, 1_200, 2_800, 6_000, 12_400, 25_200, 50_800])
  expect(mapping.positions()).toMatchObject([{ state: 'blocked', buffered: 2, iteratorAgeMs: 60_000 }])
  isDown = false
  await world.clock.advance(60_000)
  expect(world.data().slice(-2)).toEqual([['a'], ['b']])
  expect(mapping.positions()).toMatchObject([{ state: 'reading', buffered: 0, iteratorAgeMs: 0 }])
})

test('the longest pause between two attempts is a minute', async () => {
  const world = await createStreamWorld()
  await world.mapping({}, () => fails)
  world.stream.put(['a'])
  await world.clock.advance(600_000)
  const times = world.times()
  expect((times.at(-1) ?? 0) - (times.at(-2) ?? 0)).toBe(60_000)
})

test('throttles use no retry, and end when a place becomes free', async () => {
  const world = await createStreamWorld({ reserved: 1 })
  await world.mapping({ maximumRetryAttempts: 0 })
  expect(world.gate.enter('worker')).toBeUndefined()
  world.stream.put(['a'])
  await world.clock.advance(2_000)
  expect(world.calls).toEqual([])
  world.gate.leave('worker')
  await world.idle()
  expect(world.data()).toEqual([['a']])
})

test('a place that becomes free wakes one of those who wait for it', async () => {
  const world = await createStreamWorld({ reserved: 1, shards: 16 })
  await world.mapping({}, () => world.after(10))
  for (const shard of world.stream.shardIds()) world.stream.put([shard], { shard })
  await world.clock.advance(160)
  expect(world.data().flat().toSorted()).toEqual(world.stream.shardIds())
  expect(world.refusals()).toBe(15)
})

test('a function that could not be run is tried again with growing pauses, at no cost in retries', async () => {
  const world = await createStreamWorld()
  let left = 3
  await world.mapping({ maximumRetryAttempts: 0 }, () =>
    left-- > 0 ? { kind: 'systemError', message: 'no environment' } : undefined,
  )
  world.stream.put(['a'])
  await world.clock.advance(60_000)
  expect(world.times()).toEqual([0, 1_000, 3_000, 7_000])
  expect(new Set(world.calls.map(({ requestId }) => requestId)).size).toBe(1)
})

test('an unknown position is not kept: after a restart nothing that is done comes again', async () => {
  const world = await createStreamWorld()
  const first = await world.mapping({ reportsItemFailures: true }, ({ sequenceNumbers }) =>
    failing(sequenceNumbers[2]),
  )
  world.stream.put(numbered(4))
  await world.idle()
  await first.stop()
  world.calls.length = 0
  await world.mapping(settingsOf(), () => {}, { uuid: UUID })
  expect(world.data()).toEqual([['2', '3']])
})
