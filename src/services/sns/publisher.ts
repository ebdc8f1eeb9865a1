import type { Effect } from '../../store/index.ts'
import { type DeliveryFailure, fanOut, type WaysOut } from './fanOut.ts'
import type { TopicMessage } from './message.ts'
import { RecentMessages } from './recent.ts'
import type { Topic, Topics } from './topics.ts'

/** A message was published. */
export interface PublishedFact {
  readonly topicArn: string
  readonly messageId: string
  /** ARNs of who got it. */
  readonly endpoints: readonly string[]
  /** What published it: the invocation whose handler did, or whatever sent it here from inside. */
  readonly cause: string | undefined
}

export interface PublisherEdges extends WaysOut {
  readonly onPublished?: (fact: PublishedFact) => void
  readonly onDeliveryFailed?: (failure: DeliveryFailure) => void
}

/** Where a message comes from. */
export interface PublishCircumstances {
  readonly traceHeader: string | undefined
  readonly cause: string | undefined
}

/** A message that was handed to all subscriptions, but for the transaction. */
export interface PreparedPublish {
  readonly messageId: string
  readonly effects: readonly Effect[]
  /** Call once the effects are durable. */
  readonly committed: () => void
}

/** Publishes messages: what a message comes to for all its subscribers is stored at once, or not at all. */
export class Publisher {
  readonly topics: Topics
  readonly recent = new RecentMessages()
  readonly #edges: PublisherEdges

  constructor(topics: Topics, edges: PublisherEdges) {
    this.topics = topics
    this.#edges = edges
  }

  prepare(topic: Topic, message: TopicMessage, from: PublishCircumstances): PreparedPublish {
    const { clock, ids } = this.topics.edges
    const published = {
      topicArn: topic.arn,
      messageId: ids.uuid(),
      timestampMs: clock.now(),
      message,
      signatureVersion: topic.record.attributes['SignatureVersion'] ?? '1',
    }
    const subscriptions = this.topics.subscriptionsOf(topic.arn)
    const out = fanOut(published, from.traceHeader ?? '', subscriptions, this.#edges)
    const { messageId, topicArn, timestampMs } = published
    return {
      messageId,
      effects: out.effects,
      committed: () => {
        this.recent.add(topicArn, {
          messageId,
          message: message.text,
          subject: message.subject,
          attributes: message.attributes,
          publishedMs: timestampMs,
          cause: from.cause,
        })
        this.#edges.onPublished?.({ topicArn, messageId, endpoints: out.endpoints, cause: from.cause })
        for (const failure of out.failures) this.#edges.onDeliveryFailed?.(failure)
        out.committed()
      },
    }
  }

  /** Publishes messages in one transaction; resolves with their ids once everything is durable. */
  async publish(
    topic: Topic,
    messages: readonly TopicMessage[],
    from: PublishCircumstances,
  ): Promise<string[]> {
    const prepared = messages.map((message) => this.prepare(topic, message, from))
    const effects = prepared.flatMap((one) => one.effects)
    if (effects.length > 0) await this.topics.edges.store.apply(effects)
    for (const { committed } of prepared) committed()
    return prepared.map(({ messageId }) => messageId)
  }
}
