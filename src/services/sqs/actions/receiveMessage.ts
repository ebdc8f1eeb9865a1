import type { ClaimedItem } from '../../../store/index.ts'
import { type Operation, type RequestContext, ServiceError } from '../../operation.ts'
import { isAttributeName } from '../attributes.ts'
import * as errors from '../errors.ts'
import { checkId } from '../fifoMessage.ts'
import { bodyOf, metaOf, systemAttributesOf } from '../message.ts'
import { md5OfAttributes, type MessageAttributes } from '../messageAttributes.ts'
import type { Queue, Queues } from '../queues.ts'
import { receiptHandleOf } from '../receiptHandle.ts'
import { takeOrWait } from '../receive.ts'

interface Input {
  readonly QueueUrl?: string
  readonly AttributeNames?: readonly string[]
  readonly MessageSystemAttributeNames?: readonly string[]
  readonly MessageAttributeNames?: readonly string[]
  readonly MaxNumberOfMessages?: number
  readonly VisibilityTimeout?: number
  readonly WaitTimeSeconds?: number
  /** Only means something on FIFO queues. */
  readonly ReceiveRequestAttemptId?: string
}

/** `ReceiveMessage`: at once, or by long polling until the first message is there. */
export const createReceiveMessage =
  (queues: Queues): Operation<Input> =>
  async (input, context) => {
    const queue = queues.ofUrl(input.QueueUrl)
    check(input)
    const items = queue.settings.fifo
      ? await receiveInOrder(queues, queue, input, context)
      : await receive(queues, queue, input, context)
    if (items.length === 0) return {}
    const systemNames = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]
    return {
      Messages: items.map((item) =>
        messageOf(queue, item, systemNames, input.MessageAttributeNames ?? [], context.accountId),
      ),
    }
  }

function receive(
  queues: Queues,
  queue: Queue,
  input: Input,
  context: RequestContext,
): Promise<readonly ClaimedItem[]> {
  const waitMs = input.WaitTimeSeconds === undefined ? queue.settings.waitMs : input.WaitTimeSeconds * 1_000
  return takeOrWait(queues, queue, {
    limit: input.MaxNumberOfMessages ?? 1,
    visibilityMs: visibilityMsOf(queue, input),
    untilMs: queues.edges.clock.now() + waitMs,
    signalOf: () => context.signal,
    pause: context.work,
  })
}

/** A receive from a FIFO queue: can be repeated, and answers nothing rather than that too much is in flight. */
async function receiveInOrder(
  queues: Queues,
  queue: Queue,
  input: Input,
  context: RequestContext,
): Promise<readonly ClaimedItem[]> {
  const attemptId = input.ReceiveRequestAttemptId
  const { clock } = queues.edges
  if (attemptId !== undefined) {
    checkId('ReceiveRequestAttemptId', attemptId)
    const nowMs = clock.now()
    const again = await queue.attempts.repeat(attemptId, nowMs, nowMs + visibilityMsOf(queue, input))
    if (again) return again
  }
  try {
    const items = await receive(queues, queue, input, context)
    if (attemptId !== undefined) queue.attempts.remember(attemptId, items, clock.now())
    return items
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'OverLimit') return []
    throw error
  }
}

const visibilityMsOf = (queue: Queue, { VisibilityTimeout: seconds }: Input): number =>
  seconds === undefined ? queue.settings.visibilityMs : seconds * 1_000

function check(input: Input): void {
  const { MaxNumberOfMessages: limit, WaitTimeSeconds: wait, VisibilityTimeout: visibility } = input
  if (limit !== undefined && !(limit >= 1 && limit <= 10))
    throw errors.invalidValue(limit, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.')
  if (wait !== undefined && !(wait >= 0 && wait <= 20))
    throw errors.invalidValue(wait, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.')
  if (visibility !== undefined && !(visibility >= 0 && visibility <= 43_200))
    throw errors.invalidValue(visibility, 'VisibilityTimeout', 'Must be between 0 and 43200, if provided.')
  for (const name of [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])])
    if (!systemNames.has(name) && !isAttributeName(name)) throw errors.unknownAttribute(name)
}

const systemNames: ReadonlySet<string> = new Set([
  'AWSTraceHeader',
  'ApproximateFirstReceiveTimestamp',
  'ApproximateReceiveCount',
  'DeadLetterQueueSourceArn',
  'MessageDeduplicationId',
  'MessageGroupId',
  'SenderId',
  'SentTimestamp',
  'SequenceNumber',
])

/** A message as the API shows it: attributes only if they were asked for, and a digest of just those. */
function messageOf(
  queue: Queue,
  item: ClaimedItem,
  systemNames: readonly string[],
  attributeNames: readonly string[],
  accountId: string,
): object {
  const meta = metaOf(item)
  const message: Record<string, unknown> = {
    MessageId: item.id,
    ReceiptHandle: receiptHandleOf(queue, item.token),
    MD5OfBody: meta.md5,
    Body: bodyOf(item),
  }
  if (systemNames.length > 0) {
    const attributes = wantedSystemAttributes(systemAttributesOf(item, accountId), systemNames)
    if (Object.keys(attributes).length > 0) message['Attributes'] = attributes
  }
  if (meta.attributes && attributeNames.length > 0) {
    const all: MessageAttributes = meta.attributes
    const wanted = Object.entries(all).filter(([name]) => isWanted(name, attributeNames))
    if (wanted.length > 0) {
      const isAll = wanted.length === Object.keys(all).length
      const shown = isAll ? all : Object.fromEntries(wanted)
      message['MD5OfMessageAttributes'] = isAll ? meta.md5OfAttributes : md5OfAttributes(shown)
      message['MessageAttributes'] = shown
    }
  }
  return message
}

const wantedSystemAttributes = (
  attributes: Record<string, string>,
  names: readonly string[],
): Record<string, string> =>
  names.includes('All')
    ? attributes
    : Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)))

/** `All` and `.*` mean every attribute, `prefix.*` those that begin so. */
const isWanted = (name: string, patterns: readonly string[]): boolean =>
  patterns.some(
    (pattern) =>
      pattern === 'All' ||
      pattern === name ||
      (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
  )
