import { expect, test } from 'vitest'
import { takePositions } from '../../../src/mappings/index.ts'
import { createStreamWorld, fails, FAILURES_ARN, numbered, settingsOf, UUID } from './streamWorld.ts'

const SHARD = 'shardId-000000000000'

test('TRIM_HORIZON begins with the oldest record, AT_TIMESTAMP at its time, LATEST behind what is there', async () => {
  for (const [settings, expected] of [
    [{ startingPosition: 'TRIM_HORIZON' }, ['old', 'newer', 'new']],
    [{ startingPosition: 'AT_TIMESTAMP', startingTimestampMs: 1_700_000_001_000 }, ['newer', 'new']],
    [{ startingPosition: 'LATEST' }, ['new']],
  ] as const) {
    const world = await createStreamWorld()
    world.stream.put(['old'])
    await world.clock.advance(1_000)
    world.stream.put(['newer'])
    await world.mapping(settings)
    world.stream.put(['new'])
    await world.idle()
    expect(world.data().flat()).toEqual(expected)
  }
})

test('LATEST is where the positions were taken, however much later the mapping begins; taking them again changes nothing', async () => {
  const world = await createStreamWorld()
  const { store } = world
  const settings = settingsOf({ startingPosition: 'LATEST' })
  const mapping = await world.mapping(settings, () => {}, { isStarted: false })
  world.stream.put(['before'])
  await takePositions({ uuid: UUID, settings, reader: world.stream.reader, store })
  world.stream.put(['between'])
  await takePositions({ uuid: UUID, settings, reader: world.stream.reader, store })
  mapping.start()
  await world.idle()
  expect(world.data()).toEqual([['between']])
})

test('at LATEST shards that were closed before are over, and shards that come later are read from their beginning', async () => {
  const world = await createStreamWorld()
  world.stream.put(['old'])
  const [left] = world.stream.split(SHARD)
  world.stream.put(['also old'], { shard: left })
  const mapping = await world.mapping({ startingPosition: 'LATEST' })
  expect(world.calls).toEqual([])
  expect(mapping.positions()[0]).toMatchObject({ shardId: SHARD, state: 'ended' })
  world.stream.put(['new'], { shard: left })
  const [child] = world.stream.split(left)
  world.stream.put(['in the child'], { shard: child })
  await world.idle()
  expect(world.data()).toEqual([['new'], ['in the child']])
})

test('children wait until their parent is over', async () => {
  const world = await createStreamWorld()
  let isDown = true
  const mapping = await world.mapping({ batchSize: 1 }, () => (isDown ? fails : undefined))
  world.stream.put(['parent 1', 'parent 2'])
  await world.idle()
  const [left, right] = world.stream.split(SHARD)
  world.stream.put(['left'], { shard: left })
  world.stream.put(['right'], { shard: right })
  await world.clock.advance(10_000)
  expect(new Set(world.data().flat())).toEqual(new Set(['parent 1']))
  expect(mapping.positions().map(({ state }) => state)).toEqual(['blocked', 'waiting', 'waiting'])
  isDown = false
  world.calls.length = 0
  await world.clock.advance(10_000)
  expect(world.data()).toEqual([['parent 1'], ['parent 2'], ['left'], ['right']])
  expect(mapping.positions().map(({ state }) => state)).toEqual(['ended', 'reading', 'reading'])
})

test('after a merge the child waits for both parents', async () => {
  const world = await createStreamWorld({ shards: 2 })
  const [first = '', second = ''] = world.stream.shardIds()
  let isDown = true
  await world.mapping({}, ({ data }) => (isDown && data.includes('b') ? fails : undefined))
  world.stream.put(['a'], { shard: first })
  world.stream.put(['b'], { shard: second })
  const child = world.stream.merge(first, second)
  world.stream.put(['c'], { shard: child })
  await world.clock.advance(5_000)
  expect(world.data().flat()).not.toContain('c')
  isDown = false
  await world.clock.advance(30_000)
  expect(world.data().at(-1)).toEqual(['c'])
})

test('a parent that is gone by age counts as read, and is forgotten', async () => {
  const world = await createStreamWorld()
  const first = await world.mapping()
  world.stream.put(['a'])
  await world.idle()
  await first.stop()
  world.stream.put(['lost'])
  const [child] = world.stream.split(SHARD)
  world.stream.put(['b'], { shard: child })
  world.stream.removeShard(SHARD)
  const second = await world.mapping()
  expect(world.data()).toEqual([['a'], ['b']])
  expect(second.positions().map(({ shardId }) => shardId)).not.toContain(SHARD)
  expect(world.store.list('mapping positions').map(([key]) => key)).not.toContain(`${UUID}/${SHARD}`)
})

