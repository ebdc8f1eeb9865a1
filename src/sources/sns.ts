import { type SnsNotification, snsPublished } from '../services/sns/signals.ts'
import type { JsonSchema } from '../spec/index.ts'
import { defineSource } from './defineSource.ts'

/** `sns:` under `events:`; references are full ARNs by now. */
export interface SnsConfig {
  readonly topic: string
  readonly displayName?: string
  /** Exactly one of its keys. */
  readonly redrivePolicy?: { readonly queue?: string; readonly deadLetterTargetArn?: string }
}

/** The queue that gets the messages that could not be handed to the function, if there is one. */
export const snsDeadLetterArnOf = ({ redrivePolicy }: SnsConfig): string | undefined =>
  redrivePolicy?.queue ?? redrivePolicy?.deadLetterTargetArn

const DESCRIPTION = 'Subscribes the function to an SNS topic: each message invokes it once, asynchronously.'
const TOPIC: JsonSchema = { $ref: '#/definitions/topicReference' }
const QUEUE: JsonSchema = { $ref: '#/definitions/queueReference' }

/** An SNS subscription of a function (Lambda Developer Guide, "Invoking Lambda functions with SNS notifications"). */
export const sns = defineSource<SnsConfig, SnsNotification>({
  name: 'sns',
  config: {
    description: DESCRIPTION,
    reads: { kind: 'topic', keys: ['topic', 'arn', 'topicName'] },
    refersTo: [
      { kind: 'queue', path: ['redrivePolicy', 'queue'] },
      { kind: 'queue', path: ['redrivePolicy', 'deadLetterTargetArn'] },
    ],
    schema: {
      type: 'object',
      description: DESCRIPTION,
      additionalProperties: false,
      properties: {
        topic: TOPIC,
        arn: TOPIC,
        topicName: TOPIC,
        displayName: {
          type: 'string',
          description: 'The name of the topic that people see.',
          maxLength: 100,
          examples: ['Alerts'],
        },
        redrivePolicy: {
          type: 'object',
          description:
            "The queue for messages that could not be handed to the function; `deadLetterTargetArn` is the Serverless Framework's key.",
          additionalProperties: false,
          properties: { queue: QUEUE, deadLetterTargetArn: QUEUE },
          oneOf: [
            {
              type: 'object',
              description: 'With `queue`.',
              required: ['queue'],
              properties: { queue: QUEUE },
            },
            {
              type: 'object',
              description: 'With `deadLetterTargetArn`.',
              required: ['deadLetterTargetArn'],
              properties: { deadLetterTargetArn: QUEUE },
            },
          ],
          examples: [{ queue: 'orders-dead' }],
        },
      },
    },
    shorthand: {
      type: 'string',
      description: 'The topic: its name, `sns:name` or its ARN.',
      minLength: 1,
      examples: ['sns:alerts'],
    },
    expand: (short) => ({ topic: short }),
  },
  examples: [
    { topic: 'alerts' },
    { topic: 'sns:alerts', displayName: 'Alerts', redrivePolicy: { queue: 'alerts-dead' } },
  ],
  on: snsPublished,
  matches: (trigger, { subscriptionArn }) => trigger.id === subscriptionArn,
  // Functions get other spellings than queues, a subject in any case, and always the first version of the signature.
  event: (notification) => ({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: notification.subscriptionArn,
        Sns: {
          Type: 'Notification',
          MessageId: notification.messageId,
          TopicArn: notification.topicArn,
          Subject: notification.subject,
          Message: notification.message,
          Timestamp: new Date(notification.timestampMs).toISOString(),
          SignatureVersion: '1',
          Signature: notification.signature,
          SigningCertUrl: notification.signingCertUrl,
          UnsubscribeUrl: notification.unsubscribeUrl,
          MessageAttributes: notification.messageAttributes,
        },
      },
    ],
  }),
  sample: {
    subscriptionArn: 'arn:aws:sns:us-east-1:123456789012:alerts:21be56ed-a058-49f5-8c98-aedd2564c486',
    functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:notify',
    topicArn: 'arn:aws:sns:us-east-1:123456789012:alerts',
    messageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
    subject: null,
    message: '{"orderId":42}',
    timestampMs: 1_546_433_107_000,
    messageAttributes: {
      kind: { Type: 'String', Value: 'created' },
      blob: { Type: 'Binary', Value: 'AQID' },
    },
    signature: 'dGVzdA==',
    signingCertUrl:
      'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem',
    unsubscribeUrl:
      'https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-east-1:123456789012:alerts:21be56ed-a058-49f5-8c98-aedd2564c486',
    cause: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
  },
})
