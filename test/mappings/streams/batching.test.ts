import { expect, test } from 'vitest'
import { createStreamWorld, fails, numbered } from './streamWorld.ts'

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

test('a batching window begins with the first record, or where the invocation before has ended', async () => {
  const world = await createStreamWorld()
  await world.mapping({ windowMs: 5_000 })
  world.stream.put(['a'])
  await world.clock.advance(2_000)
  world.stream.put(['b'])
  await world.clock.advance(4_000)
  world.stream.put(['c'])
  await world.clock.advance(14_000)
  world.stream.put(['d'])
  await world.clock.advance(10_000)
  expect(world.calls.map(({ data, atMs }) => [data, atMs])).toEqual([
    [['a', 'b'], 5_000],
    [['c'], 10_000],
    [['d'], 25_000],
  ])
})

test('a full batch does not wait for its window', async () => {
  const world = await createStreamWorld()
  await world.mapping({ windowMs: 5_000, batchSize: 2 })
  world.stream.put(numbered(5))
  await world.idle()
  expect(world.data()).toEqual([
    ['0', '1'],
    ['2', '3'],
  ])
  await world.clock.advance(5_000)
  expect(world.data().at(-1)).toEqual(['4'])
})

test('a batch closes before its event would pass 6 MB, all that is around the data included', async () => {
  const world = await createStreamWorld()
  await world.mapping({ windowMs: 5_000 })
  const bytes = 1024 * 1024
  // In base64 a megabyte is a third longer: four of them and what is around them fit, a fifth does not.
  world.stream.put(
    numbered(6).map((one) => one.padEnd(bytes, 'x')),
    { key: 'key' },
  )
  await world.clock.advance(5_000)
  expect(world.calls.map(({ data }) => data.length)).toEqual([4, 2])
  for (const { text } of world.calls) expect(text.length).toBeLessThanOrEqual(6 * bytes)
})

test('a record that is too big for any event goes alone', async () => {
  const world = await createStreamWorld()
  await world.mapping()
  world.stream.put(['a', 'x'.repeat(7 * 1024 * 1024), 'b'], { key: 'key' })
  await world.idle()
  expect(world.data().map((data) => data.map(({ length }) => length))).toEqual([[1], [7 * 1024 * 1024], [1]])
})

test('with a parallelization factor batches of a shard overlap, and records of one key stay in order', async () => {
  const world = await createStreamWorld()
  await world.mapping({ parallelizationFactor: 4, batchSize: 2 }, () => world.after(10))
  for (const round of numbered(6)) for (const key of numbered(8, 'key')) world.stream.put([round], { key })
  await world.clock.advance(1_000)
  expect(world.mostRunning()).toBeGreaterThan(1)
  expect(world.mostRunning()).toBeLessThanOrEqual(4)
  const byKey = new Map<string, string[]>()
  for (const { event } of world.calls)
    for (const { kinesis } of event.Records)
      byKey.set(kinesis.partitionKey, [
        ...(byKey.get(kinesis.partitionKey) ?? []),
        Buffer.from(kinesis.data, 'base64').toString(),
      ])
  expect([...byKey.values()]).toEqual(Array.from({ length: 8 }, () => numbered(6)))
})

test('a batch that fails blocks its lane alone, until as much has been read ahead as may be', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ parallelizationFactor: 2, batchSize: 100 }, ({ data }) =>
    data.includes('bad') ? fails : undefined,
  )
  const before = world.stream.put(['good'], { key: 'other' })
  world.stream.put(['bad'], { key: 'key' })
  await world.idle()
  world.stream.put(numbered(3_000), { key: 'other' })
  await world.idle()
  expect(mapping.positions()).toMatchObject([
    { checkpoint: { kind: 'after', sequenceNumber: before[0] }, buffered: 1_000, state: 'blocked' },
  ])
  expect(
    world
      .data()
      .flat()
      .filter((data) => data !== 'bad'),
  ).toEqual(['good', ...numbered(999)])
})

test('reading ahead is bounded by bytes too', async () => {
  const world = await createStreamWorld()
  const mapping = await world.mapping({ batchSize: 1 }, () => fails)
  for (const one of numbered(40)) {
    world.stream.put([one.padEnd(512 * 1024, 'x')], { key: 'key' })
    await world.idle()
  }
  expect(mapping.positions()[0]?.buffered).toBeLessThan(14)
})

test('idle shards cost one waiting read each, and no timer', async () => {
  const world = await createStreamWorld({ shards: 64 })
  await world.mapping({ windowMs: 1_000, maximumRecordAgeMs: 60_000 })
  world.stream.put(['a'])
  await world.clock.advance(10_000)
  expect(world.data()).toEqual([['a']])
  expect(world.stream.reads().pending).toBe(64)
  expect(world.clock.timers()).toEqual([])
})

test('what a handler put is what its records are caused by', async () => {
  const world = await createStreamWorld()
  await world.mapping()
  world.stream.put(['a'], { cause: 'request-1' })
  await world.idle()
  expect(world.calls).toMatchObject([{ cause: 'request-1' }])
  expect(world.facts).toContainEqual(
    expect.objectContaining({ kind: 'streamBatchTaken', records: 1, causes: ['request-1'] }),
  )
  expect(world.facts).toContainEqual(
    expect.objectContaining({ kind: 'streamBatchEnded', done: 1, left: 0, shardId: 'shardId-000000000000' }),
  )
})

test('as many batches as shards times the parallelization factor are with the function, and never more', async () => {
  const world = await createStreamWorld({ shards: 2 })
  await world.mapping({ parallelizationFactor: 3, batchSize: 1 }, () => world.after(1_000))
  for (const shard of ['shardId-000000000000', 'shardId-000000000001'])
    world.stream.put(numbered(100), { shard })
  await world.clock.advance(500_000)
  expect(world.calls).toHaveLength(200)
  expect(world.mostRunning()).toBe(6)
})
