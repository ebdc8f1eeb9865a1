import type { ServiceError } from '../operation.ts'
import { consumerArn, noSuchConsumer, type Registration } from './consumers.ts'
import * as errors from './errors.ts'
import type { Shard } from './stream.ts'
import type { Streams } from './streams.ts'

/** A second subscription to the same shard is refused for so long (Kinesis API Reference, `SubscribeToShard`). */
const LEAST_INTERVAL_MS = 5_000

/** What a consumer reads of one shard. */
interface Subscription {
  readonly registration: Registration
  readonly beganMs: number
  /** Aborted, with AWS's error as the reason, when another takes its place, or when the consumer is deregistered. */
  readonly end: AbortController
}

/** Who reads which shard: one subscription for each consumer and shard, the newest. */
export class Subscriptions {
  readonly #streams: Streams
  readonly #byShard = new Map<string, Subscription>()

  constructor(streams: Streams) {
    this.#streams = streams
  }

  /**
   * Begins a subscription; one that is older than five seconds ends with an error. Answers the signal of the new one's end:
   * its reason is AWS's error. Throws AWS's error when the one before is younger.
   */
  begin(registration: Registration, shard: Shard): AbortSignal {
    const key = `${consumerArn(registration.stream, registration.consumer)} ${shard.id}`
    const beganMs = this.#streams.edges.clock.now()
    const before = this.#byShard.get(key)
    if (before && beganMs - before.beganMs < LEAST_INTERVAL_MS) throw this.#inUse(registration, shard)
    before?.end.abort(this.#inUse(registration, shard))
    const end = new AbortController()
    this.#byShard.set(key, { registration, beganMs, end })
    return end.signal
  }

  /** Ends all subscriptions of a consumer that is no more. */
  endAll({ stream, consumer }: Registration): void {
    const gone = noSuchConsumer(this.#streams, stream, consumer.name)
    for (const [key, { registration, end }] of this.#byShard) {
      if (registration.stream !== stream || registration.consumer.name !== consumer.name) continue
      this.#byShard.delete(key)
      end.abort(gone)
    }
  }

  #inUse({ stream, consumer }: Registration, { id }: Shard): ServiceError {
    const { accountId } = this.#streams.edges.identity
    return errors.resourceInUse(
      `Another active subscription exists for this consumer: ${accountId}:${stream.name}:${id}:${consumer.name}`,
    )
  }
}
