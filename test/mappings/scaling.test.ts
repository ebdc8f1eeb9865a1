import { expect, test } from 'vitest'
import { createMappingWorld, failing, fails, numbered } from './mappingWorld.ts'

test('five batches at once to begin with, three hundred more after a minute of the clock', async () => {
  const world = await createMappingWorld()
  await world.send(numbered(700))
  world.mapping({ batchSize: 1 }, () => world.after(600_000))
  await world.idle()
  expect(world.runningNow()).toBe(5)
  await world.clock.advance(6_000)
  expect(world.runningNow()).toBe(35)
  await world.clock.advance(54_000)
  expect(world.runningNow()).toBe(305)
  await world.clock.advance(60_000)
  expect(world.runningNow()).toBe(605)
})

test('maximumConcurrency bounds the batches, and nothing is received that could not run', async () => {
  const world = await createMappingWorld()
  await world.send(numbered(1_000))
  world.mapping({ batchSize: 10, maximumConcurrency: 2 }, () => world.after(1_000))
  await world.idle()
  expect(world.countsOf()).toMatchObject({ inFlight: 20, ready: 980 })
  await world.clock.advance(50_000)
  expect(world.left()).toEqual([])
  expect(world.mostRunning()).toBe(2)
  expect(world.calls).toHaveLength(100)
})

test('provisioned pollers are there at once, ten batches each', async () => {
  const world = await createMappingWorld()
  await world.send(numbered(100))
  const provisionedPollerConfig = { minimumPollers: 2, maximumPollers: 3 }
  world.mapping({ batchSize: 1, provisionedPollerConfig }, () => world.after(60_000))
  await world.idle()
  expect(world.runningNow()).toBe(20)
  await world.clock.advance(10_000)
  expect(world.runningNow()).toBe(30)
})

test('a function without a free place is not read for', async () => {
  const world = await createMappingWorld({ reserved: { worker: 1 } })
  world.gate.enter('worker')
  await world.send(['a'])
  world.mapping({})
  await world.clock.advance(600_000)
  expect(world.sqs.peek('orders')).toMatchObject([{ receiveCount: 0 }])
  world.gate.leave('worker')
  await world.idle()
  expect(world.bodies()).toEqual([['a']])
})

test('a refused batch is tried again with growing pauses; no receive is lost to that', async () => {
  const world = await createMappingWorld({ reserved: { worker: 1 } })
  world.mapping({})
  await world.idle()
  // The place goes to somebody else while the mapping waits for a message.
  world.gate.enter('worker')
  await world.send(['a'])
  await world.clock.advance(6_999)
  world.gate.leave('worker')
  await world.idle()
  expect(world.calls).toEqual([])
  await world.clock.advance(1)
  expect(world.calls).toMatchObject([{ atMs: 7_000, bodies: ['a'] }])
  expect(world.calls[0]?.records[0]?.attributes['ApproximateReceiveCount']).toBe('1')
})

test('a batch that is refused until its messages are visible again is dropped, at the cost of one receive', async () => {
  const world = await createMappingWorld({ reserved: { worker: 1 } })
  const mapping = world.mapping({})
  await world.idle()
  world.gate.enter('worker')
  await world.send(['a'])
  await world.clock.advance(120_000)
  expect(world.calls).toEqual([])
  // No place is free, so that it is not received again.
  expect(world.sqs.peek('orders')).toMatchObject([{ receiveCount: 1 }])
  expect(world.facts.filter(({ kind }) => kind === 'batchEnded')).toMatchObject([
    { removed: 0, left: 1, why: 'throttled until visible again' },
  ])
  world.gate.leave('worker')
  await world.idle()
  expect(world.calls[0]?.records[0]?.attributes['ApproximateReceiveCount']).toBe('2')
  expect(mapping.figures).toMatchObject({ polled: 2, invoked: 1, failedInvoke: 0, deleted: 1 })
})

test('failed batches slow a mapping down, and it recovers with those that go well', async () => {
  const world = await createMappingWorld()
  let isBroken = true
  await world.send(numbered(60))
  world.mapping({ batchSize: 1 }, async () => {
    await world.after(100)
    return isBroken ? fails : undefined
  })
  await world.clock.advance(100)
  await world.clock.advance(50)
  expect(world.runningNow()).toBe(1)
  isBroken = false
  await world.clock.advance(100)
  expect(world.runningNow()).toBe(2)
  await world.clock.advance(300)
  expect(world.runningNow()).toBeGreaterThanOrEqual(5)
})

test('a partial failure does not slow a mapping down', async () => {
  const world = await createMappingWorld()
  await world.send(numbered(50))
  const config = { batchSize: 1, functionResponseType: 'ReportBatchItemFailures' } as const
  world.mapping(config, async ({ records }) => {
    await world.after(100)
    return failing(...records.map(({ messageId }) => messageId))
  })
  await world.clock.advance(100)
  await world.clock.advance(50)
  expect(world.runningNow()).toBe(5)
})

test('a slow function does not delay another mapping', async () => {
  const world = await createMappingWorld({ queues: { other: {} } })
  world.mapping({ batchSize: 1 }, () => world.after(600_000), { functionName: 'slow' })
  world.mapping({ queue: 'other', batchSize: 1 }, () => {}, { functionName: 'quick' })
  await world.send(numbered(100))
  await world.send(numbered(100), { queue: 'other' })
  await world.idle()
  expect(world.left('other')).toEqual([])
  expect(world.runningNow('slow')).toBe(5)
})

test('mappings on one queue compete: each message goes to one of them', async () => {
  const world = await createMappingWorld()
  world.mapping({ batchSize: 1, maximumConcurrency: 2 }, () => world.after(10), { functionName: 'a' })
  world.mapping({ batchSize: 1, maximumConcurrency: 2 }, () => world.after(10), { functionName: 'b' })
  await world.send(numbered(100))
  await world.clock.advance(1_000)
  expect(world.bodies().flat().toSorted()).toEqual(numbered(100).toSorted())
  for (const name of ['a', 'b'])
    expect(world.calls.filter(({ functionName }) => functionName === name).length).toBeGreaterThan(20)
})

test.each([
  [{ batchSize: 1 }, 5, 5],
  [{ batchSize: 3, maximumConcurrency: 2 }, 6, 2],
  [{ batchSize: 4 }, 10, 5],
])('with %o a receive is for %i messages, as many as may go at once', async (config, limit, atOnce) => {
  const world = await createMappingWorld()
  await world.send(numbered(40))
  const reader = world.sqs.queueReader('orders')
  const limits: number[] = []
  world.mapping(config, () => world.after(100), {
    reader: {
      receive(options) {
        limits.push(options.limit)
        return reader.receive(options)
      },
      remove: (messages) => reader.remove(messages),
    },
  })
  await world.idle()
  expect(limits[0]).toBe(limit)
  expect(world.runningNow()).toBe(atOnce)
  expect(world.countsOf().inFlight).toBe(atOnce * config.batchSize)
  await world.clock.advance(1_000)
  expect(world.bodies().flat().toSorted()).toEqual(numbered(40).toSorted())
})
