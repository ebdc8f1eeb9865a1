import type { QueueSpec } from '../../spec/index.ts'
import type { NewItem, QueueCounts } from '../../store/index.ts'
import type { Activity } from '../../system/index.ts'
import type { Service } from '../service.ts'
import { declareQueue } from './declare.ts'
import * as errors from './errors.ts'
import { bodyOf, metaOf, prepareMessage } from './message.ts'
import type { MessageAttributes } from './messageAttributes.ts'
import { type MoveTask, MoveTasks } from './moveTasks.ts'
import { operationsOf } from './operations.ts'
import { lookInto, plainAttributes, type SeenMessage } from './overview.ts'
import { type Edges, type Queue, Queues } from './queues.ts'
import { createQueueReader, type QueueReader } from './reader.ts'
import { shapes } from './shapes.ts'

export { ServiceError } from '../operation.ts'
export type { MessageAttribute, MessageAttributes } from './messageAttributes.ts'
export type { MoveTask } from './moveTasks.ts'
export type { SeenMessage } from './overview.ts'
export type { QueueReader, ReceivedAttribute, ReceivedMessage } from './reader.ts'

/** SQS, hosted here: the API for the gateway, and direct ways in and out for the rest of this process. */
export interface SqsService {
  readonly service: Service
  /** Creates the queue that a spec describes, or changes its settings; messages stay. */
  declareQueue(spec: QueueSpec): Promise<void>
  /** Removes a queue with its messages; nothing happens if there is none. */
  removeQueue(name: string): Promise<void>
  queueExists(name: string): boolean
  /** The name of the queue that an ARN means; `undefined` when it is not here, or is one of another region or account. */
  queueOfArn(arn: string): string | undefined
  /** By name. */
  queueNames(): string[]
  /** How long a received message is invisible, unless the receiver says otherwise. */
  visibilityTimeoutSeconds(queueName: string): number
  /**
   * The store's item for a message, to be put as an effect of another transaction. Checks what `SendMessage` checks,
   * and throws its errors.
   */
  itemFor(queueName: string, message: OutgoingMessage): NewItem
  /** Tells the ledger of messages that another transaction has stored, made by `itemFor`. */
  tellSent(queueName: string, messageIds: readonly string[], cause: string | undefined): void
  queueReader(queueName: string): QueueReader
  /** All messages in order of arrival, received or not, without touching them: for tests and the console. */
  peek(queueName: string, range?: { after?: number; limit?: number }): PeekedMessage[]
  /** The first messages in order of arrival with all that is known of them, without touching them. */
  look(queueName: string, limit: number): SeenMessage[]
  /** Where messages go that were received too often. */
  redriveOf(
    queueName: string,
  ): { readonly deadLetterArn: string; readonly maxReceiveCount: number } | undefined
  /** Removes all messages, in flight or not, and answers how many; as often as one likes. */
  purge(queueName: string): Promise<number>
  /** Calls `listener` after every change that may have brought a message. */
  watch(queueName: string, listener: () => void): () => void
  counts(queueName: string): QueueCounts
  /** When the next message is, or becomes, visible; `undefined` when the queue is empty. */
  nextVisibleMs(queueName: string): number | undefined
  /**
   * Moves messages out of a dead-letter queue, to where they came from or to the queue named, and resolves once that
   * has ended. Throws the errors of `StartMessageMoveTask`.
   */
  moveMessages(queueName: string, options: { to?: string; most?: number }): Promise<MoveTask>
  /** Goes on with the move tasks that were running when the process ended. */
  resumeMoves(): void
  /** Resolves once nothing moves any more. */
  stopMoves(): Promise<void>
  /** Reads the queues from the store again, after it was emptied from outside. */
  reload(): void
}

/** A message that something in this process sends: a destination, a dead-letter queue, a schedule. */
export interface OutgoingMessage {
  readonly body: string | Uint8Array
  readonly messageAttributes?: MessageAttributes
  readonly traceHeader?: string | undefined
  readonly cause?: string | undefined
}

