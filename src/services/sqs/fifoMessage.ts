import { hash } from 'node:crypto'
import type { NewItem } from '../../store/index.ts'
import * as errors from './errors.ts'
import type { FifoSettings } from './fifoAttributes.ts'

/** How long a second message with the same deduplication id is not delivered. */
const deduplicationMs = 300_000

/** What a sender says of a message's place. */
interface SentPlace {
  readonly MessageGroupId?: string
  readonly MessageDeduplicationId?: string
  readonly DelaySeconds?: number
}

/** A message's place in a FIFO queue. */
export interface FifoPlace {
  readonly group: string
  readonly deduplicationId: string
  readonly deduplication: NonNullable<NewItem['deduplication']>
}

/** Checks what a FIFO queue wants to know of a message, and answers where that puts it; throws AWS's errors. */
export function fifoPlaceOf(fifo: FifoSettings, sent: SentPlace, body: Uint8Array, nowMs: number): FifoPlace {
  const { MessageDeduplicationId: given, DelaySeconds: delaySeconds = 0 } = sent
  const group = groupOf(fifo, sent, errors.missingParameter)
  if (given !== undefined) checkId('MessageDeduplicationId', given)
  if (delaySeconds !== 0)
    throw errors.invalidValue(
      delaySeconds,
      'DelaySeconds',
      'The request include parameter that is not valid for this queue type.',
    )
  const deduplicationId = given ?? hash('sha256', body)
  // Neither id can hold a space.
  const key = fifo.isScopedToGroup ? `${group} ${deduplicationId}` : deduplicationId
  return { group, deduplicationId, deduplication: { key, untilMs: nowMs + deduplicationMs } }
}

/** Checks that nothing is missing, and answers the group; a batch in which something is missing fails as a whole. */
export function groupOf(
  fifo: FifoSettings,
  { MessageGroupId, MessageDeduplicationId }: SentPlace,
  missing: (name: string) => Error,
): string {
  if (MessageGroupId === undefined) throw missing('MessageGroupId')
  if (MessageDeduplicationId === undefined && !fifo.isContentBased)
    throw errors.invalidParameter(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    )
  return MessageGroupId
}

/** Letters, digits and punctuation: what ASCII can show, save the space. */
const isId = /^[\u0021-\u007e]{1,128}$/

/** Checks the form of an id that a sender or a receiver chose. */
export function checkId(parameter: string, id: string): void {
  if (!isId.test(id))
    throw errors.invalidValue(
      id,
      parameter,
      `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    )
}

const firstNumber = 18_850_000_000_000_000_000n
const step = 256n

/** The 20 digits by which AWS orders a FIFO queue's messages, made of the store's sequence. */
export const sequenceNumberOf = (sequence: number): string => String(firstNumber + step * BigInt(sequence))
