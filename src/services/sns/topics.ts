import type { Effect, Store } from '../../store/index.ts'
import type { Clock, Ids, JsonObject } from '../../system/index.ts'
import { elementsOf } from './arns.ts'
import type { Attributes } from './attributes.ts'
import * as errors from './errors.ts'
import { settingsOf, type SubscriptionProtocol, type SubscriptionSettings } from './subscriptionAttributes.ts'
import type { Tags } from './tags.ts'

/** A topic as it is kept in the store, under its name. */
export interface TopicRecord extends JsonObject {
  readonly attributes: Attributes & JsonObject
  readonly tags: Tags
}

export interface Topic {
  readonly name: string
  readonly arn: string
  record: TopicRecord
}

/** A subscription as it is kept in the store, under its ARN. */
export interface SubscriptionRecord extends JsonObject {
  readonly topicArn: string
  readonly protocol: SubscriptionProtocol
  readonly endpoint: string
  readonly attributes: Attributes & JsonObject
  /** A spec asked for it, not an API call. */
  readonly isDeclared: boolean
}

export interface Subscription {
  readonly arn: string
  record: SubscriptionRecord
  settings: SubscriptionSettings
}

export interface TopicsEdges {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly identity: { readonly accountId: string; readonly region: string }
  /** Told when a subscription came or went. */
  readonly onSubscriptionsChanged?: () => void
}

const topicTable = 'sns/topics'
const subscriptionTable = 'sns/subscriptions'

/** All topics of the account, and who subscribed to them. */
export class Topics {
  readonly edges: TopicsEdges
  readonly #byName = new Map<string, Topic>()
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #byTopic = new Map<string, Set<Subscription>>()

  constructor(edges: TopicsEdges) {
    this.edges = edges
    this.#load()
  }

  /** Reads everything again: after the store was emptied. */
  reload(): void {
    this.#byName.clear()
    this.#subscriptions.clear()
    this.#byTopic.clear()
    this.#load()
    this.edges.onSubscriptionsChanged?.()
  }

  #load(): void {
    const { store } = this.edges
    for (const [name, record] of store.list(topicTable))
      this.#byName.set(name, { name, arn: this.arnOf(name), record: record as TopicRecord })
    for (const [arn, record] of store.list(subscriptionTable))
      this.#addSubscription(arn, record as SubscriptionRecord)
  }

  // ---- topics ----------------------------------------------------------------------------------------------------

  arnOf(name: string): string {
    const { region, accountId } = this.edges.identity
    return `arn:aws:sns:${region}:${accountId}:${name}`
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name)
  }

  byArn(arn: string): Topic | undefined {
    const name = arn.slice(arn.lastIndexOf(':') + 1)
    return arn === this.arnOf(name) ? this.#byName.get(name) : undefined
  }

  /** The topic that a caller names; throws SNS's errors. */
  ofArn(arn: string | undefined, parameter = 'TopicArn'): Topic {
    const [, , service, region] = elementsOf(arn, parameter)
    if (service !== 'sns' || region !== this.edges.identity.region) throw errors.invalidParameter(parameter)
    const topic = this.byArn(arn ?? '')
    if (!topic) throw errors.topicDoesNotExist()
    return topic
  }

  all(): readonly Topic[] {
    return [...this.#byName.values()]
  }

  async create(name: string, attributes: Attributes, tags: Tags): Promise<Topic> {
    const record: TopicRecord = { attributes, tags }
    await this.edges.store.set(topicTable, name, record)
    const existing = this.#byName.get(name)
    if (existing) return existing
    const topic = { name, arn: this.arnOf(name), record }
    this.#byName.set(name, topic)
    return topic
  }

  async change(topic: Topic, change: Partial<Pick<TopicRecord, 'attributes' | 'tags'>>): Promise<void> {
    await this.#keep(topic, { ...topic.record, ...change }, topicTable, topic.name)
  }

  /** Removes a topic with its subscriptions. */
  async remove(topic: Topic): Promise<void> {
    const subscriptions = this.subscriptionsOf(topic.arn)
    this.#byName.delete(topic.name)
    for (const subscription of subscriptions) this.#dropSubscription(subscription)
    await this.edges.store.apply([
      { kind: 'remove', table: topicTable, key: topic.name },
      ...subscriptions.map(removalOf),
    ])
    if (subscriptions.length > 0) this.edges.onSubscriptionsChanged?.()
  }

  // ---- subscriptions ---------------------------------------------------------------------------------------------

  subscription(arn: string): Subscription | undefined {
    return this.#subscriptions.get(arn)
  }

  /** The subscription that a caller names; throws SNS's errors. */
  subscriptionOfArn(arn: string | undefined): Subscription {
    elementsOf(arn, 'SubscriptionArn')
    const subscription = this.#subscriptions.get(arn ?? '')
    if (!subscription) throw errors.subscriptionDoesNotExist()
    return subscription
  }

  allSubscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()]
  }

  subscriptionsOf(topicArn: string): readonly Subscription[] {
    return [...(this.#byTopic.get(topicArn) ?? [])]
  }

  /** What somebody has subscribed already: an endpoint is subscribed to a topic once. */
  subscriptionTo(topicArn: string, protocol: string, endpoint: string): Subscription | undefined {
    return this.subscriptionsOf(topicArn).find(
      ({ record }) => record.protocol === protocol && record.endpoint === endpoint,
    )
  }

  async subscribe(arn: string, record: SubscriptionRecord): Promise<Subscription> {
    // There before it is durable, so that the same call at the same time finds it.
    const subscription = this.#addSubscription(arn, record)
    try {
      await this.edges.store.set(subscriptionTable, arn, record)
    } catch (error) {
      this.#dropSubscription(subscription)
      throw error
    }
    this.edges.onSubscriptionsChanged?.()
    return subscription
  }

  async changeSubscription(
    subscription: Subscription,
    change: Partial<Pick<SubscriptionRecord, 'attributes' | 'isDeclared'>>,
  ): Promise<void> {
    const record = { ...subscription.record, ...change }
    await this.#keep(subscription, record, subscriptionTable, subscription.arn)
    subscription.settings = settingsOf(subscription.record.attributes)
  }

  async unsubscribe(subscriptions: readonly Subscription[]): Promise<void> {
    if (subscriptions.length === 0) return
    for (const subscription of subscriptions) this.#dropSubscription(subscription)
    await this.edges.store.apply(subscriptions.map(removalOf))
    this.edges.onSubscriptionsChanged?.()
  }

  #addSubscription(arn: string, record: SubscriptionRecord): Subscription {
    const subscription = { arn, record, settings: settingsOf(record.attributes) }
    this.#subscriptions.set(arn, subscription)
    const others = this.#byTopic.get(record.topicArn) ?? new Set()
    this.#byTopic.set(record.topicArn, others.add(subscription))
    return subscription
  }

  #dropSubscription(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.arn)
    const others = this.#byTopic.get(subscription.record.topicArn)
    others?.delete(subscription)
    if (others?.size === 0) this.#byTopic.delete(subscription.record.topicArn)
  }

  /** Set before it is durable, so that of two changes at once the second builds on the first. */
  async #keep<Kept extends JsonObject>(
    holder: { record: Kept },
    record: Kept,
    table: string,
    key: string,
  ): Promise<void> {
    const previous = holder.record
    holder.record = record
    try {
      await this.edges.store.set(table, key, record)
    } catch (error) {
      if (holder.record === record) holder.record = previous
      throw error
    }
  }
}

const removalOf = ({ arn }: Subscription): Effect => ({ kind: 'remove', table: subscriptionTable, key: arn })
