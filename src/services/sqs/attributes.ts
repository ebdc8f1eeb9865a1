import * as errors from './errors.ts'
import {
  checkFifoAttribute,
  checkThroughput,
  type FifoSettings,
  fifoSettingsOf,
  isFifoAttribute,
} from './fifoAttributes.ts'
import { isObject, parseJson } from './json.ts'

/** A queue's attributes as the API has them: text, only those that can be set, defaults filled in. */
export type QueueAttributes = Readonly<Record<string, string>>

/** The attributes that decide something, ready for use. */
export interface QueueSettings {
  readonly visibilityMs: number
  readonly delayMs: number
  readonly retentionMs: number
  readonly waitMs: number
  readonly maximumBytes: number
  readonly redrive: Redrive | undefined
  /** `undefined` for a standard queue. */
  readonly fifo: FifoSettings | undefined
}

export interface Redrive {
  readonly deadLetterArn: string
  readonly maxReceiveCount: number
}

export const defaultAttributes: QueueAttributes = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  DelaySeconds: [0, 900],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
}

/** Attributes that the queue itself provides. */
export const readOnlyAttributes: ReadonlySet<string> = new Set([
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
])

/** Every name that may be asked for. */
export const isAttributeName = (name: string): boolean =>
  name === 'All' || readOnlyAttributes.has(name) || isFifoAttribute(name) || isWritable(name)

const isWritable = (name: string): boolean => Object.hasOwn(ranges, name) || Object.hasOwn(texts, name)

/** What the check of an attribute may look at beside its value. */
export interface AttributeSurroundings {
  readonly queueArn: string
  readonly isFifo: boolean
  /** What the queue has already. */
  readonly current: QueueAttributes
  /** The `RedriveAllowPolicy` of a queue; `undefined` when there is no such queue. */
  allowPolicyOf(queueArn: string): { readonly policy: string | undefined } | undefined
}

/** Checks attributes that a caller wants to set; throws AWS's errors. */
export function checkAttributes(wanted: QueueAttributes, surroundings: AttributeSurroundings): void {
  for (const [name, value] of Object.entries(wanted)) {
    const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined
    if (range) checkNumber(name, value, range)
    else if (Object.hasOwn(texts, name)) texts[name]?.(value, surroundings)
    else if (isFifoAttribute(name)) checkFifoAttribute(name, value, surroundings.isFifo)
    else throw errors.unknownAttribute(name)
  }
  checkThroughput({ ...surroundings.current, ...wanted })
}

function checkNumber(name: string, value: string, [least, most]: readonly [number, number]): void {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= least && number <= most))
    throw errors.invalidAttributeValue(`Invalid value for the parameter ${name}.`)
}

type TextCheck = (value: string, surroundings: AttributeSurroundings) => void

/** An empty value removes these. Encryption and access policies are kept and shown; one machine has one owner. */
const texts: Readonly<Record<string, TextCheck>> = {
  KmsMasterKeyId: () => {},
  Policy: (value) => {
    if (value !== '' && !isObject(parseJson(value)))
      throw errors.invalidAttributeValue('Invalid value for the parameter Policy.')
  },
  RedriveAllowPolicy: (value) => {
    if (value !== '') readAllowPolicy(value)
  },
  RedrivePolicy: (value, surroundings) => {
    if (value !== '') checkRedrive(value, surroundings)
  },
  SqsManagedSseEnabled: (value) => {
    if (value !== 'true' && value !== 'false')
      throw errors.invalidAttributeValue('Invalid value for the parameter SqsManagedSseEnabled.')
  },
}

/** The attributes after a change: set, replaced, or removed by an empty value. */
export const mergeAttributes = (current: QueueAttributes, wanted: QueueAttributes): QueueAttributes =>
  Object.fromEntries(Object.entries({ ...current, ...wanted }).filter(([, value]) => value !== ''))

