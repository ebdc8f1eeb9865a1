import type { Operation } from '../../operation.ts'
import { elementsOf } from '../arns.ts'
import type { Publisher } from '../publisher.ts'

/** `DeleteTopic`: with its subscriptions. A topic that is gone stays gone. */
export const createDeleteTopic =
  ({ topics, recent }: Publisher): Operation<{ readonly TopicArn?: string }> =>
  async ({ TopicArn }) => {
    elementsOf(TopicArn, 'TopicArn')
    const topic = topics.byArn(TopicArn ?? '')
    if (!topic) return
    await topics.remove(topic)
    recent.forget(topic.arn)
  }
