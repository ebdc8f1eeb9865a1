import type { Effect } from '../store/index.ts'

/** Something that leaves for a queue, a topic, a function: a destination's record, a dead letter. */
export interface DeliveredMessage {
  readonly body: Uint8Array
  /** String attributes, for targets that have them. */
  readonly attributes: readonly MessageAttribute[]
  /** X-Ray header of the invocation that caused it. */
  readonly traceId: string
  /** The request id of that invocation. */
  readonly cause: string
}

export interface MessageAttribute {
  readonly name: string
  readonly type: 'String' | 'Number'
  readonly value: string
}

/** What a delivery comes to: changes for the transaction that settles its cause, or the reason why it cannot be. */
export type Delivery =
  | { readonly kind: 'effects'; readonly effects: readonly Effect[] }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * The single way out: destinations and dead-letter queues hand their messages over here. Embedded targets answer with
 * effects, so a message is stored in the very transaction that removes its cause: neither lost nor doubled.
 */
export type Deliver = (arn: string, message: DeliveredMessage) => Delivery

/** How one service takes messages; the key in {@link createDeliver}'s table is the service part of the ARN. */
export type Deliverer = (arn: string, message: DeliveredMessage) => Delivery

/** Joins the services' deliverers into one. */
export function createDeliver(deliverers: Readonly<Record<string, Deliverer>>): Deliver {
  return (arn, message) => {
    const service = arn.split(':')[2] ?? ''
    const deliverer = deliverers[service]
    if (!deliverer) return { kind: 'refused', reason: `nothing here delivers to ${arn}` }
    return deliverer(arn, message)
  }
}
