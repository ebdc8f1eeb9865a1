import { expect, test } from 'vitest'
import { createMemoryStore, type Store } from '../../src/store/index.ts'
import { arnOf, createQueueWorld, fails, gateway, settings, succeeds } from './queueWorld.ts'

const SQS = 'arn:aws:sqs:us-east-1:000000000000:'
const kinds = (facts: readonly { kind: string }[]): string[] => facts.map(({ kind }) => kind)

test('the record and the dead letter are stored in the transaction that removes the event, and told after it', async () => {
  const store = createMemoryStore()
  const told: string[] = []
  const { queue, activity, event, facts } = await createQueueWorld({
    store,
    functions: {
      checkout: settings({
        maximumRetryAttempts: 0,
        deadLetterArn: `${SQS}dead`,
        destinations: { onSuccess: null, onFailure: `${SQS}failed` },
      }),
    },
    handler: () => fails,
    deliver: (arn, { body }) => ({
      kind: 'effects',
      effects: [{ kind: 'set', table: 'delivered', key: arn, value: Buffer.from(body).toString() }],
      committed: () =>
        told.push(`${arn} ${store.get('delivered', arn) === undefined ? 'too early' : 'durable'}`),
    }),
  })
  await queue.accept(event('checkout'))
  await activity.idle()
  expect(told).toEqual([`${SQS}failed durable`, `${SQS}dead durable`])
  expect(store.get('delivered', `${SQS}dead`)).toBe('{"id":1}')
  expect(kinds(facts)).toEqual(['eventGivenUp', 'delivered', 'delivered'])
  expect(queue.waiting()).toEqual([])
})

test('an event whose outcome cannot be stored is stored later, and its handler does not run again', async () => {
  const inner = createMemoryStore()
  let isFull = true
  const store: Store = {
    ...inner,
    settle: (tokens, effects) =>
      isFull ? Promise.reject(new Error('the disk is full')) : inner.settle(tokens, effects),
  }
  const { queue, clock, activity, event, facts, runs, logged } = await createQueueWorld({
    store,
    functions: { checkout: settings({ destinations: { onSuccess: `${SQS}done`, onFailure: null } }) },
  })
  await queue.accept(event('checkout'))
  await activity.idle()
  expect(kinds(facts)).toEqual([])
  expect(queue.waiting()).toEqual([{ functionName: 'checkout', events: 1, nextDueMs: clock.now() + 1_000 }])
  await clock.advance(1_000)
  isFull = false
  await clock.advance(2_000)
  expect(runs).toHaveLength(1)
  expect(kinds(facts)).toEqual(['delivered'])
  expect(queue.waiting()).toEqual([])
  expect(logged).toEqual([
    'the outcome of event event-1 of checkout could not be stored; trying again in 1 s',
    'the outcome of event event-1 of checkout could not be stored; trying again in 2 s',
  ])
})

test('an outcome that could not be stored before the end is lost, and the event runs again: at least once', async () => {
  const inner = createMemoryStore()
  const full: Store = { ...inner, settle: () => Promise.reject(new Error('the disk is full')) }
  const functions = { checkout: settings() }
  const before = await createQueueWorld({ store: full, functions })
  await before.queue.accept(before.event('checkout'))
  await before.activity.idle()
  await before.queue.stop()
  const after = await createQueueWorld({ store: inner, functions })
  await after.activity.idle()
  expect([...before.runs, ...after.runs].map(({ requestId }) => requestId)).toEqual(['event-1', 'event-1'])
  expect(after.queue.waiting()).toEqual([])
})

