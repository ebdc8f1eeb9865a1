import type { MessageAttributeValue } from '@aws-sdk/client-sqs'
import type { ClaimedItem, Deliver, DeliveredMessage, Store } from '../../store/index.ts'
import type { Activity, Clock, Ids, JsonObject, Ledger, Log, Timer } from '../../system/index.ts'
import { type Connection, type ForeignQueue, foreignQueue } from './foreignQueue.ts'
import type { ForeignProblem } from './problem.ts'

/** What leaves for foreign queues: destinations, dead letters, subscriptions, targets. */
export interface Outbox {
  /** The message is stored in the transaction of its cause, and sent from there until SQS has it. */
  readonly deliver: Deliver
  /** Sends what is there, also from before a restart. */
  start(): Promise<void>
  /** Resolves once nothing is sent any more; what is left goes on with the next `start`. */
  stop(): Promise<void>
  waiting(): { readonly messages: number; readonly nextDueMs: number }
}

export interface OutboxEdges {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly ledger: Ledger
  readonly activity: Activity
  readonly log: Log
}

const ITEMS = 'foreign/sqs'
const SENT_AT_ONCE = 10
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** What is kept of a message beside its body. */
interface OutgoingMeta extends JsonObject {
  readonly arn: string
  readonly attributes: readonly { readonly name: string; readonly type: string; readonly value: string }[]
  readonly traceId: string
  readonly cause: string
}

/** Creates the outbox; it sends once started. A message that is sent while the process dies may be sent twice. */
export function createOutbox(connection: Connection, on: OutboxEdges): Outbox {
  const { store, clock } = on
  const { sdk, client } = connection
  const queues = new Map<string, ForeignQueue>()
  const stopping = new AbortController()
  let unwatch: (() => void) | undefined
  let alarm: Timer | undefined
  let sending: Promise<void> | undefined

  const lookAt = (dueMs: number): void => {
    alarm?.cancel()
    alarm = clock.at(dueMs, `messages for ${connection.url}`, look)
  }

  function look(): void {
    if (unwatch === undefined || sending !== undefined) return
    alarm?.cancel()
    const dueMs = store.nextDueMs(ITEMS)
    if (dueMs === undefined || dueMs === Infinity) return
    if (dueMs > clock.now()) {
      lookAt(dueMs)
      return
    }
    sending = on.activity.track(`messages for ${connection.url}`, sendSome()).then(
      () => {
        sending = undefined
        look()
      },
      (error: unknown) => {
        sending = undefined
        on.log.error(`messages for ${connection.url} could not be taken; again in a second`, error)
        if (unwatch !== undefined) lookAt(clock.now() + FIRST_PAUSE_MS)
      },
    )
  }

  async function sendSome(): Promise<void> {
    const nowMs = clock.now()
    const items = await store.claim(ITEMS, { nowMs, limit: SENT_AT_ONCE, leaseMs: Infinity })
    await Promise.all(items.map(sendOne))
  }

  async function sendOne(item: ClaimedItem): Promise<void> {
    const meta = item.meta as OutgoingMeta
    const name = meta.arn.slice(meta.arn.lastIndexOf(':') + 1)
    let queue = queues.get(name)
    if (!queue) queues.set(name, (queue = foreignQueue(connection, name)))
    try {
      const { queueUrl } = await queue.facts()
      const sent = await client.send(
        new sdk.SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: Buffer.from(item.body).toString(),
          MessageAttributes: Object.fromEntries(
            meta.attributes.map(({ name: key, type, value }) => [key, attributeValue(type, value)]),
          ),
          ...(meta.traceId !== '' && {
            MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: meta.traceId } },
          }),
        }),
        { abortSignal: stopping.signal },
      )
      await store.settle([item.token])
      on.ledger.write(
        { kind: 'messageSent', queue: name, messageIds: [sent.MessageId ?? item.id] },
        meta.cause,
      )
    } catch (error) {
      await notSent(item, meta, queue.problem(error))
    }
  }

  async function notSent(
    item: ClaimedItem,
    { arn, cause }: OutgoingMeta,
    problem: ForeignProblem,
  ): Promise<void> {
    if (stopping.signal.aborted) {
      await store.extend([{ token: item.token, dueMs: clock.now() }])
      return
    }
    const reason = problem.message
    if (problem.isForGood) {
      await store.settle([item.token])
      on.ledger.write(
        { kind: 'handOverFailed', from: connection.url, to: arn, messageId: item.id, reason },
        cause,
      )
      return
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (item.claims - 1), LONGEST_PAUSE_MS)
    on.log.warn(`a message for ${arn} could not be sent (${reason}); again in ${pauseMs} ms`)
    await store.extend([{ token: item.token, dueMs: clock.now() + pauseMs }])
  }

  return {
    deliver: (arn, message) => ({
      kind: 'effects',
      effects: [
        {
          kind: 'put',
          item: {
            queue: ITEMS,
            id: on.ids.uuid(),
            body: message.body,
            meta: metaOf(arn, message),
            enqueuedMs: clock.now(),
            dueMs: clock.now(),
          },
        },
      ],
    }),
    async start() {
      await store.release(ITEMS, clock.now())
      unwatch = store.watch(ITEMS, look)
      look()
    },
    async stop() {
      unwatch?.()
      unwatch = undefined
      alarm?.cancel()
      stopping.abort()
      await sending
    },
    waiting() {
      const { ready, inFlight, delayed } = store.counts(ITEMS, clock.now())
      return { messages: ready + inFlight + delayed, nextDueMs: store.nextDueMs(ITEMS) ?? Infinity }
    },
  }
}

const metaOf = (arn: string, { attributes, traceId, cause }: DeliveredMessage): OutgoingMeta => ({
  arn,
  attributes: attributes.map(({ name, type, value }) => ({ name, type, value })),
  traceId,
  cause,
})

const attributeValue = (type: string, value: string): MessageAttributeValue =>
  type.startsWith('Binary')
    ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
    : { DataType: type, StringValue: value }
