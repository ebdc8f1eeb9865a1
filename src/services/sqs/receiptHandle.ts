import type { Token } from '../../store/index.ts'
import * as errors from './errors.ts'
import type { Queue } from './queues.ts'

/** AWS's handles begin like this; code that logs or compares them sees what it knows. */
const prefix = 'AQEB'

/** The receipt handle of one receive: a token of the store, opaque, good for one queue only. */
export const receiptHandleOf = (queue: Queue, { sequence, fence }: Token): string =>
  prefix + Buffer.from(`${queue.name}:${sequence}:${fence}`).toString('base64')

/** Reads a handle back; throws AWS's error for one that is not ours, or is another queue's. */
export function tokenOf(queue: Queue, handle: string | undefined): Token {
  if (handle === undefined || handle === '') throw errors.missingParameter('ReceiptHandle')
  if (handle.startsWith(prefix)) {
    const text = Buffer.from(handle.slice(prefix.length), 'base64').toString('utf8')
    const [name, sequence, fence] = text.split(':')
    if (name === queue.name && isCount(sequence) && isCount(fence))
      return { queue: queue.items, sequence: Number(sequence), fence: Number(fence) }
  }
  throw errors.receiptHandleIsInvalid(handle)
}

const isCount = (text: string | undefined): boolean => text !== undefined && /^\d{1,16}$/.test(text)
