import { expect, test, vi } from 'vitest'
import type { QueueReader } from '../../src/sources/index.ts'
import type { ReceivedMessage } from '../../src/services/sqs/index.ts'
import { arnOf, createMappingWorld, fails, numbered } from './mappingWorld.ts'

const filtered = (...kinds: string[]) => ({ filterPatterns: [{ body: kinds }] })

test('a mapping that stops gives back at once what it gathered, and nothing is lost', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({ batchSize: 100, maximumBatchingWindow: 20 })
  await world.send(numbered(15))
  await world.idle()
  expect(world.countsOf()).toMatchObject({ inFlight: 15, ready: 0 })
  await mapping.stop()
  expect(world.countsOf()).toMatchObject({ inFlight: 0, ready: 15 })
  await mapping.stop()
  mapping.start()
  await world.clock.advance(20_000)
  expect(world.bodies().flat()).toHaveLength(15)
  expect(world.left()).toEqual([])
})

test('stopping waits for the batches that are with the function, and gives back those that were refused', async () => {
  const world = await createMappingWorld({ reserved: { worker: 2 } })
  const mapping = world.mapping({ batchSize: 1 }, () => world.after(5_000))
  await world.send(['a'])
  await world.idle()
  world.gate.enter('worker')
  await world.send(['b'])
  await world.idle()
  expect(world.runningNow()).toBe(1)
  const stopped = vi.fn<() => void>()
  const stopping = mapping.stop().then(stopped)
  await world.idle()
  expect(stopped).not.toHaveBeenCalled()
  expect(world.countsOf()).toMatchObject({ inFlight: 1, ready: 1 })
  await world.clock.advance(5_000)
  await stopping
  expect(world.left()).toEqual(['b'])
})

test('other settings apply to what was gathered already', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({ batchSize: 100, maximumBatchingWindow: 300 })
  await world.send(['a', 'b', 'c'])
  await world.idle()
  await mapping.update(world.settingsOf({ batchSize: 2, ...filtered('a', 'c') }))
  await world.idle()
  expect(world.bodies()).toEqual([['a', 'c']])
  expect(world.left()).toEqual([])
  expect(mapping.settings).toMatchObject({ batchSize: 2, windowMs: 0 })
  expect(mapping.figures).toMatchObject({ polled: 3, filteredOut: 1, deleted: 2 })
})

test('a filter applies to the very next message, and so does its removal', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({})
  await world.idle()
  await mapping.update(world.settingsOf(filtered('yes')))
  await world.send(['no', 'yes'])
  await world.idle()
  await mapping.update(world.settingsOf({}))
  await world.send(['no'])
  await world.idle()
  expect(world.bodies()).toEqual([['yes'], ['no']])
})

test('figures are shown under their CloudWatch names to those who ask for EventCount', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping(filtered('yes', 'bad'), ({ bodies }) =>
    bodies.includes('bad') ? fails : undefined,
  )
  await world.send(['yes', 'no'])
  await world.idle()
  await world.send(['bad'])
  await world.idle()
  expect(mapping.metrics).toEqual({})
  await mapping.update({ ...mapping.settings, metrics: ['EventCount'] })
  expect(mapping.metrics).toEqual({
    PolledEventCount: 3,
    FilteredOutEventCount: 1,
    InvokedEventCount: 2,
    FailedInvokeEventCount: 1,
    DeletedEventCount: 1,
  })
})

test('settings with a filter that is no pattern change nothing', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping(filtered('yes'))
  const wrong = { ...world.settingsOf({}), filters: ['{"body":"x"}'] }
  await expect(mapping.update(wrong)).rejects.toMatchObject({ name: 'PatternError' })
  expect(mapping.settings.filters).toEqual(['{"body":["yes"]}'])
  await expect(mapping.update(world.settingsOf({ queue: 'other' }))).rejects.toThrow(arnOf('orders'))
})

test('a lower maximumConcurrency applies to the next batch, a higher one at once', async () => {
  const world = await createMappingWorld()
  await world.send(numbered(50))
  const mapping = world.mapping({ batchSize: 1 }, () => world.after(1_000))
  await world.idle()
  await mapping.update(world.settingsOf({ batchSize: 1, maximumConcurrency: 2 }))
  await world.idle()
  expect(world.runningNow()).toBe(5)
  await world.clock.advance(1_000)
  expect(world.runningNow()).toBe(2)
  await mapping.update(world.settingsOf({ batchSize: 1, maximumConcurrency: 4 }))
  await world.idle()
  expect(world.runningNow()).toBe(4)
})

