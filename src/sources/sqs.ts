import type { ReceivedAttribute, ReceivedMessage } from '../services/sqs/index.ts'
import type { JsonObject } from '../system/index.ts'
import { defineQueue } from './defineQueue.ts'

/** `sqs:` under `events:`; references are full ARNs by now. */
export interface SqsConfig {
  readonly queue: string
  readonly batchSize?: number
  readonly maximumBatchingWindow?: number
  readonly functionResponseType?: 'ReportBatchItemFailures'
  readonly maximumConcurrency?: number
  readonly enabled?: boolean
}

const DESCRIPTION = 'Reads an SQS queue and invokes the function with batches of its messages.'

/** An SQS queue as an event source (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
export const sqs = defineQueue<SqsConfig, ReceivedMessage>({
  name: 'sqs',
  config: {
    description: DESCRIPTION,
    reads: { kind: 'queue', keys: ['queue', 'arn'] },
    schema: {
      type: 'object',
      description: DESCRIPTION,
      additionalProperties: false,
      properties: {
        queue: { $ref: '#/definitions/queueReference' },
        arn: { $ref: '#/definitions/queueReference' },
        batchSize: {
          type: 'integer',
          description: 'The most messages in one invocation; above 10 it needs a batching window.',
          default: 10,
          minimum: 1,
          maximum: 10_000,
        },
        maximumBatchingWindow: {
          description: 'The longest time to gather a batch.',
          default: 0,
          oneOf: [
            { type: 'integer', description: 'Seconds.', minimum: 0, maximum: 300 },
            { $ref: '#/definitions/duration' },
          ],
          examples: [5, '1m'],
        },
        functionResponseType: {
          type: 'string',
          description: 'Lets the handler name the messages that failed; all others are deleted.',
          enum: ['ReportBatchItemFailures'],
        },
        maximumConcurrency: {
          type: 'integer',
          description: 'The most invocations at once for this mapping.',
          minimum: 2,
          maximum: 1_000,
        },
        enabled: { type: 'boolean', description: 'Whether the mapping reads.', default: true },
      },
    },
    shorthand: {
      type: 'string',
      description: 'The queue: its name, `sqs:name` or its ARN.',
      minLength: 1,
      examples: ['sqs:orders'],
    },
    expand: (short) => ({ queue: short }),
  },
  examples: [
    { queue: 'orders' },
    {
      queue: 'sqs:orders',
      batchSize: 100,
      maximumBatchingWindow: 5,
      functionResponseType: 'ReportBatchItemFailures',
      maximumConcurrency: 4,
      enabled: false,
    },
  ],
  settings: (config) => ({
    queueArn: config.queue,
    batchSize: config.batchSize ?? 10,
    windowMs: (config.maximumBatchingWindow ?? 0) * 1_000,
    reportsItemFailures: config.functionResponseType === 'ReportBatchItemFailures',
    maximumConcurrency: config.maximumConcurrency ?? null,
    provisionedPollers: null,
    filters: [],
    metrics: [],
    isEnabled: config.enabled ?? true,
  }),
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
