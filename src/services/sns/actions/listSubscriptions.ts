import type { Operation } from '../../operation.ts'
import { pageOf } from '../page.ts'
import type { Subscription, Topics } from '../topics.ts'

interface Input {
  readonly NextToken?: string
}

/** `ListSubscriptions`: a hundred at a time. */
export const createListSubscriptions =
  (topics: Topics): Operation<Input> =>
  ({ NextToken }) =>
    subscriptionPage(topics, topics.allSubscriptions(), NextToken)

/** `ListSubscriptionsByTopic`: a hundred at a time. */
export const createListSubscriptionsByTopic =
  (topics: Topics): Operation<Input & { readonly TopicArn?: string }> =>
  ({ TopicArn, NextToken }) =>
    subscriptionPage(topics, topics.subscriptionsOf(topics.ofArn(TopicArn).arn), NextToken)

function subscriptionPage(
  topics: Topics,
  subscriptions: readonly Subscription[],
  nextToken: string | undefined,
): object {
  const { page, ...next } = pageOf(subscriptions, ({ arn }) => arn, nextToken)
  const Subscriptions = page.map(({ arn, record }) => ({
    SubscriptionArn: arn,
    Owner: topics.edges.identity.accountId,
    Protocol: record.protocol,
    Endpoint: record.endpoint,
    TopicArn: record.topicArn,
  }))
  return { Subscriptions, ...next }
}
