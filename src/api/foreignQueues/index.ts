import path from 'node:path'
import type { ReceivedMessage } from '../../services/sqs/index.ts'
import type { QueueReader } from '../../sources/index.ts'
import { DEFAULT_ACCOUNT_ID, type Spec } from '../../spec/index.ts'
import { serviceUrl } from '../foreignEndpoints.ts'
import { type Connection, foreignQueue } from './foreignQueue.ts'
import { figuresOf, type QueueFigures } from './figures.ts'
import { createForeignReader } from './foreignReader.ts'
import { createOutbox, type Outbox, type OutboxEdges } from './outbox.ts'
import { ForeignProblem } from './problem.ts'
import { createSqsClient, loadSqsPackage } from './sqsPackage.ts'

/** The queues of another SQS: AWS's own, or a server that speaks as it does. */
export interface ForeignQueues {
  /** Where they are. */
  readonly url: string
  reader(queueName: string): QueueReader<ReceivedMessage>
  readonly outbox: Outbox
  /**
   * How long a received message is invisible; `undefined` when there is no such queue, or it is one of another region or
   * account. Rejects with a sentence when that cannot be asked.
   */
  visibilityTimeoutSeconds(queueArn: string): Promise<number | undefined>
  /** What is known of a queue there; rejects with a sentence when it cannot be asked. */
  figures(queueName: string): Promise<QueueFigures>
  /** Closes the connections. */
  stop(): Promise<void>
}

/**
 * Opens the SQS that `endpoints.sqs` names; `undefined` when queues are hosted here. Nothing is asked of it before it is
 * needed, and nothing is ever created there. Throws a sentence when the AWS SDK's client is not installed.
 */
export function openForeignQueues(
  { endpoints, region, accountId, file }: Spec,
  edges: OutboxEdges,
): ForeignQueues | undefined {
  const endpoint = endpoints['sqs']
  if (endpoint === undefined || endpoint === 'embedded') return undefined
  const sdk = loadSqsPackage([path.resolve(file), import.meta.url])
  const connection: Connection = {
    sdk,
    client: createSqsClient(sdk, endpoint, region),
    url: serviceUrl('sqs', endpoint, region),
    ownerAccountId: endpoint === 'aws' && accountId !== DEFAULT_ACCOUNT_ID ? accountId : undefined,
  }
  const outbox = createOutbox(connection, edges)
  return {
    url: connection.url,
    outbox,
    async visibilityTimeoutSeconds(queueArn) {
      const queueName = queueArn.slice(queueArn.lastIndexOf(':') + 1)
      if (queueArn !== `arn:aws:sqs:${region}:${accountId}:${queueName}`) return undefined
      try {
        return (await foreignQueue(connection, queueName).facts()).visibilityMs / 1_000
      } catch (error) {
        if (error instanceof ForeignProblem && error.isNoQueue) return undefined
        throw error
      }
    },
    figures: (queueName) => figuresOf(connection, queueName),
    reader: (queueName) => createForeignReader({ ...connection, ...edges }, queueName),
    async stop() {
      await outbox.stop()
      connection.client.destroy()
    },
  }
}
