import type { Operation } from '../../operation.ts'
import { isArnOf } from '../arns.ts'
import type { Attributes } from '../attributes.ts'
import * as errors from '../errors.ts'
import { checkNewSubscription, type SubscriptionProtocol } from '../subscriptionAttributes.ts'
import type { Topics } from '../topics.ts'

interface Input {
  readonly TopicArn?: string
  readonly Protocol?: string
  readonly Endpoint?: string
  readonly Attributes?: Attributes
  /** Means something for endpoints that must confirm first. */
  readonly ReturnSubscriptionArn?: boolean
}

/** `Subscribe`: confirmed at once; the same endpoint again is fine, with other attributes it is not. */
export const createSubscribe =
  (topics: Topics): Operation<Input> =>
  async (input) => {
    const topic = topics.ofArn(input.TopicArn)
    const protocol = protocolOf(input.Protocol)
    const endpoint = endpointOf(input.Endpoint, protocol)
    const attributes = checkNewSubscription(input.Attributes ?? {}, protocol)
    const existing = topics.subscriptionTo(topic.arn, protocol, endpoint)
    if (existing) {
      const { attributes: current } = existing.record
      if (Object.entries(attributes).some(([name, value]) => (current[name] ?? defaults[name]) !== value))
        throw errors.invalidParameter('Attributes', 'Subscription already exists with different attributes')
      return { SubscriptionArn: existing.arn }
    }
    const { arn } = await topics.subscribe(`${topic.arn}:${topics.edges.ids.uuid()}`, {
      topicArn: topic.arn,
      protocol,
      endpoint,
      attributes,
      isDeclared: false,
    })
    return { SubscriptionArn: arn }
  }

const defaults: Attributes = { RawMessageDelivery: 'false' }

const laterProtocols: ReadonlySet<string> = new Set([
  'application',
  'email',
  'email-json',
  'firehose',
  'http',
  'https',
  'sms',
])

function protocolOf(protocol: string | undefined): SubscriptionProtocol {
  if (protocol === undefined) throw errors.missingParameter('Protocol')
  if (protocol === 'lambda' || protocol === 'sqs') return protocol
  if (laterProtocols.has(protocol))
    throw errors.invalidParameter(
      'Protocol',
      `the protocol ${protocol} is not supported here yet, only lambda and sqs are`,
    )
  throw errors.invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`)
}

function endpointOf(endpoint: string | undefined, protocol: SubscriptionProtocol): string {
  if (endpoint === undefined || endpoint === '') throw errors.missingParameter('Endpoint')
  if (!isArnOf(protocol, endpoint))
    throw errors.invalidParameter(`${protocol === 'sqs' ? 'SQS' : 'Lambda'} endpoint ARN`)
  if (endpoint.endsWith('.fifo'))
    throw errors.invalidParameter(
      'Invalid parameter: Endpoint',
      'FIFO SQS Queues can not be subscribed to standard SNS topics',
    )
  return endpoint
}
