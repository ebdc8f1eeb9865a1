import type { AnswerEvent } from '../eventAnswer.ts'
import type { RequestContext } from '../operation.ts'
import { childShapes, recordShape } from './describe.ts'
import type { Page } from '../shards/readPage.ts'
import { currentOf, readPage } from './readShard.ts'
import { sequenceNumberOf } from './sequenceNumbers.ts'
import { somethingNew } from '../shards/somethingNew.ts'
import type { Shard, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** How long a subscription lasts, and how long it is silent at most (Kinesis API Reference, `SubscribeToShard`). */
const LIFE_MS = 300_000
const LONGEST_SILENCE_MS = 5_000

/** So much data goes into one event. */
const MOST_EVENT_BYTES = 2 * 1024 * 1024
const MOST_EVENT_RECORDS = 10_000

/** What a subscription reads, and what ends it. */
export interface ShardSubscription {
  readonly stream: Stream
  readonly shard: Shard
  readonly afterSequence: number
  /** Its reason is the error with which the events end. */
  readonly ended: AbortSignal
  readonly context: Pick<RequestContext, 'signal' | 'work'>
}

/**
 * The events of a subscription: one at once, then one as soon as there are records, and one without any when none came for
 * five seconds. They end after five minutes, behind the last record of a closed shard, or when nobody listens any more.
 */
export async function* shardEvents(streams: Streams, on: ShardSubscription): AsyncGenerator<AnswerEvent> {
  const { clock } = streams.edges
  const { signal, work } = on.context
  const anyEnd = AbortSignal.any([signal, on.ended])
  const overMs = clock.now() + LIFE_MS
  let dueMs = clock.now()
  let { afterSequence } = on
  for (;;) {
    on.ended.throwIfAborted()
    if (signal.aborted || clock.now() >= overMs) return
    const shard = currentOf(streams, on.stream, on.shard)
    const page = readPage(streams, on.stream, shard, { ...eventLimits, afterSequence })
    if (page.records.length > 0 || page.isEnd || clock.now() >= dueMs) {
      yield eventOf(on.stream, shard, page)
      if (page.isEnd) return
      ;({ afterSequence } = page)
      dueMs = clock.now() + LONGEST_SILENCE_MS
    } else {
      work.park()
      await somethingNew(streams, on.stream, shard, {
        watchShards: (wake) => streams.watchShards(on.stream.name, wake),
        untilMs: Math.min(dueMs, overMs),
        signal: anyEnd,
        label: `event of ${on.stream.name} for a subscriber`,
      })
      work.unpark()
    }
  }
}

const eventLimits = { limit: MOST_EVENT_RECORDS, mostBytes: MOST_EVENT_BYTES }

/** At the end of a shard there is no place to go on from, and that is how readers know it. */
const eventOf = (stream: Stream, shard: Shard, page: Page): AnswerEvent => ({
  type: 'SubscribeToShardEvent',
  payload: {
    Records: page.records.map((record) => recordShape(shard.prefix, record)),
    ContinuationSequenceNumber: page.isEnd ? null : sequenceNumberOf(shard.prefix, page.afterSequence),
    MillisBehindLatest: page.millisBehindLatest,
    ...(page.isEnd && { ChildShards: childShapes(stream, shard.id) }),
  },
})
