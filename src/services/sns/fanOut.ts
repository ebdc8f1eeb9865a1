import type { Deliver, Delivery, Effect, MessageAttribute } from '../../store/index.ts'
import type { Signals } from '../signals.ts'
import { textFor } from './message.ts'
import { envelopeOf, notificationOf, type PublishedMessage } from './notification.ts'
import { snsPublished } from './signals.ts'
import type { Subscription } from './topics.ts'

/** A message that a subscription's endpoint could not take. */
export interface DeliveryFailure {
  readonly topicArn: string
  readonly subscriptionArn: string
  readonly endpoint: string
  readonly messageId: string
  readonly reason: string
  /** The queue that it went to instead; `undefined`: it is lost. */
  readonly deadLetterArn: string | undefined
}

/** What a message comes to: everything for everybody, and what to say once it is durable. */
export interface FanOut {
  readonly effects: readonly Effect[]
  /** Endpoints that got it. */
  readonly endpoints: readonly string[]
  readonly failures: readonly DeliveryFailure[]
  readonly committed: () => void
}

/** How subscribers are reached. */
export interface WaysOut {
  readonly signals: Pick<Signals, 'prepare'>
  readonly deliver: Deliver
}

/**
 * Prepares a message for all subscriptions. A refusal is the endpoint's own fault (it does not exist, it cannot hold
 * the message), so nothing is tried again: the message goes to the subscription's dead-letter queue, if it has one.
 */
export function fanOut(
  published: PublishedMessage,
  traceId: string,
  subscriptions: readonly Subscription[],
  out: WaysOut,
): FanOut {
  const effects: Effect[] = []
  const endpoints: string[] = []
  const failures: DeliveryFailure[] = []
  const toTell: (() => void)[] = []
  const take = (delivery: Delivery & { readonly kind: 'effects' }): void => {
    effects.push(...delivery.effects)
    if (delivery.committed) toTell.push(delivery.committed)
  }

  for (const subscription of subscriptions) {
    const { arn, record, settings } = subscription
    const delivery = handOver(published, traceId, subscription, out)
    if (delivery.kind === 'effects') {
      take(delivery)
      endpoints.push(record.endpoint)
      continue
    }
    const { deadLetterArn } = settings
    const rescue = deadLetterArn && sendTo(deadLetterArn, published, traceId, subscription, out)
    if (rescue && rescue.kind === 'effects') take(rescue)
    failures.push({
      topicArn: published.topicArn,
      subscriptionArn: arn,
      endpoint: record.endpoint,
      messageId: published.messageId,
      reason: rescue && rescue.kind === 'refused' ? `${delivery.reason}; ${rescue.reason}` : delivery.reason,
      deadLetterArn: rescue && rescue.kind === 'effects' ? deadLetterArn : undefined,
    })
  }

  return { effects, endpoints, failures, committed: () => toTell.forEach((tell) => tell()) }
}

function handOver(
  published: PublishedMessage,
  traceId: string,
  subscription: Subscription,
  out: WaysOut,
): Delivery {
  const { protocol, endpoint } = subscription.record
  if (protocol === 'sqs') return sendTo(endpoint, published, traceId, subscription, out)
  const notification = notificationOf(published, subscription.arn, endpoint)
  const { effects, told } = out.signals.prepare(snsPublished, notification)
  return effects.length === 0
    ? { kind: 'refused', reason: `there is no function ${endpoint}` }
    : { kind: 'effects', effects, committed: told }
}

/** To a queue: the subscription's endpoint, or its dead-letter queue. */
function sendTo(
  queueArn: string,
  published: PublishedMessage,
  traceId: string,
  { arn, record, settings }: Subscription,
  { deliver }: WaysOut,
): Delivery {
  const text = textFor(published.message, record.protocol)
  return deliver(queueArn, {
    body: Buffer.from(settings.isRaw ? text : envelopeOf(published, text, arn)),
    attributes: settings.isRaw ? attributesOf(published) : [],
    traceId,
    cause: published.messageId,
  })
}

const attributesOf = ({ message }: PublishedMessage): MessageAttribute[] =>
  Object.entries(message.attributes).map(([name, { Type, Value }]) => ({ name, type: Type, value: Value }))
