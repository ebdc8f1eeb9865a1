import type { Message } from '@aws-sdk/client-sqs'
import type { ReceivedMessage } from '../../services/sqs/index.ts'
import type { QueueReader } from '../../sources/index.ts'
import { afterRealMs, type Clock, type Log } from '../../system/index.ts'
import { type Connection, type ForeignQueue, foreignQueue } from './foreignQueue.ts'
import { receivedMessage } from './receivedMessage.ts'
import { releaseMessages } from './releaseMessages.ts'
import { removeMessages } from './removeMessages.ts'

/** The longest that SQS lets one wait, and what Lambda waits for. */
const LONGEST_WAIT_SECONDS = 20
/** An answer that is this late will not come: the connection is dead. */
const LATE_MS = 10_000
/** SQS counts whole seconds, so an answer may come so long after the time that was wanted. */
const ROUNDING_MS = 1_000

interface ReaderDependencies extends Connection {
  readonly clock: Clock
  readonly log: Log
}

/**
 * Reads a queue of a foreign SQS for a mapping (SQS Developer Guide, "Long polling"). Waiting is the network's, in real
 * time, also under a frozen clock; only until when a caller wants to wait is told by the clock. Rejects when the queue
 * cannot be read: the mapping says so and backs off.
 */
export function createForeignReader(on: ReaderDependencies, name: string): QueueReader<ReceivedMessage> {
  const { clock } = on
  const queue = foreignQueue(on, name)

  return {
    async receive({ limit, waitUntilMs = Infinity, signal }) {
      for (;;) {
        signal.throwIfAborted()
        const { queueUrl, visibilityMs } = await queue.facts(signal)
        const messages = await poll(on, queue, { queueUrl, limit, waitUntilMs, signal })
        if (messages.length > 0 || clock.now() >= waitUntilMs)
          return messages.map((message) => receivedMessage(message, clock.now() + visibilityMs))
      }
    },
    async remove(messages) {
      const { queueUrl } = await queue.facts()
      await removeMessages(
        on,
        queueUrl,
        messages.map(({ receiptHandle }) => receiptHandle),
      )
    },
    async release(messages) {
      const { queueUrl } = await queue.facts()
      await releaseMessages(
        on,
        queueUrl,
        messages.map(({ receiptHandle }) => receiptHandle),
      )
    },
  }
}

interface Poll {
  readonly queueUrl: string
  readonly limit: number
  readonly waitUntilMs: number
  readonly signal: AbortSignal
}

/** One long poll; it ends early when the clock, moved by hand, has passed the time that was wanted. */
async function poll(
  { sdk, client, clock }: ReaderDependencies,
  queue: ForeignQueue,
  { queueUrl, limit, waitUntilMs, signal }: Poll,
): Promise<Message[]> {
  const waitSeconds = Math.min(
    LONGEST_WAIT_SECONDS,
    Math.max(0, Math.ceil((waitUntilMs - clock.now()) / 1_000)),
  )
  const ending = new AbortController()
  const end = (): void => ending.abort()
  const longestMs = waitSeconds * 1_000 + LATE_MS
  let isLate = false
  const cancels = [
    afterRealMs(longestMs, () => {
      isLate = true
      end()
    }),
  ]
  const window =
    waitSeconds > 0 && waitUntilMs < Infinity
      ? clock.at(waitUntilMs, `batching window of ${queue.name}`, () => {
          cancels.push(afterRealMs(ROUNDING_MS, end))
        })
      : undefined
  signal.addEventListener('abort', end)
  try {
    const command = new sdk.ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: limit,
      WaitTimeSeconds: waitSeconds,
      // The older name of the two: every server and every version of the SDK knows it.
      AttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    })
    return (await client.send(command, { abortSignal: ending.signal })).Messages ?? []
  } catch (error) {
    signal.throwIfAborted()
    if (isLate) throw queue.problem(new Error(`no answer within ${longestMs / 1_000} seconds`))
    if (ending.signal.aborted) return []
    throw queue.problem(error)
  } finally {
    signal.removeEventListener('abort', end)
    window?.cancel()
    for (const cancel of cancels) cancel()
  }
}
