import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StreamMapping } from '../../../src/mappings/index.ts'
import { laneOf } from '../../../src/mappings/streams/laneOf.ts'
import type { StreamMappingSettings } from '../../../src/sources/index.ts'
import type { JsonObject } from '../../../src/system/index.ts'
import type { FakeStream } from './fakeStream.ts'
import { type Call, createStreamWorld, failing, fails, FAILURES_ARN, succeeds } from './streamWorld.ts'

const KEYS = ['a', 'b', 'c', 'd', 'e']

type Step =
  | { readonly kind: 'put'; readonly keys: readonly string[] }
  | { readonly kind: 'split' | 'merge'; readonly shard: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'crash' | 'restart' | 'update' }

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        keys: fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 12 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(5_000) }) },
    fc.record({ kind: fc.constantFrom('split' as const, 'merge' as const), shard: fc.nat(10) }),
    fc.record({ kind: fc.constantFrom('crash' as const, 'restart' as const, 'update' as const) }),
  ),
  { minLength: 5, maxLength: 30 },
)

const settings: fc.Arbitrary<Partial<StreamMappingSettings>> = fc.record({
  batchSize: fc.integer({ min: 1, max: 8 }),
  windowMs: fc.constantFrom(0, 0, 1_000),
  parallelizationFactor: fc.integer({ min: 1, max: 4 }),
  bisectsOnError: fc.boolean(),
  maximumRetryAttempts: fc.constantFrom(0, 1, 3),
  maximumRecordAgeMs: fc.constantFrom(null, 60_000),
  reportsItemFailures: fc.boolean(),
  filters: fc.constantFrom([], ['{"partitionKey":[{"anything-but":"e"}]}']),
  onFailureArn: fc.constant(FAILURES_ARN),
})

/** Puts, splits, merges, crashes; a handler that fails in every way that handlers fail in. */
async function play(
  plan: readonly Step[],
  chosen: Partial<StreamMappingSettings>,
  answers: readonly number[],
): Promise<void> {
  const world = await createStreamWorld({ shards: 2 })
  const { stream } = world
  const poisoned = (data: string): boolean => Number(data.split(':')[1]) % 7 === 6
  /** By key, in order. */
  const sent = new Map<string, string[]>()
  const handled: string[] = []
  let turns = 0
  let isCalm = false
  const home = new Map(KEYS.map((key, index) => [key, stream.shardIds()[index % 2] ?? '']))
  let sentCount = 0

  async function handler({ data, sequenceNumbers }: Call) {
    const answer = isCalm ? 0 : (answers[turns++ % answers.length] ?? 0)
    if (answer === 1) return fails
    if (answer === 2) return { kind: 'systemError', message: 'no environment' } as const
    if (answer === 3) await world.after(500)
    const first = data.findIndex(poisoned)
    const bad = answer === 4 && data.length > 1 ? Math.floor(data.length / 2) : first
    const reports = chosen.reportsItemFailures === true
    if (bad < 0) handled.push(...data)
    else if (!reports) return fails
    else handled.push(...data.slice(0, bad))
    return bad < 0 ? succeeds() : failing(sequenceNumbers[bad])
  }

  /** A key lives in one shard at a time, and moves to one that came from it. */
  function reshard({ kind, shard }: { kind: 'split' | 'merge'; shard: number }, open: readonly string[]) {
    const [one = '', two = ''] = [open[shard % open.length], open[(shard + 1) % open.length]]
    const isMerge = kind === 'merge' && open.length > 1
    const children = isMerge ? [stream.merge(one, two)] : stream.split(one)
    const closed = isMerge ? [one, two] : [one]
    KEYS.forEach((key, index) => {
      if (closed.includes(home.get(key) ?? '')) home.set(key, children[index % children.length] ?? '')
    })
  }

  let mapping: StreamMapping = await world.mapping(chosen, handler)
  for (const step of plan) {
    const open = stream.openIds()
    switch (step.kind) {
      case 'put':
        for (const key of step.keys) {
          const data = `${key}:${sentCount++}`
          stream.put([data], { key, shard: home.get(key) })
          sent.set(key, [...(sent.get(key) ?? []), data])
        }
        break
      case 'split':
      case 'merge':
        reshard(step, open)
        break
      case 'pass':
        await world.clock.advance(step.ms)
        break
      case 'crash':
        world.crash()
        mapping = await world.mapping(chosen, handler)
        break
      case 'restart':
        // Stops as soon as its handlers let it; the next one does not wait for that.
        void mapping.stop()
        mapping = await world.mapping(chosen, handler)
        break
      case 'update':
        void mapping.update(mapping.settings)
    }
  }
  isCalm = true
  await world.clock.advance(3_600_000)

  const givenUp = new Set(world.failures().flatMap((failure) => toldOf(failure, stream, chosen)))
  const over = new Set([...handled, ...givenUp])
  const isFiltered = (one: string): boolean => (chosen.filters ?? []).length > 0 && one.startsWith('e:')
  const wanted = [...sent.values()].map((data) => data.filter((one) => !isFiltered(one)))
  expect(wanted.flat().filter((one) => !over.has(one))).toEqual([])
  expect(handled.filter(isFiltered)).toEqual([])
  for (const data of wanted) {
    const ofKey = new Set(data)
    // One that was given up above a position that a crash went back to may still have come again, and gone well.
    const firsts = [...new Set(handled)].filter((one) => ofKey.has(one) && !givenUp.has(one))
    expect(firsts).toEqual(data.filter((one) => firsts.includes(one)))
  }
  expect(mapping.positions().every(({ buffered }) => buffered === 0)).toBe(true)
}

