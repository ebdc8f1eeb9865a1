import type { Operation } from '../../operation.ts'
import { shownTopicAttributes } from '../topicAttributes.ts'
import type { Topics } from '../topics.ts'

/** `GetTopicAttributes`: all of them, as text. */
export const createGetTopicAttributes =
  (topics: Topics): Operation<{ readonly TopicArn?: string }> =>
  ({ TopicArn }) => {
    const { arn, record } = topics.ofArn(TopicArn)
    const { accountId } = topics.edges.identity
    const subscriptions = topics.subscriptionsOf(arn).length
    const shown = { arn, accountId, attributes: record.attributes, subscriptions }
    return { Attributes: shownTopicAttributes(shown) }
  }
