import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import { prepareMessage, type SentMessage } from '../message.ts'
import type { Publisher } from '../publisher.ts'

interface Input extends SentMessage {
  readonly TopicArn?: string
  readonly TargetArn?: string
  readonly PhoneNumber?: string
}

/** `Publish`: answered once every subscriber's copy is durable. */
export const createPublish =
  (publisher: Publisher): Operation<Input> =>
  async (input, { cause, traceHeader }) => {
    const { TargetArn, PhoneNumber, TopicArn = TargetArn } = input
    if (PhoneNumber !== undefined) throw errors.notSupported('PhoneNumber', 'text messages to phones are')
    const message = prepareMessage(input)
    if (TopicArn === undefined) throw errors.missingParameter('TopicArn or TargetArn')
    if (TopicArn.includes(':endpoint/'))
      throw errors.invalidParameter('TargetArn', 'No endpoint found for the target arn specified')
    const topic = publisher.topics.ofArn(TopicArn)
    const [MessageId] = await publisher.publish(topic, [message], { cause, traceHeader })
    return { MessageId }
  }