/** The records that a failure record is about: those of its range that share the lane of the first. */
function toldOf(
  { KinesisBatchInfo }: JsonObject,
  stream: FakeStream,
  { parallelizationFactor = 1 }: Partial<StreamMappingSettings>,
): string[] {
  const { shardId, startSequenceNumber, endSequenceNumber } = KinesisBatchInfo as Record<string, string>
  const [first, last] = [BigInt(startSequenceNumber ?? 0), BigInt(endSequenceNumber ?? 0)]
  const range = stream.recordsOf(shardId ?? '').filter(({ sequenceNumber }) => {
    const number = BigInt(sequenceNumber)
    return number >= first && number <= last
  })
  const laneOfFirst = laneOf(range[0]?.partitionKey ?? '', parallelizationFactor)
  return range
    .filter(({ partitionKey }) => laneOf(partitionKey, parallelizationFactor) === laneOfFirst)
    .map(({ data }) => Buffer.from(data).toString())
}

test('whatever happens, every record is handled or told of, and those of one key first in their order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, settings, fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }), play),
    { numRuns: 30 },
  )
}, 60_000)

test('the state of a tumbling window counts every record exactly once, whatever crashes', async () => {
  const plan = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ put: fc.integer({ min: 1, max: 9 }) }) },
      { weight: 2, arbitrary: fc.record({ pass: fc.nat(40_000) }) },
      fc.constant('crash' as const),
      fc.constant('split' as const),
    ),
    { maxLength: 25 },
  )
  await fc.assert(fc.asyncProperty(plan, fc.array(fc.boolean(), { maxLength: 5 }), playWindows), {
    numRuns: 30,
  })
}, 60_000)

type WindowStep = 'crash' | 'split' | { readonly put?: number; readonly pass?: number }

async function playWindows(plan: readonly WindowStep[], failures: readonly boolean[]): Promise<void> {
  const world = await createStreamWorld()
  const settings = { tumblingWindowMs: 60_000, batchSize: 3 }
  /** Records by shard and window. */
  const expected = new Map<string, number>()
  const counted = new Map<string, number>()
  let turns = 0
  async function handler({ event }: Call) {
    await world.after(100)
    if (failures[turns++ % (failures.length + 1)]) return fails
    const { count = 0 } = event.state as { count?: number }
    const total = count + event.Records.length
    if (event.isFinalInvokeForWindow)
      counted.set(`${event.shardId} ${event.window?.start.slice(14, 16)}`, total)
    return JSON.stringify({ state: { count: total } })
  }
  await world.mapping(settings, handler)
  for (const step of plan) {
    const [shard = ''] = world.stream.openIds()
    if (step === 'split') world.stream.split(shard)
    else if (step === 'crash') {
      world.crash()
      await world.mapping(settings, handler)
    } else if (step.pass !== undefined) await world.clock.advance(step.pass)
    else {
      const window = `${shard} ${new Date(world.clock.now()).toISOString().slice(14, 16)}`
      expected.set(window, (expected.get(window) ?? 0) + (step.put ?? 0))
      world.stream.put(Array.from({ length: step.put ?? 0 }, String), { shard })
    }
  }
  await world.clock.advance(3_600_000)
  expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(expected))
}
