import type { Operation } from '../../operation.ts'
import type { Topics } from '../topics.ts'

/** `GetSubscriptionAttributes`: all of them, as text. */
export const createGetSubscriptionAttributes =
  (topics: Topics): Operation<{ readonly SubscriptionArn?: string }> =>
  ({ SubscriptionArn }) => {
    const { arn, record } = topics.subscriptionOfArn(SubscriptionArn)
    const { accountId } = topics.edges.identity
    return {
      Attributes: {
        SubscriptionPrincipal: `arn:aws:iam::${accountId}:root`,
        Owner: accountId,
        RawMessageDelivery: 'false',
        TopicArn: record.topicArn,
        Endpoint: record.endpoint,
        Protocol: record.protocol,
        PendingConfirmation: 'false',
        ConfirmationWasAuthenticated: 'true',
        SubscriptionArn: arn,
        ...record.attributes,
      },
    }
  }
