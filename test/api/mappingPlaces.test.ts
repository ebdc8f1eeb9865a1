import { expect, test } from 'vitest'
import { createMappingsWorld, streamArn, streamSettings } from './mappingsWorld.ts'

const clicks = (shards = 1) => [{ name: 'clicks', shards }]
const latest = streamSettings({ startingPosition: 'LATEST' })

test('a declared mapping reads its stream from the beginning, and tells how far it is', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks())
  await world.put('one')
  await world.declare({})
  await world.put('two')
  expect(world.data()).toEqual(['one', 'two'])
  expect(world.mappings.describe()).toMatchObject([
    {
      functionName: 'worker',
      qualifier: null,
      kind: 'stream',
      eventSourceArn: streamArn('clicks'),
      sourceName: 'clicks',
      state: 'Enabled',
      lastProblem: null,
      lastProcessingResult: 'OK',
      metrics: { PolledEventCount: 2 },
      positions: [
        {
          shardId: 'shardId-000000000000',
          sequenceNumber: expect.stringMatching(/^\d+$/),
          iteratorAgeMs: 0,
        },
      ],
    },
  ])
})

test('a mapping at LATEST gets all that comes after it was made, even before it runs', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks(2))
  await world.put('before')
  await world.declare()
  const mapping = await world.create({ settings: { ...latest, isEnabled: false } })
  await world.put('after')
  expect(world.data()).toEqual([])
  await world.change(mapping, { isEnabled: true })
  expect(world.data()).toEqual(['after'])
})

test('a stream that comes after its mapping is new from its first record on, wherever the mapping begins', async () => {
  const world = createMappingsWorld()
  await world.declare({ settings: latest })
  expect(world.mappings.describe()).toMatchObject([
    { state: 'Enabled', lastProblem: expect.stringContaining('not found'), positions: [] },
  ])
  await world.kinesis.declare(clicks())
  await world.put('one')
  await world.clock.advance(60_000)
  expect(world.data()).toEqual(['one'])
  expect(world.mappings.describe()).toMatchObject([{ lastProblem: null }])
})

test('what failed is told, and a disabled mapping goes on where it was', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks())
  await world.declare()
  const mapping = await world.create()
  await world.put('one')
  await world.change(mapping, { isEnabled: false })
  await world.put('two')
  expect(world.data()).toEqual(['one'])
  world.state.fails = true
  await world.change(mapping, { isEnabled: true })
  expect(world.data()).toEqual(['one', 'two'])
  expect(world.mappings.lastProcessingResult(mapping.uuid)).toBe('PROBLEM: Function call failed')
})

test('a mapping that is made again begins again', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks())
  await world.declare()
  const mapping = await world.create()
  await world.put('one')
  await world.remove(mapping)
  expect(world.mappings.describe()).toEqual([])
  await world.create()
  expect(world.data()).toEqual(['one', 'one'])
})

test('a declared mapping that leaves the file begins anew when it comes back', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks())
  await world.declare({})
  await world.put('one')
  await world.declare({})
  expect(world.data()).toEqual(['one'])
  await world.declare()
  await world.declare({})
  expect(world.data()).toEqual(['one', 'one'])
})

test('a declared mapping that the API deleted begins anew when its declaration changes', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks())
  await world.declare({})
  await world.put('one')
  const [mapping] = world.registry.list()
  await world.remove(mapping!)
  await world.declare({})
  expect(world.data()).toEqual(['one'])
  await world.declare({ settings: streamSettings({ batchSize: 1 }) })
  expect(world.data()).toEqual(['one', 'one'])
})

test('a declared mapping keeps its place when the file names another position', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks())
  await world.declare({ settings: latest })
  await world.put('one')
  await world.declare({ settings: streamSettings() })
  await world.put('two')
  expect(world.data()).toEqual(['one', 'two'])
})

test('a mapping whose function is gone stays Enabled, reads nothing, and goes on when it is back', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks())
  await world.declare()
  await world.create({ qualifier: 'live' })
  await world.put('one')
  world.functions.delete('worker')
  await world.mappings.followAll()
  await world.put('two')
  expect(world.data()).toEqual(['one'])
  expect(world.mappings.describe()).toMatchObject([
    { state: 'Enabled', lastProblem: 'there is no function worker' },
  ])
  world.functions.add('worker')
  await world.mappings.followAll()
  await world.activity.idle()
  expect(world.runs).toEqual([
    { functionName: 'worker', qualifier: 'live', data: ['one'] },
    { functionName: 'worker', qualifier: 'live', data: ['two'] },
  ])
})

test('a switch to another function goes on behind what the one before has done', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks())
  await world.declare()
  const mapping = await world.create()
  await world.put('one')
  await world.change({ ...mapping, functionName: 'other' }, {})
  await world.put('two')
  expect(world.runs.map(({ functionName, data }) => [functionName, ...data])).toEqual([
    ['worker', 'one'],
    ['other', 'two'],
  ])
})

test('places outlive the process, and those of a consumer are its own', async () => {
  const world = createMappingsWorld()
  await world.kinesis.declare(clicks())
  await world.declare({}, { functionName: 'other', eventSourceArn: `${streamArn('clicks')}/consumer/c:1` })
  await world.put('one')
  expect(world.data()).toEqual(['one', 'one'])
  await world.mappings.stop()

  const again = createMappingsWorld({ store: world.store })
  await again.declare({}, { functionName: 'other', eventSourceArn: `${streamArn('clicks')}/consumer/c:1` })
  expect(again.data()).toEqual([])
  await again.put('two')
  expect(again.data()).toEqual(['two', 'two'])
})
