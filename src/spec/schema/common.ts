import { RUNTIME_FAMILIES, RUNTIMES } from '../runtimes.ts'
import { DURATION_PATTERN } from '../duration.ts'
import type { JsonSchema } from '../jsonSchema.ts'

export const FUNCTION_NAME_PATTERN = '^[a-zA-Z0-9-_]+$'

/** Seconds as a number, or as text such as `5m`. */
export function seconds(
  minimum: number,
  maximum: number,
  standard: number | undefined,
  description: string,
  examples: readonly (number | string)[],
): JsonSchema {
  return {
    description,
    ...(standard === undefined ? {} : { default: standard }),
    examples,
    oneOf: [
      { type: 'integer', description: 'Seconds.', minimum, maximum },
      { $ref: '#/definitions/duration' },
    ],
  }
}

export const commonDefinitions: Readonly<Record<string, JsonSchema>> = {
  duration: {
    title: 'a duration such as `90s`, `5m`, `1h30m` or `2d`',
    description: 'A duration: days, hours, minutes and seconds, in this order.',
    type: 'string',
    pattern: DURATION_PATTERN,
    examples: ['90s', '5m', '1h30m', '2d'],
  },
  queueReference: {
    title: 'a queue: its name, `sqs:name` or its ARN',
    description:
      "A queue: the name of one under `resources.queues`, `sqs:name`, or a full ARN. One that is not declared is created with AWS's defaults.",
    type: 'string',
    minLength: 1,
    examples: ['orders', 'sqs:orders', 'arn:aws:sqs:us-east-1:000000000000:orders'],
  },
  streamReference: {
    title: 'a stream: its name, `kinesis:name`, `dynamodb:table` or its ARN',
    description:
      'A Kinesis stream: the name of one under `resources.streams`, `kinesis:name`, or the full ARN of a stream or of a consumer. One that is not declared is created with one shard. For the newest stream of a DynamoDB table `dynamodb:name`, for a certain one its ARN.',
    type: 'string',
    minLength: 1,
    examples: ['clicks', 'kinesis:clicks', 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks'],
  },
  topicReference: {
    title: 'a topic: its name, `sns:name` or its ARN',
    description:
      "An SNS topic: the name of one under `resources.topics`, `sns:name`, or a full ARN. One that is not declared is created with AWS's defaults.",
    type: 'string',
    minLength: 1,
    examples: ['alerts', 'sns:alerts', 'arn:aws:sns:us-east-1:000000000000:alerts'],
  },
  busReference: {
    title: 'an event bus: its name, `events:name` or its ARN',
    description:
      'An EventBridge bus: `default`, the name of one under `resources.buses`, `events:name`, or a full ARN. One that is not declared is created.',
    type: 'string',
    minLength: 1,
    examples: ['default', 'events:shop', 'arn:aws:events:us-east-1:000000000000:event-bus/shop'],
  },
  bucketReference: {
    title: 'a bucket: its name, `s3:name` or its ARN',
    description:
      'An S3 bucket: the name of one under `resources.buckets`, `s3:name`, or a full ARN. One that is not declared is created.',
    type: 'string',
    minLength: 1,
    examples: ['uploads', 's3:uploads', 'arn:aws:s3:::uploads'],
  },
  deadLetterReference: {
    title: 'a queue or a topic: `sqs:name`, `sns:name` or its ARN',
    description:
      'A queue (a plain name means one), `sns:name` for a topic, or a full ARN. What is not declared is created.',
    type: 'string',
    minLength: 1,
    examples: ['sqs:orders-dead', 'sns:alerts'],
  },
  destination: {
    title: '`sqs:name`, `sns:name`, `lambda:name`, `events:name` or an ARN',
    description:
      'Where an invocation record goes: a queue, a topic, a function of this file, an event bus; failures also to a bucket.',
    oneOf: [
      {
        type: 'string',
        description:
          '`sqs:name`, `sns:name`, `events:name`, `s3:name`, `lambda:name`, the name of a function of this file, or a full ARN.',
        minLength: 1,
        examples: ['sqs:orders-failed', 'lambda:report'],
      },
      {
        type: 'object',
        description: "The Serverless Framework's long form.",
        additionalProperties: false,
        required: ['type', 'arn'],
        properties: {
          type: {
            type: 'string',
            description: 'What the ARN names.',
            enum: ['sqs', 'sns', 'function', 'eventBus', 's3'],
          },
          arn: {
            type: 'string',
            description: 'Its full ARN.',
            minLength: 1,
            examples: ['arn:aws:sqs:us-east-1:000000000000:orders-failed'],
          },
        },
      },
    ],
  },
  runtime: {
    title: `a runtime: ${RUNTIME_FAMILIES}`,
    description:
      'The managed runtime whose rules the handler runs by. Node.js runs in this installation of Node.js; other languages run in processes of their own, with the interpreter that is installed; `provided.al2023` runs the executable `bootstrap` beside lambda.yml, or of a layer.',
    type: 'string',
    pattern: RUNTIMES.source,
    default: 'nodejs22.x',
    examples: ['nodejs22.x', 'python3.13', 'provided.al2023'],
  },
  environment: {
    title: 'a mapping of names to text',
    description:
      "Environment variables of the handler. The names that AWS reserves cannot be set. A function's own come over the provider's.",
    type: 'object',
    propertyNames: {
      title: 'letters, digits and `_`, at least two, the first a letter',
      type: 'string',
      pattern: '^[a-zA-Z][a-zA-Z0-9_]+$',
    },
    additionalProperties: { $ref: '#/definitions/environmentValue' },
    examples: [{ STAGE: 'local' }],
  },
  environmentValue: {
    title: 'text, a number, `true` or `false`',
    description:
      "Becomes text. CloudFormation's `!Ref`, `!GetAtt` and `!Sub` work for resources and functions of this file.",
    oneOf: [
      { type: 'string', description: 'Text.' },
      { type: 'number', description: 'A number, written as text.' },
      { type: 'boolean', description: '`true` or `false`, written as text.' },
    ],
  },
  freeForm: {
    title: 'anything',
    description: 'Any value.',
    oneOf: [
      { type: 'object', description: 'A mapping.', additionalProperties: true },
      { type: 'array', description: 'A list.' },
      { type: 'string', description: 'Text.' },
      { type: 'number', description: 'A number.' },
      { type: 'boolean', description: '`true` or `false`.' },
      { type: 'null', description: 'Nothing.' },
    ],
  },
}
