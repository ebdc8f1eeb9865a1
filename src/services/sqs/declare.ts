import type { QueueSpec } from '../../spec/index.ts'
import type { QueueAttributes } from './attributes.ts'
import type { Queues } from './queues.ts'

/**
 * Creates the queue that a spec describes, or gives an existing one the spec's settings; messages stay. Attributes
 * that a spec cannot name (tags, policies) stay as they are, and a queue that the spec only implies is left alone
 * once it exists.
 */
export async function declareQueue(queues: Queues, spec: QueueSpec): Promise<void> {
  const attributes = attributesOf(spec)
  const existing = queues.get(spec.name)
  if (!existing) {
    await queues.create(spec.name, attributes, {})
    return
  }
  if (!spec.isDeclared) return
  const { RedrivePolicy: _, ...others } = existing.record.attributes
  const wanted = { ...others, ...attributes } as QueueAttributes
  const isSame = JSON.stringify(sorted(wanted)) === JSON.stringify(sorted(existing.record.attributes))
  if (!isSame) await queues.change(existing, { attributes: wanted })
}

const sorted = (attributes: QueueAttributes): [string, string][] =>
  Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))

const attributesOf = (spec: QueueSpec): QueueAttributes => ({
  DelaySeconds: String(spec.delaySeconds),
  MaximumMessageSize: String(spec.maximumMessageBytes),
  MessageRetentionPeriod: String(spec.retentionSeconds),
  ReceiveMessageWaitTimeSeconds: String(spec.receiveWaitSeconds),
  VisibilityTimeout: String(spec.visibilityTimeoutSeconds),
  ...(spec.fifo && {
    ContentBasedDeduplication: String(spec.fifo.contentBasedDeduplication),
    DeduplicationScope: spec.fifo.deduplicationScope,
    FifoThroughputLimit: spec.fifo.fifoThroughputLimit,
  }),
  ...(spec.redrive && {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: spec.redrive.deadLetterArn,
      maxReceiveCount: spec.redrive.maxReceiveCount,
    }),
  }),
})
