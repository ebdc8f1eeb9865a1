import { fact } from '../signals.ts'

/** A message on its way to one function that subscribed to a topic. */
export interface SnsNotification {
  readonly subscriptionArn: string
  /** The subscription's endpoint. */
  readonly functionArn: string
  readonly topicArn: string
  readonly messageId: string
  /** `null` when the publisher gave none. */
  readonly subject: string | null
  /** With `MessageStructure=json`: the text for functions. */
  readonly message: string
  readonly timestampMs: number
  /** In SNS's own spelling; binary values in base64. */
  readonly messageAttributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>
  readonly signature: string
  readonly signingCertUrl: string
  readonly unsubscribeUrl: string
  /** The message's id: what the function's invocation comes from. */
  readonly cause: string
}

export const snsPublished = fact<SnsNotification>('sns.published')
