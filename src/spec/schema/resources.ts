import { FIFO_DEFAULTS, ON_DEMAND_SHARDS, QUEUE_DEFAULTS, STREAM_DEFAULTS } from '../defaults.ts'
import type { JsonSchema } from '../jsonSchema.ts'
import { RESOURCES, type ResourceKind } from '../resourceKinds.ts'
import { seconds } from './common.ts'

const queueSettings: JsonSchema = {
  type: 'object',
  description: 'A queue with settings.',
  additionalProperties: false,
  properties: {
    fifo: {
      description:
        'Whether the queue keeps the order of messages. That is so when its name ends in `.fifo`, and only then.',
      type: 'boolean',
      examples: [true],
    },
    contentBasedDeduplication: {
      description:
        'Whether a message of a FIFO queue that is sent without a deduplication id gets the SHA-256 of its body for one.',
      default: FIFO_DEFAULTS.contentBasedDeduplication,
      type: 'boolean',
    },
    deduplicationScope: {
      description:
        'Whether a deduplication id counts in the whole FIFO queue or in its group. As on AWS, it is settled when the queue is created.',
      default: FIFO_DEFAULTS.deduplicationScope,
      type: 'string',
      enum: ['queue', 'messageGroup'],
    },
    fifoThroughputLimit: {
      description:
        'What the throughput limit of a FIFO queue is for; `perMessageGroupId` needs `deduplicationScope: messageGroup`. It is kept and shown: nothing is slowed down here.',
      default: FIFO_DEFAULTS.fifoThroughputLimit,
      type: 'string',
      enum: ['perQueue', 'perMessageGroupId'],
    },
    visibilityTimeout: seconds(
      0,
      43_200,
      QUEUE_DEFAULTS.visibilityTimeoutSeconds,
      'How long a received message stays hidden. AWS advises six times the timeout of the function that reads the queue.',
      [30, '5m'],
    ),
    delay: seconds(
      0,
      900,
      QUEUE_DEFAULTS.delaySeconds,
      'How long a new message waits before it can be received.',
      [0, '1m'],
    ),
    retention: seconds(60, 1_209_600, QUEUE_DEFAULTS.retentionSeconds, 'How long a message is kept.', [
      345_600,
      '4d',
    ]),
    receiveWait: seconds(
      0,
      20,
      QUEUE_DEFAULTS.receiveWaitSeconds,
      'How long a receive waits for a message, unless the receiver says otherwise.',
      [0, 20],
    ),
    maximumMessageSize: {
      type: 'integer',
      description: 'The largest message, in bytes.',
      minimum: 1024,
      maximum: QUEUE_DEFAULTS.maximumMessageBytes,
      default: QUEUE_DEFAULTS.maximumMessageBytes,
    },
    redrive: {
      type: 'object',
      description: 'Moves a message to another queue once it has been received too often.',
      additionalProperties: false,
      required: ['queue', 'maxReceiveCount'],
      properties: {
        queue: { $ref: '#/definitions/queueReference', description: 'The dead-letter queue.' },
        maxReceiveCount: {
          type: 'integer',
          description: 'How often a message is received before it moves.',
          minimum: 1,
          maximum: 1000,
          examples: [3],
        },
      },
      examples: [{ queue: 'orders-dead', maxReceiveCount: 3 }],
    },
  },
}

function nameOf(kind: ResourceKind): JsonSchema {
  const { nameRule, namePattern } = RESOURCES[kind]
  return { title: nameRule, type: 'string', pattern: namePattern }
}

