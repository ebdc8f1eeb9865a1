import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMappingWorld, failing, fails } from './mappingWorld.ts'

interface Settings {
  readonly batchSize: number
  readonly maximumBatchingWindow: number
  readonly maximumConcurrency: number | undefined
  readonly wanted: string | undefined
  readonly enabled: boolean
}

const settings: fc.Arbitrary<Settings> = fc.record({
  batchSize: fc.integer({ min: 1, max: 25 }),
  maximumBatchingWindow: fc.integer({ min: 0, max: 12 }),
  maximumConcurrency: fc.option(fc.integer({ min: 2, max: 4 }), { nil: undefined }),
  wanted: fc.option(fc.constantFrom('even', 'odd'), { nil: undefined }),
  enabled: fc.boolean(),
})

const step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 15_000 }) }),
  fc.record({ kind: fc.constant('update' as const), settings }),
  fc.record({ kind: fc.constant('restart' as const) }),
)

const plans = fc.record({
  first: settings,
  steps: fc.array(step, { minLength: 3, maxLength: 10 }),
  /** What the invocations do in turn. */
  runs: fc.array(fc.record({ ms: fc.nat(3_000), how: fc.constantFrom('well', 'well', 'fail', 'part') }), {
    minLength: 1,
    maxLength: 6,
  }),
})

const configOf = ({ wanted, maximumConcurrency, ...rest }: Settings) => ({
  ...rest,
  functionResponseType: 'ReportBatchItemFailures' as const,
  ...(maximumConcurrency !== undefined && { maximumConcurrency }),
  ...(wanted !== undefined && { filterPatterns: [{ body: { kind: [wanted] } }] }),
})

const LAST: Settings = {
  batchSize: 10,
  maximumBatchingWindow: 0,
  maximumConcurrency: undefined,
  wanted: undefined,
  enabled: true,
}

test('whatever is changed, stopped or fails: each message is done or filtered once, and never in two hands at once', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async ({ first, steps, runs }) => {
      const queue = 'patient'
      const world = await createMappingWorld({ queues: { [queue]: { VisibilityTimeout: '120' } } })
      const inHand = new Set<string>()
      const done: string[] = []
      const broken: string[] = []
      let isOver = false
      const mapping = world.mapping({ queue, ...configOf(first) }, async ({ records, bodies }) => {
        const ids = records.map(({ messageId }) => messageId)
        for (const id of ids) if (inHand.has(id)) broken.push(`${id} is in two hands`)
        for (const id of ids) inHand.add(id)
        const { ms, how } = runs[world.calls.length % runs.length] ?? { ms: 0, how: 'well' }
        await world.after(ms)
        for (const id of ids) inHand.delete(id)
        if (how === 'fail' && !isOver) return fails
        const failed = how === 'part' && !isOver ? ids.filter((_, index) => index % 2 === 1) : []
        done.push(...bodies.filter((_, index) => !failed.includes(ids[index] ?? '')))
        return failing(...failed)
      })
      const sent: string[] = []
      for (const one of steps) {
        if (one.kind === 'send') {
          const bodies = Array.from({ length: one.count }, (_, index) => {
            const number = sent.length + index
            return `{"kind":"${number % 2 === 0 ? 'even' : 'odd'}","number":${number}}`
          })
          sent.push(...bodies)
          await world.send(bodies, { queue })
        } else if (one.kind === 'advance') await world.clock.advance(one.ms)
        else if (one.kind === 'update')
          void mapping.update(world.settingsOf({ queue, ...configOf(one.settings) }))
        else {
          const stopping = mapping.stop()
          await world.clock.advance(3_000)
          await stopping
          mapping.start()
        }
      }
      isOver = true
      void mapping.update(world.settingsOf({ queue, ...configOf(LAST) }))
      await world.clock.advance(600_000)
      expect(broken).toEqual([])
      expect(world.left(queue)).toEqual([])
      expect(new Set(done).size).toBe(done.length)
      const { deleted, filteredOut } = mapping.figures
      expect({ deleted, all: deleted + filteredOut }).toEqual({ deleted: done.length, all: sent.length })
      await mapping.stop()
    }),
    { numRuns: 50 },
  )
})
