import type { Operation } from '../../operation.ts'
import { elementsOf } from '../arns.ts'
import * as errors from '../errors.ts'
import type { Topics } from '../topics.ts'

/** `Unsubscribe`: a subscription that is gone stays gone. */
export const createUnsubscribe =
  (topics: Topics): Operation<{ readonly SubscriptionArn?: string }> =>
  async ({ SubscriptionArn }) => {
    const elements = elementsOf(SubscriptionArn, 'SubscriptionArn')
    // A topic's ARN.
    if (elements.length === 6) throw errors.invalidParameter('SubscriptionId')
    const subscription = topics.subscription(SubscriptionArn ?? '')
    if (subscription) await topics.unsubscribe([subscription])
  }
