// oxlint-disable vitest/expect-expect -- fast-check drives the run that asserts
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type Injection, predict, type Token } from './chainsModel.ts'
import { FUNCTIONS } from './chainsShop.ts'
import { type ChainsWorld, startChainsWorld } from './chainsWorld.ts'

/**
 * Random steps against an application in which everything leads to something else, compared with a model, invocation
 * by invocation. The campaign is
 *
 *     LAMBENT_SEEDS=200 LAMBENT_STEPS=500 npx vitest run --config test/vitest.config.ts test/api/chains
 *
 * and `LAMBENT_SEED=17` beside the same number of steps runs that one seed alone.
 */
const STEPS = Number(process.env['LAMBENT_STEPS'] ?? 60)
const [FIRST_SEED, SEEDS] = process.env['LAMBENT_SEED']
  ? [Number(process.env['LAMBENT_SEED']), 1]
  : [1, Number(process.env['LAMBENT_SEEDS'] ?? 10)]
const INTERRUPTED = 20
const LONGEST_SHRINK_MS = 120_000

/** Injections are sent at once; the clock moves when all are answered. */
type Step =
  | { readonly kind: 'inject'; readonly injection: Injection; readonly token: Omit<Token, 'id' | 'atMs'> }
  | { readonly kind: 'advance'; readonly byMs: number }

const injection: fc.Arbitrary<Injection> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('send' as const),
      queue: fc.constantFrom('inbox', 'inbox', 'slow', 'inbox-dead', 'raw-news', 'orders'),
      delaySeconds: fc.constantFrom(0, 1, 30),
    },
    { requiredKeys: ['kind', 'queue'] },
  ),
  fc.record({
    kind: fc.constant('publish' as const),
    topic: fc.constantFrom('news', 'letters'),
    isLoud: fc.boolean(),
  }),
  fc.constant({ kind: 'putEvent' as const }),
  fc.record({
    kind: fc.constant('invoke' as const),
    functionName: fc.constantFrom(
      'never',
      'narrow',
      'first',
      'brief',
      'second',
      'read',
      'bill',
      'clerk',
      'echo',
    ),
    byCode: fc.boolean(),
  }),
  fc.constant({ kind: 'putObject' as const }),
)

const ALWAYS = 99
const token = fc.record({
  fails: fc.dictionary(fc.constantFrom(...Object.keys(FUNCTIONS)), fc.constantFrom(1, 2, 5, ALWAYS), {
    maxKeys: 6,
    noNullPrototype: true,
  }),
  crashes: fc.constantFrom(...Array<boolean>(79).fill(false), true),
  size: fc.nat(20),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('inject' as const), injection, token }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      byMs: fc.constantFrom(0, 1, 200, 1_000, 4_999, 7_000, 30_000, 60_000, 61_000, 180_000),
    }),
  },
)

/** Always as long as asked for, and yet shrunk to what is enough to fail. */
class Steps extends fc.Arbitrary<readonly Step[]> {
  readonly #any = fc.array(step, { maxLength: STEPS })
  readonly #full = fc.array(step, { minLength: STEPS, maxLength: STEPS })

  override generate(random: fc.Random): fc.Value<readonly Step[]> {
    return new fc.Value(this.#full.generate(random, undefined).value, undefined)
  }

  override canShrinkWithoutContext(value: unknown): value is readonly Step[] {
    return this.#any.canShrinkWithoutContext(value)
  }

  override shrink(value: readonly Step[], context: unknown): fc.Stream<fc.Value<readonly Step[]>> {
    return this.#any.shrink([...value], context)
  }
}

/** Ids are never used again: what one run leaves behind shows in the next. */
let lastId = 0

async function run(world: ChainsWorld, steps: readonly Step[]): Promise<void> {
  const { app } = world
  const expected: string[] = []
  const inject = async ({ injection, token }: Step & { readonly kind: 'inject' }): Promise<void> => {
    const full = { id: String(++lastId), atMs: app.clock.now(), ...token }
    expected.push(...predict(injection, full))
    await world.inject(injection, full)
  }
  await world.begin()
  let sending: Promise<void>[] = []
  for (const one of steps) {
    if (one.kind === 'advance') {
      await Promise.all(sending)
      sending = []
      await app.clock.advance(one.byMs)
      continue
    }
    sending.push(inject(one))
  }
  await Promise.all(sending)
  await app.clock.advance('1h')
  await app.settle()
  compare(expected, world.observed())
  // The next run begins in the middle of these, and must see nothing of them.
  await Promise.all(steps.slice(0, INTERRUPTED).flatMap((one) => (one.kind === 'inject' ? inject(one) : [])))
}

/** Compares two lists whose order means nothing. */
function compare(expected: readonly string[], observed: readonly string[]): void {
  const counts = new Map<string, number>()
  for (const line of expected) counts.set(line, (counts.get(line) ?? 0) + 1)
  for (const line of observed) counts.set(line, (counts.get(line) ?? 0) - 1)
  const differences = [...counts].flatMap(([line, count]) =>
    count === 0 ? [] : [`${count > 0 ? 'missing' : 'too much'} ${Math.abs(count)}x  ${line}`],
  )
  expect(differences.slice(0, 40).toSorted()).toEqual([])
}

test.each([
  { where: 'in memory', ephemeral: true, seeds: SEEDS },
  { where: 'on disk', ephemeral: false, seeds: Math.ceil(SEEDS / 10) },
])(
  `$seeds times ${STEPS} random steps lead to exactly the invocations, records and dead letters of the model $where`,
  async ({ ephemeral, seeds }) => {
    const world = await startChainsWorld({ ephemeral })
    onTestFinished(() => world.stop())
    const property = fc.asyncProperty(new Steps(), (steps) => run(world, steps))
    for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
      await fc.assert(property, { seed, numRuns: 1, interruptAfterTimeLimit: LONGEST_SHRINK_MS })
    }
  },
  60_000 + SEEDS * 30_000,
)
