// oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- fast-check drives the run that asserts
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryStore, openStore, type Store, type Token } from '../../src/store/index.ts'
import { type ModelToken, QueueModel } from './queueModel.ts'

type Command =
  | { kind: 'put'; items: { group?: string; key?: string; delayMs: number; isLarge: boolean }[] }
  | { kind: 'claim'; limit: number; leaseMs: number; maxClaims?: number; retentionMs?: number }
  | { kind: 'settle'; picks: number[]; withEffect: boolean }
  | { kind: 'extend'; picks: number[]; byMs: number }
  | { kind: 'release' }
  | { kind: 'purge' }
  | { kind: 'pass'; byMs: number }
  | { kind: 'reopen' }

const aPut = fc.record({
  kind: fc.constant('put' as const),
  items: fc.array(
    fc.record(
      {
        group: fc.constantFrom('a', 'b'),
        key: fc.constantFrom('k', 'l'),
        delayMs: fc.constantFrom(0, 0, 0, 5, 50),
        isLarge: fc.constantFrom(false, false, false, false, false, false, false, true),
      },
      { requiredKeys: ['delayMs', 'isLarge'] },
    ),
    { minLength: 1, maxLength: 5 },
  ),
})
const aClaim = fc.record(
  {
    kind: fc.constant('claim' as const),
    limit: fc.integer({ min: 1, max: 6 }),
    leaseMs: fc.constantFrom(0, 1, 10, 100, Infinity),
    maxClaims: fc.integer({ min: 1, max: 4 }),
    retentionMs: fc.constantFrom(20, 200),
  },
  { requiredKeys: ['kind', 'limit', 'leaseMs'] },
)
const picks = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 })
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: aPut },
  { weight: 6, arbitrary: aClaim },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), picks, withEffect: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('extend' as const), picks, byMs: fc.constantFrom(0, 3, 30) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'release' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'purge' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), byMs: fc.constantFrom(1, 10, 60) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
)

/** One implementation under test, with the tokens that it gave for those of the model. */
class Subject {
  store: Store
  readonly tokens = new Map<number, Token>()

  constructor(store: Store) {
    this.store = store
  }

  token(token: ModelToken): Token {
    return this.tokens.get(token.fence)!
  }
}

/** Drives the model and the subjects through the same commands and compares all that can be seen after each. */
class Run {
  readonly model = new QueueModel()
  readonly subjects: readonly Subject[]
  /** Tokens that later commands may use: those of earlier bursts. */
  given: ModelToken[] = []
  #new: ModelToken[] = []
  readonly reopen: () => Promise<void>
  #nextId = 0

  constructor(subjects: readonly Subject[], reopen: () => Promise<void>) {
    this.subjects = subjects
    this.reopen = reopen
  }