export const resourcesSchema: JsonSchema = {
  type: 'object',
  description:
    "What the event sources and destinations need. What is used but not declared here is created with AWS's defaults.",
  additionalProperties: false,
  properties: {
    queues: {
      type: 'object',
      description: 'SQS queues by name.',
      propertyNames: nameOf('queue'),
      additionalProperties: { $ref: '#/definitions/queue' },
      examples: [{ orders: { visibilityTimeout: 60 }, 'orders-dead': {}, 'parcels.fifo': {} }],
    },
    streams: {
      type: 'object',
      description: 'Kinesis data streams by name.',
      propertyNames: nameOf('stream'),
      additionalProperties: { $ref: '#/definitions/stream' },
      examples: [{ clicks: { shards: 2 } }],
    },
    topics: {
      type: 'object',
      description: 'SNS topics by name.',
      propertyNames: nameOf('topic'),
      additionalProperties: { $ref: '#/definitions/topic' },
      examples: [{ alerts: {} }],
    },
    buses: {
      type: 'object',
      description: 'EventBridge buses by name; the `default` one is always there.',
      propertyNames: nameOf('bus'),
      additionalProperties: { $ref: '#/definitions/bus' },
      examples: [{ shop: {} }],
    },
    buckets: {
      type: 'object',
      description: 'S3 buckets by name.',
      propertyNames: nameOf('bucket'),
      additionalProperties: { $ref: '#/definitions/bucket' },
      examples: [{ uploads: {} }],
    },
  },
}

export const queueSchema: JsonSchema = {
  title: 'a mapping of settings, or nothing for the defaults',
  description: 'A queue.',
  oneOf: [queueSettings, { type: 'null', description: "AWS's defaults." }],
}

const streamSettings: JsonSchema = {
  type: 'object',
  description: 'A stream with settings.',
  additionalProperties: false,
  properties: {
    shards: {
      type: 'integer',
      description: `How many shards the stream has to begin with: ${STREAM_DEFAULTS.shards} unless said otherwise, ${ON_DEMAND_SHARDS} with \`mode: onDemand\`. Another number for a stream that is there splits or merges shards, as \`UpdateShardCount\` does.`,
      minimum: 1,
      maximum: 1_000,
      examples: [2],
    },
    retention: seconds(
      STREAM_DEFAULTS.retentionHours * 3_600,
      8_760 * 3_600,
      STREAM_DEFAULTS.retentionHours * 3_600,
      'How long a record is kept: whole hours, a day to a year.',
      ['24h', '7d'],
    ),
    mode: {
      type: 'string',
      description: 'Whose business the number of shards is: that of the owner, or of the service.',
      enum: ['provisioned', 'onDemand'],
      default: STREAM_DEFAULTS.mode,
    },
    limitThroughput: {
      type: 'boolean',
      description:
        "Refuses what is above a shard's share, as AWS does: 1 MiB or 1,000 records a second in, 2 MiB or 5 reads a second out.",
      default: false,
    },
    consumers: {
      type: 'array',
      description:
        'Names of consumers that are registered, for readers by enhanced fan-out. Those that events name need not be here.',
      items: {
        title: 'letters, digits, `_`, `.` and `-`, 1 to 128 of them',
        type: 'string',
        description: 'The name of a consumer.',
        pattern: '^[a-zA-Z0-9_.-]{1,128}$',
      },
      uniqueItems: true,
      maxItems: 20,
      examples: [['reports']],
    },
  },
}

export const streamSchema: JsonSchema = {
  title: 'a mapping of settings, or nothing for the defaults',
  description: 'A stream.',
  oneOf: [streamSettings, { type: 'null', description: 'One shard; a record is kept for a day.' }],
}

export const topicSchema: JsonSchema = {
  title: 'a mapping of settings, or nothing for the defaults',
  description: 'A topic.',
  oneOf: [
    {
      type: 'object',
      description: 'A topic with settings.',
      additionalProperties: false,
      properties: {
        displayName: {
          type: 'string',
          description: 'The name that people see.',
          maxLength: 100,
          default: '',
          examples: ['Alerts'],
        },
      },
    },
    { type: 'null', description: "AWS's defaults." },
  ],
}

/** What has no settings of its own yet: buses and buckets. */
const plain = (description: string): JsonSchema => ({
  title: 'an empty mapping, or nothing',
  description,
  oneOf: [
    { type: 'object', description, additionalProperties: false, properties: {} },
    { type: 'null', description: 'The same.' },
  ],
})

export const busSchema: JsonSchema = plain('An event bus.')
export const bucketSchema: JsonSchema = plain('A bucket.')