test('a mapping can be disabled and enabled again while it works', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({ batchSize: 1, maximumConcurrency: 2 }, () => world.after(100))
  await world.send(numbered(10))
  await world.idle()
  const off = mapping.update(world.settingsOf({ batchSize: 1, enabled: false }))
  const on = mapping.update(world.settingsOf({ batchSize: 1, maximumConcurrency: 2 }))
  const offAgain = mapping.update(world.settingsOf({ batchSize: 1, enabled: false }))
  await world.clock.advance(100)
  await Promise.all([off, on, offAgain])
  await world.clock.advance(1_000)
  expect(world.calls).toHaveLength(2)
  expect(world.countsOf()).toMatchObject({ inFlight: 0, ready: 8 })
  await mapping.update(world.settingsOf({ batchSize: 1 }))
  await world.clock.advance(1_000)
  expect(world.left()).toEqual([])
  expect(world.bodies().flat().toSorted()).toEqual(numbered(10))
})

test('a mapping whose queue vanishes says so once, backs off, and goes on with a new queue', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({})
  await world.idle()
  expect(mapping.problem).toBeUndefined()
  await world.sqs.removeQueue('orders')
  await world.clock.advance(600_000)
  expect(mapping.problem).toBe(
    'the queue cannot be read: QueueDoesNotExist: The specified queue does not exist.',
  )
  expect(world.logged).toHaveLength(1)
  // The next attempt is nothing that anybody has to wait for.
  expect(world.clock.timers().every(({ recurring }) => recurring)).toBe(true)
  await world.call('CreateQueue', { QueueName: 'orders' })
  await world.clock.advance(60_000)
  expect(mapping.problem).toBeUndefined()
  expect(world.logged).toHaveLength(2)
  await world.send(['a'])
  await world.idle()
  expect(world.bodies()).toEqual([['a']])
})

test('a vanished queue does not hold up stopping', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({})
  await world.sqs.removeQueue('orders')
  await world.idle()
  await mapping.stop()
  expect(world.clock.timers()).toEqual([])
})

/** A reader whose calls can be made to fail. */
function breakable(inner: QueueReader<ReceivedMessage>) {
  const broken = { receive: false, remove: false }
  const reader: QueueReader<ReceivedMessage> = {
    receive: async (options) => {
      const messages = await inner.receive(options)
      if (broken.receive) throw new Error('no answer')
      return messages
    },
    remove: (messages) => (broken.remove ? Promise.reject(new Error('no answer')) : inner.remove(messages)),
  }
  return { broken, reader }
}

test('what was gathered before a read failed is handed over all the same', async () => {
  const world = await createMappingWorld()
  const { broken, reader } = breakable(world.sqs.queueReader('orders'))
  const mapping = world.mapping({ batchSize: 100, maximumBatchingWindow: 10 }, () => {}, { reader })
  await world.send(['a', 'b'])
  await world.idle()
  broken.receive = true
  await world.send(['c'])
  await world.idle()
  expect(mapping.problem).toBe('the queue cannot be read: Error: no answer')
  broken.receive = false
  await world.clock.advance(11_000)
  expect(world.bodies()).toEqual([['a', 'b']])
  await world.clock.advance(60_000)
  expect(world.bodies().flat()).toEqual(['a', 'b', 'c'])
})

test('messages that cannot be deleted come back, and the mapping goes on', async () => {
  const world = await createMappingWorld()
  const { broken, reader } = breakable(world.sqs.queueReader('orders'))
  broken.remove = true
  world.mapping({}, () => {}, { reader })
  await world.send(['a'])
  await world.idle()
  broken.remove = false
  await world.send(['b'])
  await world.clock.advance(30_000)
  expect(world.bodies()).toEqual([['a'], ['b'], ['a']])
  expect(world.left()).toEqual([])
  expect(world.logged).toEqual([expect.stringContaining('a batch could not be ended')])
})

test('a reader that cannot release leaves messages to their visibility timeout', async () => {
  const world = await createMappingWorld()
  const { reader } = breakable(world.sqs.queueReader('orders'))
  const mapping = world.mapping({ batchSize: 50, maximumBatchingWindow: 60 }, () => {}, { reader })
  await world.send(['a'])
  await world.idle()
  await mapping.stop()
  expect(world.countsOf()).toMatchObject({ inFlight: 1 })
})

test('a mapping at rest is no work and sets no timer', async () => {
  const world = await createMappingWorld()
  const mapping = world.mapping({ batchSize: 20, maximumBatchingWindow: 1 }, () => fails)
  await world.send(['a'])
  await world.clock.advance(1_000)
  await world.call('PurgeQueue', { QueueUrl: 'orders' })
  await world.idle()
  expect(world.activity.open()).toEqual([])
  expect(world.clock.timers().filter(({ recurring }) => !recurring)).toEqual([])
  expect(mapping.problem).toBeUndefined()
})
