import type { Attributes } from './attributes.ts'
import * as errors from './errors.ts'

/** Checks attributes that a caller wants to set, and throws SNS's errors; answers those that are worth keeping. */
export function checkTopicAttributes(wanted: Attributes): Attributes {
  const kept = Object.entries(wanted).filter(([name, value]) => {
    checkOne(name, value)
    return name !== 'FifoTopic'
  })
  return Object.fromEntries(kept)
}

function checkOne(name: string, value: string): void {
  const isRight = Object.hasOwn(checks, name) ? checks[name] : undefined
  if (isRight === undefined) {
    if (name === 'FifoTopic') checkIsStandard(value)
    else if (isLater(name)) throw errors.notSupported('AttributeName', `the attribute ${name} is`)
    else throw errors.invalidParameter('AttributeName')
  } else if (!isRight(value)) throw errors.invalidParameter(name)
}

function checkIsStandard(fifoTopic: string): void {
  if (fifoTopic.toLowerCase() !== 'false') throw errors.notSupported('FifoTopic', 'FIFO topics are')
}

const longestDisplayName = 100

/**
 * What may be set. Who may do what, and with which key it is encrypted, is kept and shown: one machine has one owner.
 * `PassThrough` is what happens to trace headers anyway.
 */
const checks: Readonly<Record<string, (value: string) => boolean>> = {
  DisplayName: (value) => value.length <= longestDisplayName,
  KmsMasterKeyId: () => true,
  Policy: isJsonObject,
  SignatureVersion: (value) => value === '1' || value === '2',
  TracingConfig: (value) => value === 'PassThrough',
}

/** Attributes that AWS has for what is not done here. */
const isLater = (name: string): boolean =>
  /^(HTTP|Firehose|Lambda|Application|SQS)(Success|Failure)Feedback(RoleArn|SampleRate)$/.test(name) ||
  ['ArchivePolicy', 'ContentBasedDeduplication', 'DeliveryPolicy', 'FifoThroughputScope'].includes(name)

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** What AWS shows of a topic: what was set, and what goes for every topic. */
export const shownTopicAttributes = (topic: {
  readonly arn: string
  readonly accountId: string
  readonly attributes: Attributes
  readonly subscriptions: number
}): Record<string, string> => ({
  Policy: JSON.stringify(defaultPolicy(topic.arn, topic.accountId)),
  Owner: topic.accountId,
  SubscriptionsPending: '0',
  TopicArn: topic.arn,
  EffectiveDeliveryPolicy: JSON.stringify(deliveryPolicy),
  SubscriptionsConfirmed: String(topic.subscriptions),
  DisplayName: '',
  SubscriptionsDeleted: '0',
  ...topic.attributes,
})

const defaultPolicy = (topicArn: string, accountId: string) => ({
  Version: '2008-10-17',
  Id: '__default_policy_ID',
  Statement: [
    {
      Sid: '__default_statement_ID',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: [
        'SNS:GetAttributes',
        'SNS:SetAttributes',
        'SNS:AddPermission',
        'SNS:RemovePermission',
        'SNS:DeleteTopic',
        'SNS:Subscribe',
        'SNS:ListSubscriptionsByTopic',
        'SNS:Publish',
      ],
      Resource: topicArn,
      Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
    },
  ],
})

const deliveryPolicy = {
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
}