test('splits and merges while records keep coming lose nothing', async () => {
  const world = await createStreamWorld()
  await world.mapping({ batchSize: 7 }, () => world.after(3))
  const sent: string[] = []
  for (const round of numbered(12)) {
    for (const shard of world.stream.openIds()) {
      const data = numbered(10, `${round}-${shard}-`)
      world.stream.put(data, { shard })
      sent.push(...data)
    }
    const [first = '', second] = world.stream.openIds()
    if (Number(round) % 3 === 2 && second !== undefined) world.stream.merge(first, second)
    else world.stream.split(first)
    await world.clock.advance(5)
  }
  await world.clock.advance(10_000)
  expect(world.data().flat().toSorted()).toEqual(sent.toSorted())
})

test('a stream that is deleted is said once, and one of the same name that is made later is read from its beginning', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ startingPosition: 'LATEST' })
  world.stream.put(['a'])
  await world.idle()
  world.stream.remove()
  await world.clock.advance(30_000)
  expect(mapping.problem).toBe(
    'the stream cannot be read: ResourceNotFoundException: Stream clicks under account 000000000000 not found.',
  )
  expect(world.logged).toHaveLength(1)
  world.stream.create()
  world.stream.put(['b'])
  await world.clock.advance(60_000)
  expect(world.data()).toEqual([['a'], ['b']])
  expect(mapping.problem).toBeUndefined()
  expect(world.logged).toHaveLength(2)
})

test('a reader that fails is asked again with growing pauses, and nothing is lost or done twice', async () => {
  const world = await createStreamWorld({ shards: 2 })
  const mapping = await world.mapping()
  world.stream.put(['a'])
  await world.idle()
  world.stream.fail(new Error('connection refused'))
  await world.clock.advance(20_000)
  expect(mapping.problem).toContain('connection refused')
  expect(world.stream.reads().made).toBeLessThan(30)
  expect(world.clock.timers().every(({ recurring }) => recurring)).toBe(true)
  world.stream.fail(undefined)
  world.stream.put(['b'])
  await world.clock.advance(20_000)
  expect(mapping.problem).toBeUndefined()
  expect(world.data()).toEqual([['a'], ['b']])
})

test('a mapping whose stream cannot be read at first begins when it can', async () => {
  const world = await createStreamWorld()
  world.stream.fail(new Error('connection refused'))
  const mapping = await world.mapping()
  expect(mapping.problem).toContain('connection refused')
  world.stream.fail(undefined)
  world.stream.put(['a'])
  await world.clock.advance(2_000)
  expect(world.data()).toEqual([['a']])
})

test('what was read of a shard that is gone by now is still worked on, or told of', async () => {
  const world = await createStreamWorld({ retentionMs: 86_400_000 })
  const mapping = await world.mapping({ onFailureArn: FAILURES_ARN }, ({ data }) =>
    data.includes('bad') ? fails : undefined,
  )
  world.stream.put(['bad'])
  await world.idle()
  const [child] = world.stream.split(SHARD)
  await world.clock.advance(86_399_999)
  world.stream.removeShard(SHARD)
  world.stream.put(['good'], { shard: child })
  await world.clock.advance(1)
  expect(world.failures()).toMatchObject([{ KinesisBatchInfo: { shardId: SHARD, batchSize: 1 } }])
  expect(world.data().at(-1)).toEqual(['good'])
  expect(mapping.problem).toBeUndefined()
  expect(mapping.positions().map(({ shardId }) => shardId)).not.toContain(SHARD)
})

test('a shard that cannot be found is no reason to forget the others', async () => {
  const world = await createStreamWorld({ shards: 2 })
  const [first = '', second = ''] = world.stream.shardIds()
  const mapping = await world.mapping()
  world.stream.put(['a'], { shard: second })
  await world.idle()
  world.stream.failShard(first)
  await world.clock.advance(10_000)
  expect(mapping.problem).toContain('ResourceNotFoundException')
  world.stream.failShard(undefined)
  world.stream.put(['b'], { shard: second })
  await world.clock.advance(10_000)
  expect(world.data()).toEqual([['a'], ['b']])
  expect(mapping.problem).toBeUndefined()
})

test('a mapping that does not run says where it will go on', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping()
  const [number] = world.stream.put(['a'])
  await world.idle()
  await mapping.stop()
  expect(mapping.positions()).toMatchObject([
    { shardId: SHARD, checkpoint: { kind: 'after', sequenceNumber: number }, state: 'resting' },
  ])
})
