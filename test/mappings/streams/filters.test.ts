import { expect, test } from 'vitest'
import { createStreamWorld, numbered } from './streamWorld.ts'

const filters = ['{"data":{"kind":["buy"]}}']
const buy = (count: number): string[] => numbered(count).map((n) => `{"kind":"buy","n":${n}}`)
const look = (count: number): string[] => numbered(count).map((n) => `{"kind":"look","n":${n}}`)

test('records that no filter lets through do not count, and are told of', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ filters, batchSize: 2, metrics: ['EventCount'] })
  world.stream.put([...look(3), ...buy(2), ...look(1)])
  await world.idle()
  expect(world.data()).toEqual([buy(2)])
  expect(mapping.metrics).toEqual({
    PolledEventCount: 6,
    FilteredOutEventCount: 4,
    InvokedEventCount: 2,
    FailedInvokeEventCount: 0,
    DroppedEventCount: 0,
    OnFailureDestinationDeliveredEventCount: 0,
  })
  expect(world.facts).toContainEqual(expect.objectContaining({ kind: 'streamRecordsFiltered', records: 4 }))
})

test('the position moves past records that are not for the function, also when none is', async () => {
  const world = await createStreamWorld()
  const first = await world.mapping({ filters })
  const numbers = world.stream.put(look(500))
  await world.idle()
  expect(world.calls).toEqual([])
  expect(first.positions()).toMatchObject([
    { checkpoint: { kind: 'after', sequenceNumber: numbers.at(-1) }, buffered: 0 },
  ])
  await first.stop()
  const second = await world.mapping()
  expect(world.calls).toEqual([])
  expect(second.figures.polled).toBe(0)
})

test('passing over records costs one transaction a page, not one a record', async () => {
  const world = await createStreamWorld()
  let transactions = 0
  const checkpoint = world.store.checkpoint.bind(world.store)
  world.store.checkpoint = (...all) => {
    transactions++
    return checkpoint(...all)
  }
  await world.mapping({ filters })
  world.stream.put(look(5_000))
  await world.idle()
  expect(transactions).toBeLessThanOrEqual(6)
})

test('filtered records between others take no room in what is read ahead', async () => {
  const world = await createStreamWorld()
  await world.mapping({ filters, parallelizationFactor: 2 }, () => world.after(1_000))
  world.stream.put([...buy(1), ...look(5_000)], { key: 'one' })
  world.stream.put(['{"kind":"buy","n":"last"}'], { key: 'key' })
  await world.idle()
  expect(world.data()).toEqual([buy(1), ['{"kind":"buy","n":"last"}']])
})
