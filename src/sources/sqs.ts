import type { ReceivedAttribute, ReceivedMessage } from '../services/sqs/index.ts'
import type { JsonObject } from '../system/index.ts'
import { defineQueue } from './defineQueue.ts'
import { compileFilters } from './recordFilter.ts'
import { filtersOf } from './filterPatterns.ts'
import { messageBody, pollersOf, type SqsConfig, sqsFragment } from './sqsConfig.ts'

/** An SQS queue as an event source (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
export const sqs = defineQueue<SqsConfig, ReceivedMessage>({
  name: 'sqs',
  config: sqsFragment,
  examples: [
    { queue: 'orders' },
    {
      queue: 'sqs:orders',
      batchSize: 100,
      maximumBatchingWindow: 5,
      functionResponseType: 'ReportBatchItemFailures',
      maximumConcurrency: 4,
      filterPatterns: [{ body: { kind: ['new'] } }],
      metricsConfig: { metrics: ['EventCount'] },
      enabled: false,
    },
    { queue: 'orders', provisionedPollerConfig: { minimumPollers: 2, maximumPollers: 10 } },
  ],
  settings: (config) => ({
    queueArn: config.queue,
    batchSize: config.batchSize ?? 10,
    windowMs: (config.maximumBatchingWindow ?? 0) * 1_000,
    reportsItemFailures: config.functionResponseType === 'ReportBatchItemFailures',
    maximumConcurrency: config.maximumConcurrency ?? null,
    provisionedPollers: pollersOf(config),
    filters: filtersOf(config.filterPatterns),
    metrics: config.metricsConfig?.metrics ?? [],
    isEnabled: config.enabled ?? true,
  }),
  filter: ({ filters }) => compileFilters(filters, messageBody),
  // Standard queues may have groups as well, for fairness; they order nothing.
  isOrdered: ({ queueArn }) => queueArn.endsWith('.fifo'),
  group: (message) => message.attributes['MessageGroupId'],
  id: (message) => message.messageId,
  traceId: (message) => message.attributes['AWSTraceHeader'],
  visibleAgainMs: (message) => message.visibleAgainMs,
  // The order of the keys is the one recorded from AWS.
  record: (message, { settings, region }) => ({
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, attribute]) => [
        name,
        attributeRecord(attribute),
      ]),
    ),
    ...md5OfAttributes(message, settings.windowMs),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: settings.queueArn,
    awsRegion: region,
  }),
})

/** Without attributes the key is null with a batching window and absent without one. */
function md5OfAttributes(message: ReceivedMessage, windowMs: number): JsonObject {
  if (message.md5OfMessageAttributes !== undefined)
    return { md5OfMessageAttributes: message.md5OfMessageAttributes }
  return windowMs > 0 ? { md5OfMessageAttributes: null } : {}
}

const attributeRecord = (attribute: ReceivedAttribute): JsonObject => ({
  ...(attribute.stringValue === undefined ? {} : { stringValue: attribute.stringValue }),
  ...(attribute.binaryValue === undefined ? {} : { binaryValue: attribute.binaryValue }),
  stringListValues: [],
  binaryListValues: [],
  dataType: attribute.dataType,
})
