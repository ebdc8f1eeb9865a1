import { expect, test } from 'vitest'
import { createStreamWorld, failing, fails, FAILURES_ARN, numbered } from './streamWorld.ts'

const isPoisoned = (data: readonly string[], ...poison: readonly string[]): boolean =>
  data.some((one) => poison.includes(one))

test('a failed batch is tried in halves, the first half first, down to the one record that fails', async () => {
  const world = await createStreamWorld()
  await world.mapping(
    { bisectsOnError: true, maximumRetryAttempts: 1, onFailureArn: FAILURES_ARN },
    ({ data }) => (isPoisoned(data, '2') ? fails : undefined),
  )
  const numbers = world.stream.put(numbered(8))
  await world.clock.advance(60_000)
  expect(world.data()).toEqual([
    numbered(8),
    ['0', '1', '2', '3'],
    ['0', '1'],
    ['2', '3'],
    ['2'],
    // Splitting uses no retry: the record alone is still tried once more.
    ['2'],
    ['3'],
    ['4', '5', '6', '7'],
  ])
  expect(world.failures()).toMatchObject([
    {
      requestContext: { approximateInvokeCount: 2 },
      KinesisBatchInfo: { batchSize: 1, startSequenceNumber: numbers[2], endSequenceNumber: numbers[2] },
    },
  ])
})

test('with a partial answer the batch is split at the reported record', async () => {
  const world = await createStreamWorld()
  await world.mapping(
    { bisectsOnError: true, reportsItemFailures: true, maximumRetryAttempts: 0 },
    ({ data, sequenceNumbers }) =>
      isPoisoned(data, '5') ? failing(sequenceNumbers[data.indexOf('5')]) : undefined,
  )
  world.stream.put(numbered(8))
  await world.clock.advance(60_000)
  expect(world.data()).toEqual([numbered(8), ['5', '6', '7'], ['5'], ['6', '7']])
})

test('the second half waits until the first is done or given up, and so does what comes behind', async () => {
  const world = await createStreamWorld()
  await world.mapping({ bisectsOnError: true, maximumRetryAttempts: 2, batchSize: 2 }, ({ data }) =>
    isPoisoned(data, '0') ? fails : undefined,
  )
  world.stream.put(numbered(3))
  await world.clock.advance(60_000)
  expect(world.data()).toEqual([['0', '1'], ['0'], ['0'], ['0'], ['1'], ['2']])
})
