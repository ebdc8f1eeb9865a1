import type { JsonSchema } from '../spec/index.ts'
import type { ConfigFragment } from './defineSource.ts'
import { filterPatternsSchema } from './filterPatterns.ts'
import { metricsSchema } from './metrics.ts'
import { complaintsAboutStream } from './streamComplaints.ts'
import { canonicalStream } from './streamReference.ts'

const DESCRIPTION =
  'Reads a stream of Kinesis or of a DynamoDB table, shard by shard, and invokes the function with batches of its records.'

/** Seconds as a number, or as text such as `5m`. */
const seconds = (
  description: string,
  range: { readonly minimum: number; readonly maximum: number },
  examples: readonly (number | string)[],
): JsonSchema => ({
  description,
  oneOf: [{ type: 'integer', description: 'Seconds.', ...range }, { $ref: '#/definitions/duration' }],
  examples,
})

const BATCH_WINDOW = seconds('The longest time to gather a batch.', { minimum: 0, maximum: 300 }, [5, '1m'])

const CONSUMER: JsonSchema = {
  title: '`true`, the name of a consumer, or its ARN',
  description:
    "Enhanced fan-out, for Kinesis: reads as a registered consumer, of this name or, for `true`, of one of the function's own. Its ARN is known once it is registered, which is done here.",
  oneOf: [
    { type: 'boolean', description: 'A consumer of its own: `FUNCTION-STREAM`.' },
    {
      title: 'letters, digits, `_`, `.` and `-`, 1 to 128 of them, or an ARN',
      type: 'string',
      description: 'A name, or the ARN of a consumer.',
      pattern: '^([a-zA-Z0-9_.-]{1,128}|arn:aws:kinesis:\\S+/consumer/\\S+)$',
    },
  ],
  examples: [true, 'reports'],
}

const TIMESTAMP: JsonSchema = {
  title: 'seconds since 1970, or a time in ISO 8601',
  description: 'With `startingPosition: AT_TIMESTAMP`: the time of arrival of the first record.',
  oneOf: [
    { type: 'number', description: 'Seconds since 1970.', minimum: 0 },
    { type: 'string', description: 'ISO 8601.', minLength: 1 },
  ],
  examples: [1_763_980_000, '2026-01-31T08:00:00Z'],
}

const DESTINATIONS: JsonSchema = {
  type: 'object',
  description: 'Where it is told that records were given up.',
  additionalProperties: false,
  required: ['onFailure'],
  properties: {
    onFailure: {
      title: '`sqs:name`, `sns:name`, `s3:name` or an ARN',
      description:
        'A queue (a plain name means one), a topic or a bucket. It gets the place of the records in the stream, not their data; a bucket gets that as well.',
      oneOf: [
        { type: 'string', description: 'A reference or an ARN.', minLength: 1 },
        {
          type: 'object',
          description: "The Serverless Framework's long form.",
          additionalProperties: false,
          required: ['type', 'arn'],
          properties: {
            type: { type: 'string', description: 'What the ARN names.', enum: ['sqs', 'sns', 's3'] },
            arn: { type: 'string', description: 'Its full ARN.', minLength: 1 },
          },
        },
      ],
      examples: ['sqs:clicks-failed', 's3:archive'],
    },
  },
  examples: [{ onFailure: 'sqs:clicks-failed' }],
}

const READING: Readonly<Record<string, JsonSchema>> = {
  type: {
    type: 'string',
    description: 'What kind of stream it is, where the reference does not say so itself.',
    enum: ['kinesis', 'dynamodb'],
  },
  stream: { $ref: '#/definitions/streamReference' },
  arn: { $ref: '#/definitions/streamReference' },
  table: {
    title: 'a table: its name',
    type: 'string',
    description: 'A table of DynamoDB, of which the newest stream is read.',
    minLength: 1,
    examples: ['carts'],
  },
  consumer: CONSUMER,
  startingPosition: {
    type: 'string',
    description: 'Where a new mapping begins to read. `AT_TIMESTAMP` is for Kinesis only.',
    enum: ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'],
    default: 'TRIM_HORIZON',
  },
  startingPositionTimestamp: TIMESTAMP,
  filterPatterns: filterPatternsSchema(
    'Only records that match one of these reach the function; all others are passed over. AWS allows five, ten by a raised quota.',
    'A pattern of fields, as a mapping or as JSON text: `data` for the JSON in a record of Kinesis, `dynamodb` for the change of an item.',
    { data: { kind: ['buy'] } },
  ),
}

const BATCHING: Readonly<Record<string, JsonSchema>> = {
  batchSize: {
    type: 'integer',
    description: 'The most records in one invocation.',
    default: 100,
    minimum: 1,
    maximum: 10_000,
  },
  batchWindow: BATCH_WINDOW,
  maximumBatchingWindow: {
    ...BATCH_WINDOW,
    description: 'The same as `batchWindow`, by its name at queues.',
  },
  parallelizationFactor: {
    type: 'integer',
    description: 'Batches of one shard that run at once; records with the same key stay in order.',
    default: 1,
    minimum: 1,
    maximum: 10,
  },
  tumblingWindowInSeconds: seconds(
    'Length of the windows of time over which the function keeps a state; 0 for none.',
    { minimum: 0, maximum: 900 },
    [60, '5m'],
  ),
}

const FAILING: Readonly<Record<string, JsonSchema>> = {
  maximumRetryAttempts: {
    type: 'integer',
    description: 'How often a batch that failed is tried again; -1 for as long as its records are kept.',
    default: -1,
    minimum: -1,
    maximum: 10_000,
  },
  maximumRecordAgeInSeconds: seconds(
    'How old a record may be when the function gets it, at least 60; -1 for as old as it is kept.',
    { minimum: -1, maximum: 604_800 },
    [3_600, '1h'],
  ),
  bisectBatchOnFunctionError: {
    type: 'boolean',
    description: 'Whether a batch that failed is split in two before it is tried again.',
    default: false,
  },
  functionResponseType: {
    type: 'string',
    description: 'Lets the handler name the record from which on the batch is tried again.',
    enum: ['ReportBatchItemFailures'],
  },
  destinations: DESTINATIONS,
}

/** What `lambda.yml` may say below `stream:`. */
export const streamFragment: ConfigFragment = {
  description: DESCRIPTION,
  reads: { kind: 'stream', keys: ['stream', 'arn', 'table'] },
  refersTo: [
    { kind: 'batchFailure', path: ['destinations', 'onFailure'] },
    { kind: 'batchFailure', path: ['destinations', 'onFailure', 'arn'] },
  ],
  schema: {
    type: 'object',
    description: DESCRIPTION,
    additionalProperties: false,
    properties: {
      ...READING,
      ...BATCHING,
      ...FAILING,
      metricsConfig: metricsSchema(
        '`lambent streams --json` and the control API',
        'How many records were polled, filtered, handed over, failed and given up.',
      ),
      enabled: { type: 'boolean', description: 'Whether the mapping reads.', default: true },
    },
  },
  shorthand: {
    type: 'string',
    description: 'The stream: its name, `kinesis:name`, or an ARN.',
    minLength: 1,
    examples: ['kinesis:clicks'],
  },
  expand: (short) => ({ stream: short }),
  canonical: (config) => canonicalStream(config),
  complaints: (config) => complaintsAboutStream(config),
}
