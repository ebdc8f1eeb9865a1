import type { Store } from '../../store/index.ts'
import type { Clock, Ids, JsonObject } from '../../system/index.ts'
import { Arrivals } from './arrivals.ts'
import {
  type AttributeSurroundings,
  defaultAttributes,
  type QueueAttributes,
  type QueueSettings,
  settingsOf,
} from './attributes.ts'
import * as errors from './errors.ts'
import { defaultFifoAttributes, isFifoName } from './fifoAttributes.ts'
import { ReceiveAttempts } from './receiveAttempts.ts'

/** A queue as it is kept in the store. */
export interface QueueRecord extends JsonObject {
  readonly attributes: QueueAttributes & JsonObject
  readonly tags: Readonly<Record<string, string>>
  readonly createdSeconds: number
  readonly modifiedSeconds: number
  /** A FIFO queue's `DeduplicationScope` at its creation: a later change is shown, but has no effect, as on AWS. */
  readonly scopeAtCreation?: string
}

/** One queue: what is kept, and what that means. */
export interface Queue {
  readonly name: string
  readonly arn: string
  /** The store's name for its messages. */
  readonly items: string
  readonly arrivals: Arrivals
  readonly attempts: ReceiveAttempts
  record: QueueRecord
  settings: QueueSettings
  /** How many more messages may be in flight before they have to be counted again. */
  inFlightAllowance: number
  lastPurgeMs: number
  /** Nothing that is in the queue can be too old before this time. */
  nextExpiryMs: number
}

export interface Edges {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly identity: { readonly accountId: string; readonly region: string }
  /** Told of messages that have become durable, once for each call; `cause` is the id of what led to them. */
  readonly onSent?: (
    fact: { queue: string; messageIds: readonly string[] },
    cause: string | undefined,
  ) => void
  /** Told of messages that a move task has moved. */
  readonly onMoved?: (fact: {
    from: string
    to: string
    moves: readonly { messageId: string; newMessageId: string }[]
  }) => void
  /** Told of a move task that has ended. */
  readonly onMoveEnded?: (fact: {
    queue: string
    status: 'COMPLETED' | 'CANCELLED' | 'FAILED'
    moved: number
    failureReason: string | undefined
  }) => void
  /** Told of messages that were received too often and went to a dead-letter queue. */
  readonly onDeadLettered?: (fact: {
    queue: string
    deadLetterQueue: string
    messageIds: readonly string[]
  }) => void
}

const table = 'sqs/queues'

/** All queues of the account, by name. */
export class Queues {
  readonly edges: Edges
  readonly #byName = new Map<string, Queue>()

  constructor(edges: Edges) {
    this.edges = edges
    this.reload()
  }

  /** Reads the queues again: after the store was emptied. */
  reload(): void {
    const gone = [...this.#byName.values()]
    this.#byName.clear()
    for (const [name, record] of this.edges.store.list(table)) this.#add(name, record as QueueRecord)
    for (const queue of gone) queue.arrivals.wakeAll()
  }

  get(name: string): Queue | undefined {
    return this.#byName.get(name)
  }

  /** In the order of their names. */
  all(): readonly Queue[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Whether this very queue still exists. */
  holds(queue: Queue): boolean {
    return this.#byName.get(queue.name) === queue
  }

  byArn(arn: string): Queue | undefined {
    const name = arn.slice(arn.lastIndexOf(':') + 1)
    return arn === this.arnOf(name) ? this.#byName.get(name) : undefined
  }

  /** The queue of a `QueueUrl`: of any URL that ends in `/account/name`, or of a bare name. */
  ofUrl(url: string | undefined): Queue {
    if (url === undefined || url === '') throw errors.missingParameter('QueueUrl')
    const slash = url.lastIndexOf('/')
    const isOurs = slash < 0 || url.endsWith(`/${this.edges.identity.accountId}`, slash)
    const queue = isOurs ? this.#byName.get(url.slice(slash + 1)) : undefined
    if (!queue) throw errors.queueDoesNotExist()
    return queue
  }

  arnOf(name: string): string {
    const { region, accountId } = this.edges.identity
    return `arn:aws:sqs:${region}:${accountId}:${name}`
  }

  urlOf(name: string, baseUrl: string): string {
    return `${baseUrl}/${this.edges.identity.accountId}/${name}`
  }

  /** What attributes of the queue called `name` are checked against. */
  surroundings(name: string): AttributeSurroundings {
    return {
      queueArn: this.arnOf(name),
      isFifo: isFifoName(name),
      current: this.#byName.get(name)?.record.attributes ?? {},
      allowPolicyOf: (arn) => {
        const queue = this.byArn(arn)
        return queue && { policy: queue.record.attributes['RedriveAllowPolicy'] }
      },
    }
  }

  async create(
    name: string,
    attributes: QueueAttributes,
    tags: Readonly<Record<string, string>>,
  ): Promise<Queue> {
    const nowSeconds = Math.floor(this.edges.clock.now() / 1_000)
    const filled = { ...defaultAttributes, ...(isFifoName(name) && defaultFifoAttributes), ...attributes }
    const { DeduplicationScope: scope } = filled as QueueAttributes
    const record: QueueRecord = {
      attributes: filled,
      tags,
      createdSeconds: nowSeconds,
      modifiedSeconds: nowSeconds,
      ...(scope !== undefined && { scopeAtCreation: scope }),
    }
    await this.edges.store.set(table, name, record)
    return this.#byName.get(name) ?? this.#add(name, record)
  }

  /** Stores a change of a queue, and lets whoever waits see it. */
  async change(queue: Queue, change: Partial<Pick<QueueRecord, 'attributes' | 'tags'>>): Promise<void> {
    const modifiedSeconds = Math.floor(this.edges.clock.now() / 1_000)
    const previous = queue.record
    const record = { ...previous, ...change, modifiedSeconds }
    // Set before it is durable, so that of two changes at once the second builds on the first.
    queue.record = record
    try {
      await this.edges.store.set(table, queue.name, record)
    } catch (error) {
      if (queue.record === record) queue.record = previous
      throw error
    }
    queue.settings = settingsOf(queue.record.attributes, queue.record.scopeAtCreation)
    queue.nextExpiryMs = 0
  }

  /** Removes what is older than the queue keeps, also what is in flight, if anything can be. */
  async expire(queue: Queue): Promise<void> {
    const nowMs = this.edges.clock.now()
    if (nowMs < queue.nextExpiryMs) return
    const { retentionMs } = queue.settings
    const oldestMs = await this.edges.store.expire(queue.items, nowMs - retentionMs)
    queue.nextExpiryMs = (oldestMs ?? nowMs) + retentionMs + 1
  }

  /** Removes a queue with its messages. */
  async remove(queue: Queue): Promise<void> {
    this.#byName.delete(queue.name)
    await this.edges.store.remove(table, queue.name)
    await this.edges.store.purge(queue.items)
    queue.arrivals.wakeAll()
  }

  #add(name: string, record: QueueRecord): Queue {
    const items = `sqs/${name}`
    const queue: Queue = {
      name,
      arn: this.arnOf(name),
      items,
      arrivals: new Arrivals(this.edges.store, this.edges.clock, { items, name }),
      attempts: new ReceiveAttempts(this.edges.store, items),
      record,
      settings: settingsOf(record.attributes, record.scopeAtCreation),
      inFlightAllowance: 0,
      lastPurgeMs: -Infinity,
      nextExpiryMs: 0,
    }
    this.#byName.set(name, queue)
    return queue
  }
}