export interface PeekedMessage {
  /** Ascending in order of arrival. */
  readonly sequence: number
  readonly messageId: string
  readonly body: string
  /** Message attributes as `{ name: value }`; binary values in base64. */
  readonly attributes: Readonly<Record<string, string>>
  readonly receiveCount: number
}

/** A batch of 1 MiB, written with escapes or percent signs, is several times as long. */
const maximumBodyBytes = 8 * 1024 * 1024

/** Creates SQS over a store; queues that the store holds are there at once. */
export function createSqsService({
  activity,
  ...edges
}: Edges & { readonly activity: Activity }): SqsService {
  const queues = new Queues(edges)
  const moveTasks = new MoveTasks(queues, activity)
  const { store, clock, ids } = edges
  const find = (name: string): Queue => {
    const queue = queues.get(name)
    if (!queue) throw errors.queueDoesNotExist()
    return queue
  }

  return {
    service: {
      name: 'sqs',
      operations: operationsOf(queues, moveTasks),
      notBuilt: [],
      maximumBodyBytes,
      json: {
        target: 'AmazonSQS',
        version: '1.0',
        namespace: 'com.amazonaws.sqs',
        shapes,
        queryCode: errors.queryCode,
      },
      query: {
        version: '2012-11-05',
        xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
        shapes,
        code: errors.queryCode,
        message: errors.queryMessage,
        inputFromPath,
      },
    },
    declareQueue: (spec) => declareQueue(queues, spec),
    async removeQueue(name) {
      const queue = queues.get(name)
      if (queue) await queues.remove(queue)
    },
    queueExists: (name) => queues.get(name) !== undefined,
    queueOfArn: (arn) => queues.byArn(arn)?.name,
    queueNames: () => queues.all().map(({ name }) => name),
    visibilityTimeoutSeconds: (queueName) => find(queueName).settings.visibilityMs / 1_000,
    itemFor(queueName, { body, messageAttributes, traceHeader, cause }) {
      const sent = { MessageBody: body, ...(messageAttributes && { MessageAttributes: messageAttributes }) }
      const circumstances = { nowMs: clock.now(), messageId: ids.uuid(), cause, traceHeader }
      return prepareMessage(find(queueName), sent, circumstances).item
    },
    tellSent: (queue, messageIds, cause) => edges.onSent?.({ queue, messageIds }, cause),
    queueReader: (queueName) => createQueueReader(queues, activity, queueName),
    watch: (queueName, listener) => store.watch(find(queueName).items, listener),
    peek: (queueName, { after = 0, limit = Number.MAX_SAFE_INTEGER } = {}) =>
      store.peek(find(queueName).items, limit, after).map((item) => ({
        sequence: item.sequence,
        messageId: item.id,
        body: bodyOf(item),
        attributes: plainAttributes(metaOf(item).attributes ?? {}),
        receiveCount: item.claims,
      })),
    look: (queueName, limit) => lookInto(queues, find(queueName), limit),
    redriveOf: (queueName) => find(queueName).settings.redrive,
    async purge(queueName) {
      const queue = find(queueName)
      const removed = await store.purge(queue.items)
      queue.arrivals.look()
      return removed
    },
    counts: (queueName) => store.counts(find(queueName).items, clock.now()),
    nextVisibleMs: (queueName) => store.nextDueMs(find(queueName).items),
    async moveMessages(queueName, { to, most }) {
      const destination = to === undefined ? undefined : find(to)
      const { ended } = await moveTasks.start({ source: find(queueName), destination, most })
      return await ended
    },
    resumeMoves: () => moveTasks.resume(),
    stopMoves: () => moveTasks.stop(),
    reload: () => queues.reload(),
  }
}

/** A query request that was posted to a queue's URL is for that queue, and not about all queues. */
function inputFromPath(path: string, operation: string): Record<string, string> {
  if (!/^\/\d{12}\/[\w.-]+\/?$/.test(path)) return {}
  if (operation === 'CreateQueue' || operation === 'ListQueues') throw errors.invalidAction(operation)
  return { QueueUrl: path.replace(/\/$/, '') }
}
