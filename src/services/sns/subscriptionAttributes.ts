import type { ServiceError } from '../operation.ts'
import { isArnOf } from './arns.ts'
import { type Attributes, mergeAttributes } from './attributes.ts'
import * as errors from './errors.ts'

export type SubscriptionProtocol = 'lambda' | 'sqs'

/** The attributes that decide something, ready for use. */
export interface SubscriptionSettings {
  /** The message goes out as it is, without SNS's envelope. */
  readonly isRaw: boolean
  /** Where messages go that the endpoint cannot take. */
  readonly deadLetterArn: string | undefined
}

/**
 * Checks one attribute and answers it as it is kept; an empty text removes it. SNS words a refusal differently when
 * it comes with `Subscribe`: `prefix`.
 */
export function checkSubscriptionAttribute(
  name: string,
  value: string,
  protocol: SubscriptionProtocol,
  prefix = '',
): string {
  const invalid = (text: string): ServiceError => errors.invalidParameter(prefix + text)
  switch (name) {
    case 'RawMessageDelivery': {
      const wanted = value.toLowerCase()
      if (wanted !== 'true' && wanted !== 'false')
        throw invalid(`RawMessageDelivery: Invalid value [${value}]. Must be true or false.`)
      if (wanted === 'true' && protocol === 'lambda')
        throw invalid('Delivery protocol [lambda] does not support raw message delivery.')
      return wanted
    }
    case 'RedrivePolicy':
      if (value !== '') readRedrive(value, invalid)
      return value
    case 'FilterPolicy':
    case 'FilterPolicyScope':
      throw invalid(`${name}: filter policies are not supported here yet`)
    case 'DeliveryPolicy':
    case 'ReplayPolicy':
    case 'SubscriptionRoleArn':
      throw invalid(`${name}: not supported here yet`)
    default:
      throw invalid('AttributeName')
  }
}

function readRedrive(policy: string, invalid: (text: string) => ServiceError): string {
  const value = parse(policy)
  if (typeof value !== 'object' || value === null) throw invalid('RedrivePolicy: failed to parse JSON.')
  const target = 'deadLetterTargetArn' in value ? value.deadLetterTargetArn : undefined
  if (typeof target !== 'string' || !isArnOf('sqs', target))
    throw invalid('RedrivePolicy: deadLetterTargetArn is an invalid arn')
  return target
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Checks the attributes that come with `Subscribe`. */
export const checkNewSubscription = (wanted: Attributes, protocol: SubscriptionProtocol): Attributes =>
  mergeAttributes(
    {},
    Object.fromEntries(
      Object.entries(wanted).map(([name, value]) => [
        name,
        checkSubscriptionAttribute(name, value, protocol, 'Attributes Reason: '),
      ]),
    ),
  )

export function settingsOf(attributes: Attributes): SubscriptionSettings {
  const policy = attributes['RedrivePolicy']
  return {
    isRaw: attributes['RawMessageDelivery'] === 'true',
    deadLetterArn: policy === undefined ? undefined : readRedrive(policy, errors.invalidParameter),
  }
}

/** The text of a redrive policy. */
export const redrivePolicyTo = (queueArn: string): string => JSON.stringify({ deadLetterTargetArn: queueArn })
