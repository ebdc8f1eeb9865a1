import type { Deliver } from '../../store/index.ts'
import { ServiceError } from '../operation.ts'
import type { Service } from '../service.ts'
import {
  type DeclaredSubscription,
  type DeclaredTopic,
  declareSubscription,
  declareTopic,
} from './declare.ts'
import { prepareMessage } from './message.ts'
import { notBuilt, operationsOf } from './operations.ts'
import { Publisher, type PublisherEdges } from './publisher.ts'
import type { RecentMessage } from './recent.ts'
import { shapes } from './shapes.ts'
import type { SubscriptionProtocol } from './subscriptionAttributes.ts'
import { Topics, type TopicsEdges } from './topics.ts'

export type { DeclaredSubscription, DeclaredTopic } from './declare.ts'
export type { DeliveryFailure } from './fanOut.ts'
export type { PublishedFact } from './publisher.ts'
export type { RecentMessage } from './recent.ts'

/** SNS, hosted here: the API for the gateway, and direct ways in and out for the rest of this process. */
export interface SnsService {
  readonly service: Service
  /** Creates a topic, or gives it the spec's display name; subscriptions and tags stay. */
  declareTopic(topic: DeclaredTopic): Promise<void>
  /** Removes a topic with its subscriptions; nothing happens if there is none. */
  removeTopic(name: string): Promise<void>
  /**
   * Subscribes a function or a queue, or gives their subscription the spec's settings. Answers its ARN, which is the
   * same each time.
   */
  declareSubscription(subscription: DeclaredSubscription): Promise<string>
  /** Ends the subscriptions that an earlier spec declared and that are not among these; the API's own stay. */
  keepDeclaredSubscriptions(arns: ReadonlySet<string>): Promise<void>
  topicExists(arn: string): boolean
  topics(): TopicDescription[]
  /** All of them; those of functions are triggers. */
  subscriptions(): SubscriptionDescription[]
  /**
   * Takes a message for a topic: its body becomes the message, its attributes the message attributes. Refuses what
   * `Publish` refuses, and topics that do not exist.
   */
  readonly deliver: Deliver
  /** The latest messages of a topic, oldest first: for tests and the console. At most 1,000 are kept. */
  published(topicName: string, limit?: number): RecentMessage[]
  /** Reads topics and subscriptions from the store again, after it was emptied from outside. */
  reload(): void
}

export interface TopicDescription {
  readonly name: string
  readonly arn: string
}

export interface SubscriptionDescription {
  readonly arn: string
  readonly topicArn: string
  readonly protocol: SubscriptionProtocol
  /** ARN of the function or queue. */
  readonly endpoint: string
  /** A spec asked for it, not an API call. */
  readonly isDeclared: boolean
}

/** A message of 256 KB, written with escapes and percent signs, is several times as long. */
const maximumBodyBytes = 8 * 1024 * 1024

/**
 * Creates SNS over a store; topics and subscriptions that the store holds are there at once. Subscribed queues are
 * reached through `deliver`, subscribed functions through `signals`: the fact is `snsPublished`, told once for each
 * subscription.
 */
export function createSnsService(edges: TopicsEdges & PublisherEdges): SnsService {
  const topics = new Topics(edges)
  const publisher = new Publisher(topics, edges)
  const { recent } = publisher

  return {
    service: {
      name: 'sns',
      operations: operationsOf(publisher),
      notBuilt,
      maximumBodyBytes,
      query: {
        version: '2010-03-31',
        xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
        shapes,
        omitsErrorDetail: true,
      },
    },
    declareTopic: (topic) => declareTopic(topics, topic),
    async removeTopic(name) {
      const topic = topics.get(name)
      if (!topic) return
      await topics.remove(topic)
      recent.forget(topic.arn)
    },
    declareSubscription: (subscription) => declareSubscription(topics, subscription),
    keepDeclaredSubscriptions: (arns) =>
      topics.unsubscribe(
        topics.allSubscriptions().filter(({ arn, record }) => record.isDeclared && !arns.has(arn)),
      ),
    topicExists: (arn) => topics.byArn(arn) !== undefined,
    topics: () => topics.all().map(({ name, arn }) => ({ name, arn })),
    subscriptions: () =>
      topics.allSubscriptions().map(({ arn, record: { topicArn, protocol, endpoint, isDeclared } }) => ({
        arn,
        topicArn,
        protocol,
        endpoint,
        isDeclared,
      })),
    deliver: delivererTo(publisher),
    published: (topicName, limit = Infinity) => recent.of(topics.arnOf(topicName), limit),
    reload() {
      recent.clear()
      topics.reload()
    },
  }
}

const delivererTo =
  (publisher: Publisher): Deliver =>
  (arn, { body, attributes, traceId, cause }) => {
    const topic = publisher.topics.byArn(arn)
    if (!topic) return { kind: 'refused', reason: `there is no topic ${arn}` }
    try {
      const message = prepareMessage({
        Message: Buffer.from(body).toString('utf8'),
        MessageAttributes: Object.fromEntries(
          attributes.map(({ name, type, value }) => [
            name,
            { DataType: type, [type.startsWith('Binary') ? 'BinaryValue' : 'StringValue']: value },
          ]),
        ),
      })
      const { effects, committed } = publisher.prepare(topic, message, { traceHeader: traceId, cause })
      return { kind: 'effects', effects, committed }
    } catch (error) {
      // What Publish would refuse (a record over 256 KB) is refused here, and its cause is done all the same.
      if (error instanceof ServiceError) return { kind: 'refused', reason: error.message }
      throw error
    }
  }
