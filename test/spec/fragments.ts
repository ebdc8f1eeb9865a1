import type { EventFragment, JsonSchema } from '../../src/spec/index.ts'

const queue: JsonSchema = { $ref: '#/definitions/queueReference' }

/** Two kinds of events, much like the real ones, so that the loader can be tested without the sources. */
const sqsFragment: EventFragment = {
  name: 'sqs',
  description: 'Messages of a queue, in batches.',
  reads: { kind: 'queue', keys: ['queue', 'arn'] },
  shorthand: { type: 'string', description: 'The queue.', minLength: 1, examples: ['sqs:orders'] },
  expand: (short) => ({ queue: short }),
  schema: {
    type: 'object',
    description: 'Messages of a queue, in batches.',
    additionalProperties: false,
    properties: {
      queue,
      arn: queue,
      batchSize: {
        type: 'integer',
        description: 'The most messages in one event.',
        minimum: 1,
        maximum: 10_000,
        default: 10,
      },
      maximumBatchingWindow: {
        description: 'How long to gather a batch.',
        default: 0,
        oneOf: [
          { type: 'integer', description: 'Seconds.', minimum: 0, maximum: 300 },
          { $ref: '#/definitions/duration' },
        ],
      },
      functionResponseType: {
        type: 'string',
        description: 'What the answer means.',
        enum: ['ReportBatchItemFailures'],
      },
      maximumConcurrency: {
        type: 'integer',
        description: 'The most batches at once.',
        minimum: 2,
        maximum: 1000,
      },
      enabled: { type: 'boolean', description: 'Whether the queue is read.', default: true },
    },
  },
  examples: ['sqs:orders', { queue: 'orders', batchSize: 10, maximumBatchingWindow: '5s' }],
}

const rate: JsonSchema = {
  type: 'string',
  title: '`rate(5 minutes)` or `cron(0 10 * * ? *)`',
  description: 'When.',
  minLength: 1,
  examples: ['rate(5 minutes)'],
}

const scheduleFragment: EventFragment = {
  name: 'schedule',
  description: 'Invokes the function again and again.',
  shorthand: rate,
  expand: (short) => ({ rate: [short] }),
  schema: {
    type: 'object',
    description: 'Invokes the function again and again.',
    additionalProperties: false,
    required: ['rate'],
    properties: {
      rate: {
        description: 'When; several are as many schedules.',
        examples: ['rate(5 minutes)'],
        oneOf: [rate, { type: 'array', description: 'Several.', items: rate, minItems: 1 }],
      },
      enabled: { type: 'boolean', description: 'Whether it runs.', default: true },
      input: { $ref: '#/definitions/freeForm' },
      name: { type: 'string', description: "The rule's name.", maxLength: 64 },
      description: { type: 'string', description: 'For people.', maxLength: 512 },
    },
  },
  complaints: ({ rate }) =>
    [rate].flat().some((each) => !/^(rate|cron)\(.+\)$/.test(String(each)))
      ? [
          {
            path: ['rate'],
            message: 'Parameter ScheduleExpression is not valid.',
            hint: 'expected `rate(5 minutes)` or `cron(0 10 * * ? *)`',
          },
        ]
      : [],
  examples: ['rate(5 minutes)', { rate: ['rate(1 hour)'], enabled: false, input: { kind: 'tick' } }],
}

export const fragments = [sqsFragment, scheduleFragment]
