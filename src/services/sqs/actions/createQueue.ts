import type { Operation } from '../../operation.ts'
import { checkAttributes, mergeAttributes, type QueueAttributes } from '../attributes.ts'
import * as errors from '../errors.ts'
import type { Queues } from '../queues.ts'

interface Input {
  readonly QueueName?: string
  readonly Attributes?: QueueAttributes
  readonly tags?: Readonly<Record<string, string>>
}

/** `CreateQueue`: the same queue again is fine, the same name with another value for an attribute is not. */
export const createCreateQueue =
  (queues: Queues): Operation<Input> =>
  async (input, { baseUrl }) => {
    const name = input.QueueName
    if (name === undefined) throw errors.missingParameter('QueueName')
    checkName(name, input.Attributes?.['FifoQueue'])
    const wanted = input.Attributes ?? {}
    checkAttributes(wanted, queues.surroundings(name))
    const existing = queues.get(name)
    if (existing) {
      for (const [attribute, value] of Object.entries(wanted))
        if ((existing.record.attributes[attribute] ?? '') !== value) throw errors.queueNameExists(attribute)
    } else await queues.create(name, mergeAttributes({}, wanted), input.tags ?? {})
    return { QueueUrl: queues.urlOf(name, baseUrl) }
  }

const invalidName = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'

function checkName(name: string, fifoQueue: string | undefined): void {
  if (/^[\w-]{1,80}$/.test(name)) return
  if (/^[\w-]{1,75}\.fifo$/.test(name) && fifoQueue === 'true') return
  throw errors.invalidParameter(invalidName)
}
