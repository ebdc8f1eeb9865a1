import type { Operation } from '../../operation.ts'
import { mergeAttributes } from '../attributes.ts'
import * as errors from '../errors.ts'
import { checkSubscriptionAttribute } from '../subscriptionAttributes.ts'
import type { Topics } from '../topics.ts'

interface Input {
  readonly SubscriptionArn?: string
  readonly AttributeName?: string
  readonly AttributeValue?: string
}

/** `SetSubscriptionAttributes`: one attribute. */
export const createSetSubscriptionAttributes =
  (topics: Topics): Operation<Input> =>
  async ({ SubscriptionArn, AttributeName, AttributeValue = '' }) => {
    const subscription = topics.subscriptionOfArn(SubscriptionArn)
    if (AttributeName === undefined) throw errors.missingParameter('AttributeName')
    const { attributes, protocol } = subscription.record
    const value = checkSubscriptionAttribute(AttributeName, AttributeValue, protocol)
    await topics.changeSubscription(subscription, {
      attributes: mergeAttributes(attributes, { [AttributeName]: value }),
    })
  }
