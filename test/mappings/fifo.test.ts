import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Call, createMappingWorld, failing, fails, numbered } from './mappingWorld.ts'

const FIFO = { queues: { 'jobs.fifo': {} } }
const queue = 'jobs.fifo'
const groupOf = (record: { attributes: Readonly<Record<string, string>> }): string =>
  record.attributes['MessageGroupId'] ?? ''

test('the messages of one group come in one batch, in order, with the attributes of FIFO queues', async () => {
  const world = await createMappingWorld(FIFO)
  await world.send(numbered(8), { queue, group: 'g' })
  world.mapping({ queue })
  await world.idle()
  expect(world.bodies()).toEqual([numbered(8)])
  expect(world.calls[0]?.records[0]?.attributes).toMatchObject({
    MessageGroupId: 'g',
    SequenceNumber: expect.stringMatching(/^\d{20}$/),
    MessageDeduplicationId: expect.any(String),
  })
})

test('a batch may hold several groups, each in its order', async () => {
  const world = await createMappingWorld(FIFO)
  await world.send(['a1', 'a2', 'a3'], { queue, group: 'a' })
  await world.send(['b1', 'b2'], { queue, group: 'b' })
  world.mapping({ queue })
  await world.idle()
  expect(world.bodies()).toEqual([['a1', 'a2', 'a3', 'b1', 'b2']])
})

test('groups run beside each other, one batch of each at a time, and more than five of them', async () => {
  const world = await createMappingWorld(FIFO)
  for (const group of numbered(12, 'g')) await world.send(['1', '2', '3'], { queue, group })
  world.mapping({ queue, batchSize: 1 }, () => world.after(1_000))
  await world.idle()
  expect(world.runningNow()).toBe(12)
  await world.clock.advance(2_999)
  expect(world.mostRunning()).toBe(12)
  await world.clock.advance(1)
  expect(world.left(queue)).toEqual([])
})

test('maximumConcurrency bounds the groups that run at once', async () => {
  const world = await createMappingWorld(FIFO)
  for (const group of numbered(12, 'g')) await world.send(['1', '2'], { queue, group })
  world.mapping({ queue, batchSize: 1, maximumConcurrency: 3 }, () => world.after(1_000))
  await world.clock.advance(8_000)
  expect(world.mostRunning()).toBe(3)
  expect(world.left(queue)).toEqual([])
})

test('a poisoned group blocks only itself, and goes on where it was once its message has gone', async () => {
  const world = await createMappingWorld({
    queues: {
      'dead.fifo': {},
      [queue]: {
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead.fifo","maxReceiveCount":2}',
      },
    },
  })
  await world.send(['poison', 'p2', 'p3'], { queue, group: 'poisoned' })
  for (const group of numbered(5, 'g')) await world.send(['1', '2', '3'], { queue, group })
  world.mapping({ queue, batchSize: 1 }, ({ bodies }) => (bodies[0] === 'poison' ? fails : undefined))
  await world.idle()
  expect(world.left(queue)).toEqual(['poison', 'p2', 'p3'])
  expect(world.calls.filter(({ bodies }) => bodies[0] === 'poison')).toHaveLength(1)
  await world.clock.advance(60_000)
  expect(world.left('dead.fifo')).toEqual(['poison'])
  expect(world.left(queue)).toEqual([])
  expect(world.bodies().flat().slice(-3)).toEqual(['poison', 'p2', 'p3'])
})

test('two, three and four of four fail: they come back together, then only the last goes to the dead letters', async () => {
  const world = await createMappingWorld({
    queues: {
      'dead.fifo': {},
      [queue]: {
        RedrivePolicy:
          '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead.fifo","maxReceiveCount":2}',
      },
    },
  })
  await world.send(['1', '2', '3', '4'], { queue, group: 'g' })
  world.mapping({ queue, functionResponseType: 'ReportBatchItemFailures' }, ({ records }) => {
    const failed = world.calls.length === 1 ? records.slice(1) : records.slice(-1)
    return failing(...failed.map(({ messageId }) => messageId))
  })
  await world.clock.advance(120_000)
  expect(world.bodies()).toEqual([
    ['1', '2', '3', '4'],
    ['2', '3', '4'],
  ])
  expect(world.calls[1]?.records.map(({ attributes }) => attributes['ApproximateReceiveCount'])).toEqual([
    '2',
    '2',
    '2',
  ])
  expect(world.left('dead.fifo')).toEqual(['4'])
})

const big = (name: string): string => name.padEnd(1_000_000, '.')

test('what goes past 6 MB waits behind the first part of its group, and follows it in order', async () => {
  const world = await createMappingWorld(FIFO)
  for (const name of numbered(9)) await world.send([big(name)], { queue, group: 'g' })
  world.mapping({ queue }, () => world.after(1_000))
  await world.clock.advance(999)
  expect(world.runningNow()).toBe(1)
  await world.clock.advance(1_001)
  expect(world.bodies().map((bodies) => bodies.map((body) => body[0]).join(''))).toEqual(['012345', '678'])
  expect(world.mostRunning()).toBe(1)
  expect(world.left(queue)).toEqual([])
})

