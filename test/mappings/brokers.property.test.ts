import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/invoke/index.ts'
import { createBrokerMapping } from '../../src/mappings/index.ts'
import { brokerSources, type KafkaMessage } from '../../src/sources/index.ts'
import { createActivity, createClock, createIds, createLedger, silentLog } from '../../src/system/index.ts'
import { fakeBroker, kafkaRecord } from './fakeBroker.ts'
import { fails, succeeds } from './mappingWorld.ts'

const { kafka } = brokerSources
const throttled: Outcome = { kind: 'throttled', reason: 'ConcurrentInvocationLimitExceeded' }

/** What happens one after the other, at some distance. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant('put' as const),
    partition: fc.nat(2),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(2_000) }),
  fc.record({
    kind: fc.constant('change' as const),
    batchSize: fc.integer({ min: 1, max: 6 }),
    windowMs: fc.nat(1_000),
  }),
)
/** How the function answers, run by run; then it always succeeds. */
const answers = fc.array(fc.constantFrom('well', 'fails', 'throttled', 'first fails', 'slow'), {
  maxLength: 20,
})

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

async function run(steps: readonly Step[], outcomes: readonly string[]) {
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs: 1_700_000_000_000, idle: activity.idle })
  const reader = fakeBroker(clock, ({ topic, partition }: KafkaMessage) => `${topic}-${partition}`)
  const nextOffset = [0, 0, 0]
  const running = new Map<string, number>()
  const trouble: string[] = []
  let runs = 0

  async function invoke(payload: Uint8Array): Promise<Outcome> {
    const { records } = JSON.parse(Buffer.from(payload).toString()) as {
      records: Record<string, { offset: number }[]>
    }
    const answer = outcomes[runs++] ?? 'well'
    for (const [partition, list] of Object.entries(records)) {
      if (running.has(partition)) trouble.push(`${partition} runs twice at once`)
      running.set(partition, 1)
      if (list.some(({ offset }, index) => index > 0 && offset <= (list[index - 1]?.offset ?? 0)))
        trouble.push(`${partition} is out of order`)
    }
    if (answer === 'slow')
      await new Promise<void>((resolve) => void clock.at(clock.now() + 700, 'slow', resolve))
    for (const partition of Object.keys(records)) running.delete(partition)
    if (answer === 'throttled') return throttled
    if (answer === 'fails') return fails
    const [partition = '', [first] = []] = Object.entries(records)[0] ?? []
    const itemIdentifier = { partition, offset: first?.offset ?? 0 }
    return succeeds(
      JSON.stringify({ batchItemFailures: answer === 'first fails' ? [{ itemIdentifier }] : [] }),
    )
  }

  const settings = kafka.settings({
    topic: 'orders',
    bootstrapServers: ['127.0.0.1:9092'],
    provisionedPollerConfig: {},
    functionResponseType: 'ReportBatchItemFailures',
  })
  const mapping = createBrokerMapping<KafkaMessage>({
    clock,
    ids: createIds(),
    log: silentLog,
    ledger: createLedger(() => clock.now()),
    activity,
    functionName: 'worker',
    settings,
    source: kafka,
    reader,
    invoke,
  })
  mapping.start()
  const put: string[] = []
  for (const one of steps) {
    if (one.kind === 'wait') await clock.advance(one.ms)
    else if (one.kind === 'change')
      await mapping.update({ ...mapping.settings, batchSize: one.batchSize, windowMs: one.windowMs })
    else if (one.kind === 'put')
      for (let count = 0; count < one.count; count++) {
        const offset = String(nextOffset[one.partition] ?? 0)
        nextOffset[one.partition] = Number(offset) + 1
        put.push(`${one.partition}/${offset}`)
        reader.put(kafkaRecord('value', { partition: one.partition, offset }))
      }
  }
  await clock.advance(3_600_000)
  const stopped = mapping.stop()
  await clock.advance(1)
  await stopped
  clock.stop()
  return { put, trouble, done: reader.acknowledged.map(({ partition, offset }) => `${partition}/${offset}`) }
}

test('whatever the function answers and settings become: each record is done once, in the order of its partition', async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 15 }), answers, async (steps, outcomes) => {
    const { put, done, trouble } = await run(steps, outcomes)
    expect(trouble).toEqual([])
    for (const partition of ['0/', '1/', '2/'])
      expect(done.filter((one) => one.startsWith(partition))).toEqual(
        put.filter((one) => one.startsWith(partition)),
      )
  })
  await fc.assert(property, { numRuns: 200 })
})