test.each([
  [
    'refuses',
    () => ({ kind: 'refused', reason: 'there is no queue gone' }) as const,
    'there is no queue gone',
  ],
  [
    'throws',
    () => {
      throw new Error('too large')
    },
    'too large',
  ],
])('a target that %s ends the event, once, and is told', async (_, deliver, reason) => {
  const { queue, activity, clock, event, facts, runs, figures } = await createQueueWorld({
    functions: {
      checkout: settings({
        maximumRetryAttempts: 0,
        deadLetterArn: `${SQS}gone`,
        destinations: { onSuccess: null, onFailure: `${SQS}gone` },
      }),
    },
    handler: () => fails,
    deliver,
  })
  await queue.accept(event('checkout'))
  await activity.idle()
  await clock.advance(86_400_000)
  expect(runs).toHaveLength(1)
  expect(facts.slice(1)).toMatchObject([
    { kind: 'deliveryFailed', role: 'onFailure', reason },
    { kind: 'deliveryFailed', role: 'deadLetter', reason },
  ])
  expect(figures.of('checkout')).toMatchObject({ destinationDeliveryFailures: 1, deadLetterErrors: 1 })
})

test.each(['sqs', 'sns'])(
  'delivery to a FIFO target of %s fails, as Lambda gives no group',
  async (service) => {
    const { queue, activity, event, facts } = await createQueueWorld({
      functions: {
        checkout: settings({
          destinations: { onSuccess: `arn:aws:${service}:us-east-1:000000000000:done.fifo`, onFailure: null },
        }),
      },
    })
    await queue.accept(event('checkout'))
    await activity.idle()
    expect(facts).toMatchObject([{ kind: 'deliveryFailed', role: 'onSuccess' }])
  },
)

test('an event of an emptied queue leaves nothing behind when its run ends', async () => {
  const hold = gateway()
  const { queue, store, activity, event, facts } = await createQueueWorld({
    functions: { checkout: settings({ destinations: { onSuccess: `${SQS}done`, onFailure: null } }) },
    handler: async () => {
      await hold.opened
      return succeeds
    },
  })
  await queue.accept(event('checkout'))
  await activity.idle()
  await store.clear()
  hold.open()
  await activity.idle()
  expect(facts).toEqual([])
})

test('an event that finds no place waits without using up attempts, and runs when there is one', async () => {
  const { queue, gate, clock, activity, event, facts, runs } = await createQueueWorld({
    functions: { checkout: settings({ reservedConcurrency: 1 }) },
  })
  gate.enter('checkout')
  await queue.accept(event('checkout'))
  await clock.advance(3_600_000)
  expect(runs).toEqual([])
  gate.leave('checkout')
  await activity.idle()
  expect(runs).toMatchObject([{ atMs: 3_600_000 }])
  expect(kinds(facts)).toEqual([])
})

test.each([
  // Attempts 1, 2, 4, 8 and 16 s apart; the next one would come after a minute.
  [60, 31_000],
  // Attempts up to 255 s, then one each five minutes; the next one would come after six hours.
  [21_600, 511_000 + 70 * 300_000],
])(
  'throttled throughout a maximum age of %i s, an event is given up after %i ms: the next attempt would be too late',
  async (maximumEventAgeSeconds, endsMs) => {
    const records: string[] = []
    const { queue, gate, clock, event, facts, startMs } = await createQueueWorld({
      functions: {
        checkout: settings({
          reservedConcurrency: 1,
          maximumEventAgeSeconds,
          destinations: { onSuccess: null, onFailure: `${SQS}failed` },
        }),
      },
      deliver: (_, { body }) => {
        records.push(Buffer.from(body).toString())
        return { kind: 'effects', effects: [] }
      },
    })
    gate.enter('checkout')
    await queue.accept(event('checkout'))
    await clock.advance(endsMs - 1)
    expect(facts).toEqual([])
    await clock.advance(1)
    expect(facts).toMatchObject([
      { kind: 'eventGivenUp', condition: 'EventAgeExceeded' },
      { kind: 'delivered' },
    ])
    expect(JSON.parse(records[0] ?? '')).toEqual({
      version: '1.0',
      timestamp: new Date(startMs + endsMs).toISOString(),
      requestContext: {
        requestId: 'event-1',
        functionArn: `${arnOf('checkout')}:$LATEST`,
        condition: 'EventAgeExceeded',
        approximateInvokeCount: 0,
      },
      requestPayload: { id: 1 },
    })
  },
)

