import { expect, test } from 'vitest'
import { forgetPositions } from '../../../src/mappings/index.ts'
import { createStreamWorld, fails, FAILURES_ARN, numbered, settingsOf, UUID } from './streamWorld.ts'

test('after a crash in the middle of a batch everything from the position on comes again', async () => {
  const world = await createStreamWorld()
  await world.mapping({ batchSize: 2 }, ({ data }) =>
    data.includes('2') ? new Promise<never>(() => {}) : undefined,
  )
  world.stream.put(numbered(5))
  await world.idle()
  world.crash()
  world.calls.length = 0
  await world.mapping({ batchSize: 2 })
  expect(world.data()).toEqual([['2', '3'], ['4']])
})

test('an old instance cannot move the position of a newer one', async () => {
  const world = await createStreamWorld()
  let finish = (): void => {}
  const old = await world.mapping({ maximumRetryAttempts: 0, onFailureArn: FAILURES_ARN }, async () => {
    await new Promise<void>((resolve) => (finish = resolve))
    return fails
  })
  world.stream.put(['a'])
  await world.idle()
  const newer = await world.mapping({}, () => world.after(1_000))
  finish()
  await world.idle()
  expect(world.failures()).toEqual([])
  expect(old.figures).toMatchObject({ dropped: 0, delivered: 0 })
  world.stream.put(['b'])
  await world.clock.advance(5_000)
  expect(newer.figures).toMatchObject({ polled: 2, invoked: 2 })
  expect(world.data()).toEqual([['a'], ['a'], ['b']])
})

test('with lanes a restart begins below the lowest record that is not over', async () => {
  const world = await createStreamWorld()
  const settings = { parallelizationFactor: 2, batchSize: 1 }
  const first = await world.mapping(settings, ({ data }) => (data.includes('bad') ? fails : undefined))
  world.stream.put(['bad'], { key: 'key' })
  world.stream.put(['good'], { key: 'other' })
  await world.idle()
  await first.stop()
  world.calls.length = 0
  await world.mapping(settings)
  expect(world.data().flat().toSorted()).toEqual(['bad', 'good'])
})

test('stopping waits for what is with the function, keeps the position, and begins nothing new', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ batchSize: 1 }, () => world.after(1_000))
  world.stream.put(['a', 'b'])
  await world.idle()
  let hasStopped = false
  const stopping = mapping.stop().then(() => (hasStopped = true))
  await world.clock.advance(999)
  expect(hasStopped).toBe(false)
  await world.clock.advance(1)
  await stopping
  await world.clock.advance(60_000)
  expect(world.data()).toEqual([['a']])
  expect(world.clock.timers()).toEqual([])
  await world.mapping()
  expect(world.data()).toEqual([['a'], ['b']])
})

test('a mapping that is disabled keeps its place, and goes on from there', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping()
  world.stream.put(['a'])
  await world.idle()
  await mapping.update(settingsOf({ isEnabled: false }))
  world.stream.put(['b'])
  await world.clock.advance(60_000)
  expect(world.data()).toEqual([['a']])
  await mapping.update(settingsOf())
  await world.idle()
  expect(world.data()).toEqual([['a'], ['b']])
})

test('a mapping that is created disabled reads nothing', async () => {
  const world = await createStreamWorld()
  await world.mapping({ isEnabled: false })
  world.stream.put(['a'])
  await world.idle()
  expect(world.calls).toEqual([])
})

test('other settings are taken over between batches, and free a batch that is being retried', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ batchSize: 4 }, ({ data }) => (data.length > 1 ? fails : undefined))
  world.stream.put(numbered(4))
  await world.clock.advance(5_000)
  await mapping.update(settingsOf({ batchSize: 1 }))
  await world.idle()
  expect(world.data().slice(-4)).toEqual([['0'], ['1'], ['2'], ['3']])
})

test('a filter that is no pattern is refused, and nothing changes', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping()
  await expect(mapping.update(settingsOf({ filters: ['{"data":'] }))).rejects.toThrow('JSON')
  world.stream.put(['a'])
  await world.idle()
  expect(world.data()).toEqual([['a']])
})

test('a mapping that was deleted begins anew where its settings say', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping()
  world.stream.put(['a'])
  await world.idle()
  await mapping.stop()
  await forgetPositions(UUID, world.store)
  expect(world.store.list('mapping positions')).toEqual([])
  await world.mapping()
  expect(world.data()).toEqual([['a'], ['a']])
})

test('the outcome of a batch that cannot be stored is stored later, and the function does not run again for it', async () => {
  const world = await createStreamWorld()
  const checkpoint = world.store.checkpoint.bind(world.store)
  let isFull = true
  world.store.checkpoint = (...all) => (isFull ? Promise.reject(new Error('no space')) : checkpoint(...all))
  const mapping = await world.mapping()
  const [number] = world.stream.put(['a'])
  await world.clock.advance(10_000)
  isFull = false
  await world.clock.advance(10_000)
  expect(world.data()).toEqual([['a']])
  await mapping.stop()
  await world.mapping()
  expect(world.data()).toEqual([['a']])
  expect(world.store.get('mapping positions', `${UUID}/shardId-000000000000`)).toMatchObject({
    position: { kind: 'after', sequenceNumber: number },
  })
})

test('the latest run of the function says how the mapping is doing', async () => {
  const world = await createStreamWorld()
  let isDown = true
  const mapping = await world.mapping({}, () => (isDown ? fails : undefined))
  expect(mapping.lastProcessingResult).toBe('No records processed')
  world.stream.put(['a'])
  await world.idle()
  expect(mapping.lastProcessingResult).toBe('PROBLEM: Function call failed')
  isDown = false
  await world.clock.advance(1_000)
  expect(mapping.lastProcessingResult).toBe('OK')
})

test('another start, stop or update while one is under way comes after it', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ batchSize: 1 }, () => world.after(1_000))
  world.stream.put(['a', 'b'])
  await world.idle()
  const stopped = mapping.stop()
  mapping.start()
  await mapping.update(settingsOf({ batchSize: 2 }))
  await world.clock.advance(10_000)
  await stopped
  expect(world.data()).toEqual([['a'], ['b']])
})

test('an error of our own stops nothing for good: the batch is read and tried again', async () => {
  const world = await createStreamWorld()
  let isBroken = true
  const mapping = await world.mapping({}, () => (isBroken ? Promise.reject(new Error('broken')) : undefined))
  world.stream.put(['a'])
  await world.idle()
  expect(mapping.problem).toContain('broken')
  isBroken = false
  await world.clock.advance(5_000)
  expect(world.data().at(-1)).toEqual(['a'])
  expect(mapping.problem).toBeUndefined()
})
