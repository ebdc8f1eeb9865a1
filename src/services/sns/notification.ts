import { type TopicMessage, textFor } from './message.ts'
import type { SnsNotification } from './signals.ts'

/** A published message, as every subscriber gets it. */
export interface PublishedMessage {
  readonly topicArn: string
  readonly messageId: string
  readonly timestampMs: number
  readonly message: TopicMessage
  /** `1` or `2`, as the topic has it. */
  readonly signatureVersion: string
}

/** Nobody here has Amazon's key: the text says so to whoever decodes it. */
const signature = Buffer.from('Not signed: published on this machine').toString('base64')

/** The body of what a queue gets, unless it wants the text raw. */
export function envelopeOf(published: PublishedMessage, text: string, subscriptionArn: string): string {
  const { topicArn, messageId, timestampMs, message, signatureVersion } = published
  const hasAttributes = Object.keys(message.attributes).length > 0
  // The order of the keys is the one recorded from AWS.
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: message.subject,
    Message: text,
    Timestamp: new Date(timestampMs).toISOString(),
    SignatureVersion: signatureVersion,
    Signature: signature,
    SigningCertURL: signingCertUrl(topicArn),
    UnsubscribeURL: unsubscribeUrl(subscriptionArn),
    MessageAttributes: hasAttributes ? message.attributes : undefined,
  })
}

/** What a function is told. */
export function notificationOf(
  published: PublishedMessage,
  subscriptionArn: string,
  functionArn: string,
): SnsNotification {
  const { topicArn, messageId, timestampMs, message } = published
  return {
    subscriptionArn,
    functionArn,
    topicArn,
    messageId,
    subject: message.subject ?? null,
    message: textFor(message, 'lambda'),
    timestampMs,
    messageAttributes: message.attributes,
    signature,
    signingCertUrl: signingCertUrl(topicArn),
    unsubscribeUrl: unsubscribeUrl(subscriptionArn),
    cause: messageId,
  }
}

const hostOf = (arn: string): string => `https://sns.${arn.split(':')[3] ?? ''}.amazonaws.com`

const signingCertUrl = (topicArn: string): string =>
  `${hostOf(topicArn)}/SimpleNotificationService-${'0'.repeat(32)}.pem`

const unsubscribeUrl = (subscriptionArn: string): string =>
  `${hostOf(subscriptionArn)}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`
