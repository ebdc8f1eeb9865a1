import { hash } from 'node:crypto'
import { mergeAttributes } from './attributes.ts'
import { redrivePolicyTo, type SubscriptionProtocol } from './subscriptionAttributes.ts'
import type { Subscription, Topics } from './topics.ts'

/** A topic that a spec describes or only names. */
export interface DeclaredTopic {
  readonly name: string
  /** `undefined` leaves an existing topic's as it is. */
  readonly displayName?: string | undefined
}

/** A subscription that a spec asks for. */
export interface DeclaredSubscription {
  readonly topicArn: string
  readonly protocol: SubscriptionProtocol
  /** ARN of the function or queue. */
  readonly endpoint: string
  /** Default: false. */
  readonly isRaw?: boolean | undefined
  /** The queue that gets what the endpoint cannot take. */
  readonly deadLetterArn?: string | undefined
}

/** Creates a topic, or gives an existing one the spec's settings; tags and subscriptions stay. */
export async function declareTopic(topics: Topics, { name, displayName }: DeclaredTopic): Promise<void> {
  const wanted = displayName === undefined ? {} : { DisplayName: displayName }
  const existing = topics.get(name)
  const attributes = mergeAttributes(existing?.record.attributes ?? {}, wanted)
  if (!existing) await topics.create(name, attributes, {})
  else if (attributes['DisplayName'] !== existing.record.attributes['DisplayName'])
    await topics.change(existing, { attributes })
}

/** Subscribes, or gives an existing subscription of the same endpoint the spec's settings; answers its ARN. */
export async function declareSubscription(topics: Topics, wanted: DeclaredSubscription): Promise<string> {
  const { topicArn, protocol, endpoint, isRaw = false, deadLetterArn } = wanted
  const attributes = {
    ...(isRaw && { RawMessageDelivery: 'true' }),
    ...(deadLetterArn !== undefined && { RedrivePolicy: redrivePolicyTo(deadLetterArn) }),
  }
  const existing = topics.subscriptionTo(topicArn, protocol, endpoint)
  if (!existing) {
    const arn = declaredArn(topicArn, protocol, endpoint)
    await topics.subscribe(arn, { topicArn, protocol, endpoint, attributes, isDeclared: true })
    return arn
  }
  if (!isAsWanted(existing, attributes))
    await topics.changeSubscription(existing, { attributes, isDeclared: true })
  return existing.arn
}

/** The same for the same subscription, whenever it is declared. */
function declaredArn(topicArn: string, protocol: string, endpoint: string): string {
  const digits = hash('sha256', `${topicArn} ${protocol} ${endpoint}`)
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digits) ?? []
  return `${topicArn}:${parts.join('-')}`
}

const isAsWanted = ({ record }: Subscription, wanted: Readonly<Record<string, string>>): boolean =>
  record.isDeclared &&
  Object.keys(record.attributes).length === Object.keys(wanted).length &&
  Object.entries(wanted).every(([name, value]) => record.attributes[name] === value)