/** `scopeAtCreation`: a FIFO queue's `DeduplicationScope` when it was created, which is the one that counts. */
export function settingsOf(attributes: QueueAttributes, scopeAtCreation?: string): QueueSettings {
  const number = (name: string): number => Number(attributes[name] ?? defaultAttributes[name])
  const policy = attributes['RedrivePolicy']
  return {
    visibilityMs: number('VisibilityTimeout') * 1_000,
    delayMs: number('DelaySeconds') * 1_000,
    retentionMs: number('MessageRetentionPeriod') * 1_000,
    waitMs: number('ReceiveMessageWaitTimeSeconds') * 1_000,
    maximumBytes: number('MaximumMessageSize'),
    redrive: policy === undefined ? undefined : readRedrive(policy),
    fifo: fifoSettingsOf(attributes, scopeAtCreation),
  }
}

// ---- redrive -----------------------------------------------------------------------------------------------------

function readRedrive(policy: string): Redrive {
  const invalid = (reason: string) => errors.invalidValue(policy, 'RedrivePolicy', reason)
  const value = parseJson(policy)
  if (!isObject(value)) throw invalid('Redrive policy is not a valid JSON map.')
  const { deadLetterTargetArn, maxReceiveCount } = value
  for (const [name, member] of Object.entries({ deadLetterTargetArn, maxReceiveCount }))
    if (member === undefined || member === null)
      throw invalid(`Redrive policy does not contain mandatory attribute: ${name}.`)
  for (const name of Object.keys(value))
    if (name !== 'deadLetterTargetArn' && name !== 'maxReceiveCount')
      throw invalid('Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].')
  const count = /^\d{1,9}$/.test(String(maxReceiveCount)) ? Number(maxReceiveCount) : 0
  if (count < 1 || count > 1_000)
    throw invalid(
      `Invalid value for maxReceiveCount: ${String(maxReceiveCount)}, valid values are from 1 to 1000 both inclusive.`,
    )
  return { deadLetterArn: String(deadLetterTargetArn), maxReceiveCount: count }
}

function checkRedrive(policy: string, surroundings: AttributeSurroundings): void {
  const invalid = (reason: string) => errors.invalidValue(policy, 'RedrivePolicy', reason)
  const { deadLetterArn } = readRedrive(policy)
  if (!/^arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w-]{1,80}(\.fifo)?$/.test(deadLetterArn))
    throw invalid('Invalid value for deadLetterTargetArn.')
  if (deadLetterArn.endsWith('.fifo') !== surroundings.isFifo)
    throw invalid('Dead-letter queue must be same type of queue as the source.')
  const target = surroundings.allowPolicyOf(deadLetterArn)
  if (!target) throw invalid('Dead letter target does not exist.')
  if (target.policy !== undefined && !allows(readAllowPolicy(target.policy), surroundings.queueArn))
    throw invalid("The dead-letter queue's RedriveAllowPolicy does not allow this source queue.")
}

interface AllowPolicy {
  readonly permission: string
  readonly sources: readonly string[]
}

const allows = ({ permission, sources }: AllowPolicy, queueArn: string): boolean =>
  permission === 'allowAll' || (permission === 'byQueue' && sources.includes(queueArn))

const maximumSources = 10

function readAllowPolicy(text: string): AllowPolicy {
  const invalid = (reason: string) => errors.invalidValue(text, 'RedriveAllowPolicy', reason)
  const value = parseJson(text)
  if (!isObject(value)) throw invalid('Redrive allow policy is not a valid JSON map.')
  const permission = String(value['redrivePermission'])
  const sources = value['sourceQueueArns']
  if (!['allowAll', 'denyAll', 'byQueue'].includes(permission))
    throw invalid('redrivePermission must be one of: allowAll, denyAll, byQueue.')
  if ((permission === 'byQueue') !== Array.isArray(sources))
    throw invalid('sourceQueueArns must be given with redrivePermission byQueue, and only then.')
  const list = Array.isArray(sources) ? sources.map(String) : []
  if (permission === 'byQueue' && (list.length === 0 || list.length > maximumSources))
    throw invalid(`sourceQueueArns must name 1 to ${maximumSources} queues.`)
  return { permission, sources: list }
}
