import type { Operation } from '../../operation.ts'
import { mergeAttributes } from '../attributes.ts'
import * as errors from '../errors.ts'
import { checkTopicAttributes } from '../topicAttributes.ts'
import type { Topics } from '../topics.ts'

interface Input {
  readonly TopicArn?: string
  readonly AttributeName?: string
  readonly AttributeValue?: string
}

/** `SetTopicAttributes`: one attribute. */
export const createSetTopicAttributes =
  (topics: Topics): Operation<Input> =>
  async ({ TopicArn, AttributeName, AttributeValue = '' }) => {
    const topic = topics.ofArn(TopicArn)
    if (AttributeName === undefined) throw errors.missingParameter('AttributeName')
    if (AttributeName === 'FifoTopic') throw errors.invalidParameter('AttributeName')
    const wanted = checkTopicAttributes({ [AttributeName]: AttributeValue })
    await topics.change(topic, { attributes: mergeAttributes(topic.record.attributes, wanted) })
  }
