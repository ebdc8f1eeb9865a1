import type { ServiceError } from '../operation.ts'
import { consumerKey, noSuchConsumer, type Registration } from './consumers.ts'
import * as errors from './errors.ts'
import type { Shard, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** A second subscription to the same shard is refused for so long (Kinesis API Reference, `SubscribeToShard`). */
const LEAST_INTERVAL_MS = 5_000

/** What a consumer reads of one shard. */
interface Subscription {
  readonly consumerName: string
  readonly beganMs: number
  /** Aborted, with AWS's error as the reason, when another takes its place, or when the consumer is deregistered. */
  readonly end: AbortController
}

/** Who reads which shard: one subscription for each consumer and shard, the newest. */
export class Subscriptions {
  readonly #streams: Streams
  /** By stream, so that those of a stream that is gone say nothing about another of its name. */
  readonly #ofStreams = new WeakMap<Stream, Map<string, Subscription>>()

  constructor(streams: Streams) {
    this.#streams = streams
  }

  /**
   * Begins a subscription; one that is older than five seconds ends with an error. Answers the signal of the new one's end:
   * its reason is AWS's error. Throws AWS's error when the one before is younger.
   */
  begin(registration: Registration, shard: Shard): AbortSignal {
    const { stream, consumer } = registration
    const subscriptions = this.#of(stream)
    const key = `${consumerKey(consumer)} ${shard.id}`
    const beganMs = this.#streams.edges.clock.now()
    const before = subscriptions.get(key)
    if (before && beganMs - before.beganMs < LEAST_INTERVAL_MS) throw this.#inUse(registration, shard)
    before?.end.abort(this.#inUse(registration, shard))
    const end = new AbortController()
    subscriptions.set(key, { consumerName: consumer.name, beganMs, end })
    return end.signal
  }

  /** Ends all subscriptions of a consumer that is no more. */
  endAll({ stream, consumer }: Registration): void {
    const gone = noSuchConsumer(this.#streams, stream, consumer.name)
    const subscriptions = this.#of(stream)
    for (const [key, { consumerName, end }] of subscriptions) {
      if (consumerName !== consumer.name) continue
      subscriptions.delete(key)
      end.abort(gone)
    }
  }

  #of(stream: Stream): Map<string, Subscription> {
    const known = this.#ofStreams.get(stream) ?? new Map<string, Subscription>()
    this.#ofStreams.set(stream, known)
    return known
  }

  #inUse({ stream, consumer }: Registration, { id }: Shard): ServiceError {
    const { accountId } = this.#streams.edges.identity
    return errors.resourceInUse(
      `Another active subscription exists for this consumer: ${accountId}:${stream.name}:${id}:${consumer.name}`,
    )
  }
}
