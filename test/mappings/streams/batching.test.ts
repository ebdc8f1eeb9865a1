import { expect, test } from 'vitest'
import { createStreamWorld, numbered } from './streamWorld.ts'

test('records go to the function in order, at most BatchSize at a time, one batch of a shard in flight', async () => {
  const world = await createStreamWorld()
  await world.mapping({ batchSize: 3 }, () => world.after(10))
  world.stream.put(numbered(8))
  await world.clock.advance(100)
  expect(world.data()).toEqual([
    ['0', '1', '2'],
    ['3', '4', '5'],
    ['6', '7'],
  ])
  expect(world.mostRunning()).toBe(1)
})

test('a batch holds records of one shard, and shards do not wait for each other', async () => {
  const world = await createStreamWorld({ shards: 2 })
  const [first, second] = world.stream.shardIds()
  await world.mapping({}, () => world.after(10))
  world.stream.put(['a'], { shard: first })
  world.stream.put(['b'], { shard: second })
  await world.clock.advance(100)
  expect(world.data()).toEqual([['a'], ['b']])
  expect(world.mostRunning()).toBe(2)
})
