import * as errors from './errors.ts'

/** What makes a queue a FIFO queue, ready for use. */
export interface FifoSettings {
  /** Whether a message without a deduplication id gets the SHA-256 of its body for one. */
  readonly isContentBased: boolean
  /** Whether two groups may use the same deduplication id. */
  readonly isScopedToGroup: boolean
}

const values: Readonly<Record<string, readonly string[]>> = {
  FifoQueue: ['true'],
  ContentBasedDeduplication: ['true', 'false'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
}

/** What every FIFO queue has, beside the attributes of a standard one. */
export const defaultFifoAttributes: Readonly<Record<string, string>> = {
  FifoQueue: 'true',
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
}

export const isFifoAttribute = (name: string): boolean => Object.hasOwn(values, name)

/** Whether a name is a FIFO queue's: nothing else may end so. */
export const isFifoName = (name: string): boolean => name.endsWith('.fifo')

/** Checks one of the four attributes; throws AWS's errors. */
export function checkFifoAttribute(name: string, value: string, isFifo: boolean): void {
  if (!isFifo) {
    if (name === 'DeduplicationScope' || name === 'FifoThroughputLimit')
      throw errors.invalidAttributeValue(`You can specify the ${name} only when FifoQueue is set to true.`)
    throw errors.unknownAttribute(name)
  }
  if (values[name]?.includes(value)) return
  const reason = name === 'FifoQueue' ? ' Reason: Modifying queue type is not supported.' : ''
  throw errors.invalidAttributeValue(`Invalid value for the parameter ${name}.${reason}`)
}

/** A limit for each group is only to be had with deduplication for each group. */
export function checkThroughput(attributes: Readonly<Record<string, string>>): void {
  const { FifoThroughputLimit, DeduplicationScope } = attributes
  if (FifoThroughputLimit === 'perMessageGroupId' && DeduplicationScope !== 'messageGroup')
    throw errors.invalidAttributeValue(
      'The perMessageGroupId value for FifoThroughputLimit is allowed only when the value for DeduplicationScope is messageGroup.',
    )
}

/** `undefined` for a standard queue. */
export function fifoSettingsOf(
  attributes: Readonly<Record<string, string>>,
  scopeAtCreation = attributes['DeduplicationScope'],
): FifoSettings | undefined {
  if (attributes['FifoQueue'] !== 'true') return undefined
  return {
    isContentBased: attributes['ContentBasedDeduplication'] === 'true',
    isScopedToGroup: scopeAtCreation === 'messageGroup',
  }
}