test('when the first part fails, the second is given back, and nothing of the group is handed over before it returns', async () => {
  const world = await createMappingWorld(FIFO)
  for (const name of numbered(9)) await world.send([big(name)], { queue, group: 'g' })
  world.mapping({ queue }, () => (world.calls.length === 1 ? fails : undefined))
  await world.idle()
  expect(world.calls).toHaveLength(1)
  await world.clock.advance(29_999)
  expect(world.calls).toHaveLength(1)
  await world.clock.advance(1)
  expect(world.bodies().map((bodies) => bodies.map((body) => body[0]).join(''))).toEqual([
    '012345',
    '012345',
    '678',
  ])
})

test('messages of a group that filters remove do not break the order of the rest', async () => {
  const world = await createMappingWorld(FIFO)
  await world.send(['x0', 'a1', 'x2', 'a3', 'x4'], { queue, group: 'g' })
  world.mapping({ queue, batchSize: 2, filterPatterns: [{ body: [{ prefix: 'a' }] }] })
  await world.idle()
  expect(world.bodies().flat()).toEqual(['a1', 'a3'])
  expect(world.left(queue)).toEqual([])
})

test('a message that is received anew while its group is worked on waits for its turn', async () => {
  const world = await createMappingWorld({ queues: { [queue]: { VisibilityTimeout: '10' } } })
  await world.send(['1', '2', '3'], { queue, group: 'g' })
  world.mapping({ queue, batchSize: 1 }, () => world.after(15_000))
  await world.clock.advance(120_000)
  expect(world.mostRunning()).toBe(1)
})

/** Runs of batches: no group in two at once, and its messages never out of order. */
function watchOrder() {
  const working = new Set<string>()
  const done = new Map<string, number>()
  const broken: string[] = []
  return {
    broken,
    begin({ records }: Call): void {
      for (const group of new Set(records.map(groupOf))) {
        if (working.has(group)) broken.push(`${group} is in two batches at once`)
        working.add(group)
        const numbers = records.filter((record) => groupOf(record) === group).map(({ body }) => Number(body))
        const isAscending = numbers.every(
          (number, index) => index === 0 || number > (numbers[index - 1] ?? 0),
        )
        if (!isAscending) broken.push(`${group} is out of order: ${numbers.join(',')}`)
        const next = (done.get(group) ?? -1) + 1
        if (numbers[0] !== next) broken.push(`${group} goes on with ${numbers[0]}, not with ${next}`)
      }
    },
    /** `failed` messages stay; all before them are done. */
    end({ records }: Call, failed: ReadonlySet<string>): void {
      for (const record of records) {
        working.delete(groupOf(record))
        if (!failed.has(record.messageId)) done.set(groupOf(record), Number(record.body))
      }
    },
  }
}

/** The last `count` messages of each group in a batch: what a function names that stops at its first failure. */
function lastOfEachGroup({ records }: Call, count: number): Call['records'] {
  const groups = new Set(records.map(groupOf))
  return [...groups].flatMap((group) => {
    const own = records.filter((record) => groupOf(record) === group)
    return own.slice(own.length - Math.min(count, own.length))
  })
}

test('whatever fails, is throttled or is stopped: each group is worked on in order, by one batch at a time, to its end', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('send' as const),
      group: fc.nat(3),
      count: fc.integer({ min: 1, max: 12 }),
    }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
    fc.record({ kind: fc.constantFrom('restart' as const, 'throttle' as const) }),
  )
  const plans = fc.record({
    batchSize: fc.integer({ min: 1, max: 10 }),
    steps: fc.array(step, { minLength: 3, maxLength: 12 }),
    /** What each invocation does in turn: milliseconds, and how many messages of each group's end fail. */
    runs: fc.array(fc.tuple(fc.nat(4_000), fc.nat(3)), { minLength: 1, maxLength: 8 }),
  })
  await fc.assert(
    fc.asyncProperty(plans, async ({ batchSize, steps, runs }) => {
      const world = await createMappingWorld({ ...FIFO, reserved: { worker: 3 } })
      const order = watchOrder()
      let isOver = false
      const config = { queue, batchSize, functionResponseType: 'ReportBatchItemFailures' } as const
      const mapping = world.mapping(config, async (call) => {
        order.begin(call)
        const [ms, failures] = runs[world.calls.length % runs.length] ?? [0, 0]
        await world.after(ms)
        const failed = isOver ? [] : lastOfEachGroup(call, failures)
        const failedIds = failed.map(({ messageId }) => messageId)
        order.end(call, new Set(failedIds))
        return failing(...failedIds)
      })
      const sent = [0, 0, 0, 0]
      for (const one of steps) {
        if (one.kind === 'send') {
          const from = sent[one.group] ?? 0
          sent[one.group] = from + one.count
          const bodies = numbered(one.count).map((number) => String(from + Number(number)))
          await world.send(bodies, { queue, group: `g${one.group}` })
        } else if (one.kind === 'advance') await world.clock.advance(one.ms)
        else if (one.kind === 'restart') {
          const stopping = mapping.stop()
          await world.clock.advance(4_000)
          await stopping
          mapping.start()
        } else if (world.gate.enter('worker') === undefined) {
          await world.clock.advance(2_000)
          world.gate.leave('worker')
        }
      }
      isOver = true
      await world.clock.advance(600_000)
      expect(order.broken).toEqual([])
      expect(world.left(queue)).toEqual([])
      await mapping.stop()
    }),
    { numRuns: 40 },
  )
})
