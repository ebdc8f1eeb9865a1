import { expect, test } from 'vitest'
import { createStreamWorld, fails, FAILURES_ARN, numbered } from './streamWorld.ts'

test('a record that is too old is taken out alone and told of; the others go on', async () => {
  const world = await createStreamWorld()
  const old = world.stream.put(['old'])
  await world.clock.advance(61_000)
  world.stream.put(numbered(5))
  const mapping = await world.mapping({ maximumRecordAgeMs: 60_000, onFailureArn: FAILURES_ARN })
  expect(world.data()).toEqual([numbered(5)])
  const [failure] = world.failures()
  expect(failure).toMatchObject({
    requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 1 },
    KinesisBatchInfo: { batchSize: 1, startSequenceNumber: old[0], endSequenceNumber: old[0] },
  })
  expect(Object.keys(failure ?? {})).toEqual(['requestContext', 'version', 'timestamp', 'KinesisBatchInfo'])
  expect(mapping.figures).toMatchObject({ delivered: 1, dropped: 0, invoked: 5 })
})

test('endless retries end with the age of the records, after eight attempts in a minute', async () => {
  const world = await createStreamWorld()
  await world.mapping({ maximumRecordAgeMs: 60_000, onFailureArn: FAILURES_ARN }, ({ data }) =>
    data.includes('bad') ? fails : undefined,
  )
  world.stream.put(['bad'])
  await world.clock.advance(59_999)
  expect(world.failures()).toEqual([])
  world.stream.put(['next'])
  await world.clock.advance(1)
  expect(world.failures()).toMatchObject([
    {
      requestContext: {
        condition: 'RecordAgeExceeded',
        approximateInvokeCount: 8,
        requestId: world.calls.at(-2)?.requestId,
      },
    },
  ])
  expect(world.data()).toEqual([...Array.from({ length: 8 }, () => ['bad']), ['next']])
})

test('records of one batch expire one by one', async () => {
  const world = await createStreamWorld()
  await world.mapping(
    { maximumRecordAgeMs: 60_000, windowMs: 10_000, onFailureArn: FAILURES_ARN },
    () => fails,
  )
  world.stream.put(['a'])
  await world.clock.advance(9_000)
  world.stream.put(['b', 'c'])
  await world.clock.advance(70_000)
  expect(world.failures()).toMatchObject([
    { KinesisBatchInfo: { batchSize: 1 } },
    { KinesisBatchInfo: { batchSize: 2 } },
  ])
  expect(world.data()[0]).toEqual(['a', 'b', 'c'])
  expect(world.data().at(-1)).toEqual(['b', 'c'])
})

test('a record does not get older than its stream keeps it, also while the function is throttled', async () => {
  const world = await createStreamWorld({ retentionMs: 86_400_000, reserved: 0 })
  const mapping = await world.mapping({ onFailureArn: FAILURES_ARN })
  world.stream.put(['a'])
  await world.clock.advance(86_400_000)
  expect(world.failures()).toMatchObject([
    { requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 1 } },
  ])
  expect(mapping.positions()).toMatchObject([{ buffered: 0, state: 'reading' }])
})
