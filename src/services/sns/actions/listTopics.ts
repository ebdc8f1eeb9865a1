import type { Operation } from '../../operation.ts'
import { pageOf } from '../page.ts'
import type { Topics } from '../topics.ts'

/** `ListTopics`: a hundred at a time. */
export const createListTopics =
  (topics: Topics): Operation<{ readonly NextToken?: string }> =>
  ({ NextToken }) => {
    const { page, ...next } = pageOf(topics.all(), ({ arn }) => arn, NextToken)
    return { Topics: page.map(({ arn }) => ({ TopicArn: arn })), ...next }
  }