  /** Starts all commands in one turn, so that the stores run them in one commit, in this order. */
  async burst(commands: readonly Command[]): Promise<void> {
    await Promise.all(commands.map((command) => this.step(command)))
    this.given.push(...this.#new)
    this.#new = []
    this.compare()
  }

  /** The model changes, and the stores are asked, before this returns. */
  step(command: Command): Promise<unknown> {
    switch (command.kind) {
      case 'put':
        return this.put(command)
      case 'claim':
        return this.claim(command)
      case 'settle':
        return this.settle(command)
      case 'extend': {
        const tokens = this.pick(command.picks)
        const dueMs = this.model.nowMs + command.byMs
        const expected = tokens.map((token) => this.model.extend(token, dueMs))
        return this.each(async (subject) => {
          const changes = tokens.map((token) => ({ token: subject.token(token), dueMs }))
          expect(await subject.store.extend(changes)).toEqual(expected)
        })
      }
      case 'release':
        this.model.release()
        return this.each(({ store }) => store.release('q', this.model.nowMs))
      case 'purge': {
        const expected = this.model.purge()
        return this.each(async ({ store }) => expect(await store.purge('q')).toBe(expected))
      }
      case 'pass':
        this.model.nowMs += command.byMs
        return Promise.resolve()
      case 'reopen':
        return this.reopen()
      default:
        return command satisfies never
    }
  }

  put({ items }: Extract<Command, { kind: 'put' }>): Promise<unknown> {
    const { nowMs } = this.model
    const named = items.map((item) => ({ ...item, id: `m-${this.#nextId++}` }))
    const expected = named.map(({ id, ...item }) => this.model.put(id, item))
    return this.each(async ({ store }) => {
      const results = await store.put(
        named.map(({ id, group, key, delayMs, isLarge }) => ({
          queue: 'q',
          id,
          body: Buffer.alloc(isLarge ? 70_000 : 10, id),
          meta: { id },
          enqueuedMs: nowMs,
          dueMs: nowMs + delayMs,
          ...(group === undefined ? {} : { group }),
          ...(key === undefined ? {} : { deduplication: { key, untilMs: nowMs + 100 } }),
        })),
      )
      expect(results.map((result) => (result.kind === 'stored' ? 'stored' : result.id))).toEqual(expected)
    })
  }

  claim({ limit, leaseMs, maxClaims, retentionMs }: Extract<Command, { kind: 'claim' }>): Promise<unknown> {
    const { nowMs } = this.model
    const expected = this.model.claim({ limit, leaseMs, maxClaims, retentionMs })
    this.#new.push(...expected)
    return this.each(async (subject) => {
      const claimed = await subject.store.claim('q', {
        nowMs,
        limit,
        leaseMs,
        ...(maxClaims === undefined ? {} : { overflow: { maxClaims, queue: 'dead', meta: { from: 'q' } } }),
        ...(retentionMs === undefined ? {} : { expiredBeforeMs: nowMs - retentionMs }),
      })
      expect(claimed.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
      for (const [index, item] of claimed.entries()) {
        subject.tokens.set(expected[index]!.fence, item.token)
        expect(item.meta).toEqual({ id: item.id })
        expect(Buffer.compare(item.body, Buffer.alloc(item.body.length, item.id))).toBe(0)
        expect(item.dueMs).toBe(nowMs + leaseMs)
      }
    })
  }

  settle(command: Extract<Command, { kind: 'settle' }>): Promise<unknown> {
    const tokens = this.pick(command.picks)
    const valid = tokens.map((token) => this.model.check(token))
    const isAll = valid.every((outcome) => outcome === 'done')
    const effect = { kind: 'set' as const, table: 't', key: `${this.#nextId++}`, value: valid }
    let expected = valid
    if (!command.withEffect) expected = tokens.map((token) => this.model.settle(token))
    else if (isAll) for (const token of tokens) this.model.settle(token)
    return this.each(async (subject) => {
      const theirs = tokens.map((token) => subject.token(token))
      expect(await subject.store.settle(theirs, command.withEffect ? [effect] : [])).toEqual(expected)
      expect(subject.store.get('t', effect.key)).toEqual(command.withEffect && isAll ? valid : undefined)
    })
  }

  /** Tokens that were given at any time, valid or not. */
  pick(picks: readonly number[]): ModelToken[] {
    if (this.given.length === 0) return []
    return picks.map((pick) => this.given.at(-1 - (pick % this.given.length))!)
  }

  each(act: (subject: Subject) => Promise<unknown>): Promise<unknown> {
    return Promise.all(this.subjects.map(act))
  }

  compare(): void {
    const { model } = this
    for (const { store } of this.subjects) {
      const held = store.peek('q', 1_000)
      expect(held.map(({ id, claims, dueMs, group }) => ({ id, claims, dueMs, group }))).toEqual(
        model.items.map(({ id, claims, dueMs, group }) => ({ id, claims, dueMs, group })),
      )
      expect(store.peek('dead', 1_000).map(({ id, meta }) => [id, meta['from']])).toEqual(
        model.dead.map((id) => [id, 'q']),
      )
      expect(store.counts('q', model.nowMs)).toEqual(model.counts())
      expect(store.nextDueMs('q')).toBe(model.nextDueMs())
      const sequences = held.map(({ sequence }) => sequence)
      expect(sequences).toEqual(sequences.toSorted((left, right) => left - right))
    }
  }
}

async function runAll(bursts: readonly (readonly Command[])[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'lambent-queue-'))
  const memory = new Subject(createMemoryStore())
  const durable = new Subject(await openStore({ directory }))
  const run = new Run([memory, durable], async () => {
    await durable.store.close()
    durable.store = await openStore({ directory })
  })
  try {
    for (const commands of bursts) await run.burst(commands)
  } finally {
    await durable.store.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Closing, and writing large bodies, take turns of their own: the order of what is asked at once is not fixed. */
const takesTurns = (command: Command): boolean =>
  command.kind === 'reopen' || (command.kind === 'put' && command.items.some(({ isLarge }) => isLarge))

const burst = fc.oneof(
  fc.tuple(command),
  fc.array(
    command.filter((command) => !takesTurns(command)),
    { minLength: 2, maxLength: 8 },
  ),
)

describe('any sequence of changes to a queue', () => {
  it('does the same in memory, on disk and across restarts as a list would: nothing lost, order kept, no stale token accepted', async () => {
    await fc.assert(fc.asyncProperty(fc.array(burst, { minLength: 5, maxLength: 40 }), runAll), {
      numRuns: 60,
      interruptAfterTimeLimit: 8_000,
      markInterruptAsFailure: false,
    })
  })
})
