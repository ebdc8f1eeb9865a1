import type { Effect } from './types.ts'

/** Something that leaves for a queue, a topic, a bus, a bucket, a function. */
export interface DeliveredMessage {
  readonly body: Uint8Array
  /** Message attributes, for targets that have them. */
  readonly attributes: readonly MessageAttribute[]
  /** X-Ray header of what caused it; empty when that had none. */
  readonly traceId: string
  /** The id of what caused it: a request id, a message id, an event id. */
  readonly cause: string
  /** Set when the body is the record of an invocation: buses and buckets name it by this. */
  readonly record?: InvocationOfRecord
}

/** The invocation that a record tells of. */
export interface InvocationOfRecord {
  readonly functionName: string
  /** With qualifier. */
  readonly functionArn: string
  readonly isSuccess: boolean
  /** Where buckets keep it, when that is not with the function's asynchronous events: without slashes at its ends. */
  readonly folder?: string
}

export interface MessageAttribute {
  readonly name: string
  /** `String`, `Number`, `Binary`, or one of them with a label (`Number.int`). */
  readonly type: string
  /** Base64 for binary types. */
  readonly value: string
}

/**
 * What a delivery comes to: changes for the transaction that settles its cause, or the reason why it cannot be.
 * `committed` is called once the changes are durable.
 */
export type Delivery =
  | { readonly kind: 'effects'; readonly effects: readonly Effect[]; readonly committed?: () => void }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * The single way out: destinations, dead letters, subscriptions, targets and notifications hand their messages over
 * here, by the ARN of who gets them. What is hosted here answers with effects, so a message is stored in the very
 * transaction that removes its cause: neither lost nor doubled.
 */
export type Deliver = (arn: string, message: DeliveredMessage) => Delivery