test('a retry that finds no place is given up by the age of its event, before younger ones', async () => {
  let isFailing = true
  const { queue, gate, clock, event, facts } = await createQueueWorld({
    functions: { checkout: settings({ reservedConcurrency: 1, maximumEventAgeSeconds: 120 }) },
    handler: () => (isFailing ? fails : succeeds),
  })
  await queue.accept(event('checkout'))
  await clock.advance(0)
  gate.enter('checkout')
  await clock.advance(50_000)
  await queue.accept(event('checkout'))
  isFailing = false
  // Due again after 60 s, tried in vain until 91 s; the next attempt would come after 123 s.
  await clock.advance(40_999)
  expect(kinds(facts)).toEqual(['retryScheduled'])
  await clock.advance(1)
  expect(facts.slice(1)).toMatchObject([{ kind: 'eventGivenUp', requestId: 'event-1' }])
  gate.leave('checkout')
})

test('system errors back off from one second to five minutes and use up no attempt', async () => {
  let errors = 12
  const { queue, clock, event, runs, figures } = await createQueueWorld({
    functions: { checkout: settings() },
    handler: () => (errors-- > 0 ? { kind: 'systemError', message: 'down' } : succeeds),
  })
  await queue.accept(event('checkout'))
  await clock.advance(7_200_000)
  const gaps = runs.slice(1).map(({ atMs }, index) => (atMs - (runs[index]?.atMs ?? 0)) / 1_000)
  expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
  expect(figures.of('checkout').asyncEventsDropped).toBe(0)
})

test('events run in the order in which they fall due', async () => {
  const seen: number[] = []
  const { queue, clock, event } = await createQueueWorld({
    functions: { checkout: settings({ reservedConcurrency: 1 }) },
    handler: ({ payload }) => {
      const id = Number(Buffer.from(payload).toString())
      seen.push(id)
      return id === 0 && seen.filter((one) => one === 0).length === 1 ? fails : succeeds
    },
  })
  const accept = (id: number): Promise<void> =>
    queue.accept(event('checkout', { payload: Buffer.from(String(id)) }))
  await accept(0)
  for (const id of [1, 2]) {
    await clock.advance(25_000)
    await accept(id)
  }
  await clock.advance(15_000)
  await accept(3)
  await clock.advance(0)
  expect(seen).toEqual([0, 1, 2, 0, 3])
})

test('reserved concurrency 0 gives every event up without an attempt', async () => {
  const { queue, activity, event, facts, runs } = await createQueueWorld({
    functions: { checkout: settings({ reservedConcurrency: 0 }) },
  })
  for (let one = 0; one < 120; one++) await queue.accept(event('checkout'))
  await activity.idle()
  expect(runs).toEqual([])
  expect(facts).toHaveLength(120)
  expect(facts[0]).toMatchObject({ kind: 'eventGivenUp', condition: 'ZeroReservedConcurrency' })
})

/** Counts the calls that touch each queue. */
function counted(inner: Store): { store: Store; calls: Map<string, number> } {
  const calls = new Map<string, number>()
  const count = (queue: string): void => void calls.set(queue, (calls.get(queue) ?? 0) + 1)
  const store: Store = {
    ...inner,
    claim: (queue, options) => (count(queue), inner.claim(queue, options)),
    settle: (tokens, effects) => (tokens.forEach(({ queue }) => count(queue)), inner.settle(tokens, effects)),
    nextDueMs: (queue) => (count(queue), inner.nextDueMs(queue)),
    peek: (queue, ...rest) => (count(queue), inner.peek(queue, ...rest)),
    counts: (queue, nowMs) => (count(queue), inner.counts(queue, nowMs)),
  }
  return { store, calls }
}

