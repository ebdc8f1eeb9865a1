import type { SQSClient } from '@aws-sdk/client-sqs'
import { stopwatchMs } from '../../system/index.ts'
import { ForeignProblem } from './problem.ts'
import type { SqsPackage } from './sqsPackage.ts'

/** The way to a foreign SQS. */
export interface Connection {
  readonly sdk: SqsPackage
  readonly client: SQSClient
  /** Where it is, for messages. */
  readonly url: string
  /** Whose the queues are; `undefined`: the credentials' own account. */
  readonly ownerAccountId: string | undefined
}

/** What has to be known of a queue to read it. */
export interface QueueFacts {
  readonly queueUrl: string
  readonly visibilityMs: number
}

/** One queue of a foreign SQS: found by its name, looked up again when it is gone. */
export interface ForeignQueue {
  readonly name: string
  /** Rejects with a {@link ForeignProblem} when the queue cannot be found, with the signal's reason when aborted. */
  facts(signal?: AbortSignal): Promise<QueueFacts>
  /** The error as a sentence; what was known of a queue that is gone is forgotten. */
  problem(error: unknown): ForeignProblem
}

/** A changed visibility timeout is known after this. */
const FACTS_LAST_MS = 60_000

/** Names a queue; nothing is asked until its facts are. */
export function foreignQueue({ sdk, client, url, ownerAccountId }: Connection, name: string): ForeignQueue {
  let known: QueueFacts | undefined
  let knownSinceMs = 0

  async function find(signal: AbortSignal | undefined): Promise<QueueFacts> {
    const options = signal ? { abortSignal: signal } : {}
    const { QueueUrl: queueUrl = '' } = await client.send(
      new sdk.GetQueueUrlCommand({
        QueueName: name,
        ...(ownerAccountId !== undefined && { QueueOwnerAWSAccountId: ownerAccountId }),
      }),
      options,
    )
    const { Attributes } = await client.send(
      new sdk.GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['VisibilityTimeout'] }),
      options,
    )
    return { queueUrl, visibilityMs: Number(Attributes?.['VisibilityTimeout'] ?? 30) * 1_000 }
  }

  const problem = (error: unknown): ForeignProblem => {
    if (error instanceof ForeignProblem) return error
    const found = new ForeignProblem(error, name, url)
    if (found.isNoQueue) known = undefined
    return found
  }

  return {
    name,
    problem,
    async facts(signal) {
      if (known && stopwatchMs() - knownSinceMs < FACTS_LAST_MS) return known
      try {
        known = await find(signal)
      } catch (error) {
        signal?.throwIfAborted()
        throw problem(error)
      }
      knownSinceMs = stopwatchMs()
      return known
    },
  }
}
