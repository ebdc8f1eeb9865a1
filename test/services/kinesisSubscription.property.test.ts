import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventAnswer } from '../../src/services/eventAnswer.ts'
import { createKinesisService, type KinesisService } from '../../src/services/kinesis/index.ts'
import type { Operation, RequestContext } from '../../src/services/operation.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import { createActivity, createClock, createIds } from '../../src/system/index.ts'
import { identity, startMs } from './kinesisWorld.ts'

type Step =
  | { readonly kind: 'put'; readonly count: number }
  | { readonly kind: 'wait'; readonly ms: number }
  /** The subscriber hangs up, and subscribes again where it was. */
  | { readonly kind: 'again' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put'), count: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait'),
      ms: fc.constantFrom(1, 4_999, 5_000, 90_000, 400_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again') }) },
)

const name = 'clicks'
const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`

test('a subscriber that goes on where it was hears each record once, in order, to the end of the shard', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { streams, clock, activity, stop } = openStreams()
      await streams.declare([{ name, shards: 1 }])
      const { Consumer } = await run(streams, 'RegisterStreamConsumer', { StreamARN, ConsumerName: 'one' })
      const { ConsumerARN } = Consumer as { ConsumerARN: string }
      const reader = createSubscriber(streams, ConsumerARN)
      reader.subscribe()
      const put: string[] = []
      for (const one of steps) {
        if (one.kind === 'put') {
          for (let number = 0; number < one.count; number++) {
            const text = `record ${put.length}`
            put.push(text)
            await streams.put(name, { partitionKey: text, data: Buffer.from(text) })
          }
        } else if (one.kind === 'wait') await clock.advance(one.ms)
        else {
          await reader.hangUp()
          await clock.advance(5_000)
          reader.subscribe()
        }
        await activity.idle()
        if (reader.isOver()) {
          await clock.advance(5_000)
          reader.subscribe()
        }
      }
      await run(streams, 'UpdateShardCount', {
        StreamName: name,
        TargetShardCount: 2,
        ScalingType: 'UNIFORM_SCALING',
      })
      await reader.over()
      expect(reader.texts).toEqual(put)
      expect(reader.children).toEqual(['shardId-000000000001', 'shardId-000000000002'])
      expect(activity.open()).toEqual([])
      await stop()
    }),
    { numRuns: 60 },
  )
})

function openStreams() {
  const activity = createActivity()
  const clock = createClock({ mode: 'frozen', startMs, idle: activity.idle })
  const store = createMemoryStore()
  const streams = createKinesisService({ store, clock, ids: createIds(), activity, identity })
  const stop = (): Promise<void> => {
    clock.stop()
    return store.close()
  }
  return { streams, clock, activity, stop }
}

interface Heard {
  readonly Records: readonly { readonly Data: string }[]
  readonly ContinuationSequenceNumber: string | null
  readonly ChildShards?: readonly { readonly ShardId: string }[]
}

/** Hears one subscription at a time, and remembers where it was. */
function createSubscriber(streams: KinesisService, ConsumerARN: string) {
  const texts: string[] = []
  const children: string[] = []
  let place: string | null = null
  let line: AbortController | undefined
  let hearing: Promise<void> = Promise.resolve()

  async function hear(signal: AbortSignal): Promise<void> {
    const StartingPosition =
      place === null ? { Type: 'TRIM_HORIZON' } : { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: place }
    const input = { ConsumerARN, ShardId: 'shardId-000000000000', StartingPosition }
    const answer = await run(streams, 'SubscribeToShard', input, signal)
    if (!(answer instanceof EventAnswer)) throw new Error('no events')
    for await (const { payload } of answer.events) {
      const heard = payload as Heard
      texts.push(...heard.Records.map(({ Data }) => Buffer.from(Data, 'base64').toString()))
      children.push(...(heard.ChildShards ?? []).map(({ ShardId }) => ShardId))
      place = heard.ContinuationSequenceNumber
    }
    line = undefined
  }

  return {
    texts,
    children,
    subscribe() {
      line = new AbortController()
      hearing = hear(line.signal)
    },
    async hangUp() {
      line?.abort()
      await hearing
    },
    isOver: () => line === undefined,
    over: () => hearing,
  }
}

const noWork = { end: () => {}, park: () => {}, unpark: () => {} }

async function run(
  { service }: KinesisService,
  operation: string,
  input: object,
  signal = new AbortController().signal,
): Promise<Record<string, unknown>> {
  const context: RequestContext = {
    requestId: 'request',
    ...identity,
    baseUrl: 'http://localhost',
    sourceIp: '127.0.0.1',
    cause: undefined,
    work: noWork,
    signal,
  }
  const action = service.operations[operation] as Operation<object, Record<string, unknown>>
  return action(input, context)
}