test("100,000 throttled events of one function cost another one's events nothing, and are not looked at", async () => {
  const { store, calls } = counted(createMemoryStore())
  const { queue, gate, clock, activity, event, runs } = await createQueueWorld({
    store,
    functions: { slow: settings({ reservedConcurrency: 1 }), quick: settings() },
  })
  gate.enter('slow')
  for (let batch = 0; batch < 100; batch++) {
    await store.put(Array.from({ length: 1_000 }, () => queue.itemFor(event('slow'))))
  }
  await activity.idle()
  const spentOnBacklog = calls.get('async/slow') ?? 0
  expect(spentOnBacklog).toBeLessThan(10)
  for (let one = 0; one < 500; one++) await queue.accept(event('quick'))
  await clock.advance(60_000)
  expect(runs).toHaveLength(500)
  expect(calls.get('async/slow')).toBe(spentOnBacklog)
  // One place, one event: the backlog does not make it dearer.
  gate.leave('slow')
  await activity.idle()
  expect(runs.length).toBeGreaterThan(500)
}, 60_000)

test('functions that share a scarce concurrency take turns, whatever the length of their backlogs', async () => {
  const { queue, activity, gate, event, runs } = await createQueueWorld({
    account: 1,
    functions: { many: settings(), few: settings() },
  })
  gate.enter('someone')
  for (let one = 0; one < 1_000; one++) await queue.accept(event('many'))
  for (let one = 0; one < 5; one++) await queue.accept(event('few'))
  gate.leave('someone')
  await activity.idle()
  expect(runs).toHaveLength(1_005)
  const lastOfFew = runs.findLastIndex(({ functionName }) => functionName === 'few')
  expect(lastOfFew).toBeLessThan(20)
})

test('events of a function that is gone stay, are named once, and run when it is back', async () => {
  const { queue, clock, activity, event, functions, logged, runs, facts } = await createQueueWorld({
    functions: { checkout: settings(), other: settings() },
    handler: () => (runs.length === 1 ? fails : succeeds),
  })
  await queue.accept(event('checkout'))
  await activity.idle()
  const kept = functions['checkout']
  delete functions['checkout']
  queue.targetsChanged()
  queue.targetsChanged()
  await clock.advance(600_000)
  expect(logged).toEqual([
    '1 asynchronous event waits for the function checkout, which is not there; it runs when it is back',
  ])
  expect(queue.waiting()).toEqual([{ functionName: 'checkout', events: 1, nextDueMs: Infinity }])
  expect(runs).toHaveLength(1)
  if (kept) functions['checkout'] = kept
  queue.targetsChanged()
  await activity.idle()
  expect(runs).toHaveLength(2)
  expect(kinds(facts)).toEqual(['retryScheduled'])
  expect(queue.waiting()).toEqual([])
})

test('the settings are those of the qualifier that was invoked', async () => {
  const { queue, clock, event, runs } = await createQueueWorld({
    functions: {
      checkout: settings({ maximumRetryAttempts: 0 }),
      'checkout:live': settings({ maximumRetryAttempts: 1 }),
    },
    handler: () => fails,
  })
  await queue.accept(event('checkout'))
  await queue.accept(event('checkout:live'))
  await clock.advance(600_000)
  expect(runs.map(({ requestId }) => requestId)).toEqual(['event-1', 'event-2', 'event-2'])
})

test('the age of an event is measured when an attempt of it starts', async () => {
  const { queue, clock, event, figures } = await createQueueWorld({
    functions: { checkout: settings({ maximumRetryAttempts: 1 }) },
    handler: () => fails,
  })
  await queue.accept(event('checkout'))
  await clock.advance(60_000)
  expect(figures.of('checkout').asyncEventAge).toEqual({ attempts: 2, averageMs: 30_000, maximumMs: 60_000 })
})
