import { DEFAULTS } from '../defaults.ts'
import { DEFAULT_ACCOUNT_ID, DEFAULT_REGION } from '../identity.ts'
import type { Definitions } from '../branches.ts'
import type { JsonSchema } from '../jsonSchema.ts'
import { commonDefinitions, FUNCTION_NAME_PATTERN } from './common.ts'
import { type EventFragment, eventDefinitions } from './event.ts'
import { type PublishedSchema, publish } from './published.ts'
import { functionSchema, sharedProperties } from './function.ts'
import { layerDefinitions, layersSchema, providerLogs, providerTracing } from './runtimeSettings.ts'
import {
  bucketSchema,
  busSchema,
  queueSchema,
  resourcesSchema,
  streamSchema,
  topicSchema,
} from './resources.ts'

/** Services that this version hosts itself. */
export const HOSTED_SERVICES = [
  'sqs',
  'kinesis',
  'dynamodbStreams',
  'sns',
  's3',
  'lambda',
  'sts',
  'events',
  'logs',
] as const

/** Those that mappings can read elsewhere; the endpoint of other hosted ones is always `embedded`. */
export const FOREIGN_SERVICES = ['sqs', 'kinesis', 'dynamodb', 'dynamodbStreams'] as const

const provider: JsonSchema = {
  type: 'object',
  description: 'The account, the region, and what holds for all functions.',
  additionalProperties: false,
  properties: {
    name: { type: 'string', description: 'The cloud.', enum: ['aws'], default: 'aws' },
    region: {
      title: 'a region such as `eu-west-1`',
      type: 'string',
      description: `The region of every ARN; also \`AWS_REGION\` of the handlers. Unless given: the environment's \`AWS_REGION\`, else ${DEFAULT_REGION}.`,
      pattern: '^[a-z]{2,4}(-[a-z]+)+-[0-9]$',
      default: DEFAULT_REGION,
      examples: ['eu-west-1'],
    },
    accountId: { $ref: '#/definitions/accountId' },
    ...sharedProperties,
    logs: providerLogs,
    tracing: providerTracing,
    accountConcurrency: {
      type: 'integer',
      description: "The account's limit of executions at once, all functions together.",
      minimum: 1,
      maximum: 1_000_000,
      default: DEFAULTS.accountConcurrency,
    },
    scalingRate: {
      type: 'integer',
      description:
        'How many new environments one function may have in ten seconds: 1000 on AWS. Unless given, as many as it needs.',
      minimum: 1,
      examples: [1000],
    },
    requestRateLimit: {
      type: 'boolean',
      description:
        'Whether synchronous invocations are limited to ten times the concurrency limit in a second, as on AWS.',
      default: false,
    },
  },
}

const accountId: JsonSchema = {
  title: 'twelve digits, such as `123456789012`',
  description: `The account of every ARN. Unless given: the environment's \`LAMBENT_ACCOUNT_ID\`, else ${DEFAULT_ACCOUNT_ID}.`,
  examples: ['123456789012'],
  oneOf: [
    { type: 'string', description: 'Twelve digits.', pattern: '^[0-9]{12}$' },
    { type: 'integer', description: 'Twelve digits, unquoted.', minimum: 0, maximum: 999_999_999_999 },
  ],
}

/** The endpoint of a service that is hosted here but need not be. */
const mayBeElsewhere = (description: string, example: string): JsonSchema => ({
  title: '`embedded`, `aws` or a URL',
  description,
  type: 'string',
  pattern: '^(embedded|aws|https?://\\S+)$',
  examples: ['aws', example],
})

/** The broker of events that name none. */
const brokerEndpoint = (event: string, spoken: string, example: string): JsonSchema => ({
  title: 'an `amqp://` or `amqps://` URL',
  description: `Where the broker of \`${event}\` events is that name none, with its credentials; it speaks ${spoken}.`,
  type: 'string',
  pattern: '^amqps?://[^\\s/]+/?$',
  examples: [example],
})

const endpoints: JsonSchema = {
  type: 'object',
  description:
    'Where services are: `embedded` for those hosted here, else a URL, which handlers get as `AWS_ENDPOINT_URL_...`. Queues and streams may be elsewhere, too.',
  propertyNames: {
    title: 'the name of a service, such as `kinesis` or `dynamodb`',
    type: 'string',
    pattern: '^[a-z][a-zA-Z0-9_-]*$',
  },
  properties: {
    sqs: {
      ...mayBeElsewhere(
        'Where the queues are: hosted here, at AWS, or at a server that speaks as SQS does; read and filled there, never created.',
        'http://127.0.0.1:9324',
      ),
      default: 'embedded',
    },
    kinesis: {
      ...mayBeElsewhere(
        'Where the streams are: hosted here, at AWS, or at a server that speaks as Kinesis does; read there, never created.',
        'http://127.0.0.1:4567',
      ),
      default: 'embedded',
    },
    dynamodb: {
      title: '`aws` or a URL',
      description:
        'Where the tables are, and, unless `dynamodbStreams` says otherwise, their streams: at AWS, or at a server that speaks as DynamoDB does.',
      type: 'string',
      pattern: '^(aws|https?://\\S+)$',
      examples: ['aws', 'http://127.0.0.1:8000'],
    },
    dynamodbStreams: mayBeElsewhere(
      'Where the streams of tables are: where `endpoints.dynamodb` leads, at AWS, or at a server that speaks as DynamoDB Streams does.',
      'http://127.0.0.1:8000',
    ),
    kafka: {
      title: 'hosts and ports, such as `127.0.0.1:9092`',
      description: 'Where the brokers of `kafka` and `msk` events are that name none; several with commas.',
      type: 'string',
      pattern: '^[^\\s,:/]+:[0-9]{1,5}(, *[^\\s,:/]+:[0-9]{1,5})*$',
      examples: ['127.0.0.1:9092'],
    },
    rabbitmq: brokerEndpoint('rabbitmq', 'AMQP 0-9-1', 'amqp://guest:guest@127.0.0.1:5672'),
    activemq: brokerEndpoint('activemq', 'AMQP 1.0', 'amqp://admin:admin@127.0.0.1:5672'),
  },
  additionalProperties: { $ref: '#/definitions/endpoint' },
  examples: [{ kinesis: 'http://127.0.0.1:4567' }],
}

const clock: JsonSchema = {
  title: '`live`, `frozen` or a factor such as `60x`',
  description: 'How time goes by for queues, retries and schedules.',
  default: DEFAULTS.clock,
  examples: ['live', 'frozen', '60x'],
  oneOf: [
    { const: 'live', description: "The computer's clock." },
    { const: 'frozen', description: 'Stands still until it is moved.' },
    {
      type: 'string',
      description: 'So many times as fast.',
      pattern: '^(?=.*[1-9])[0-9]+(\\.[0-9]+)?x$',
      examples: ['60x'],
    },
  ],
}

const properties: Readonly<Record<string, JsonSchema>> = {
  service: {
    title: 'a name of letters, digits and `-`, the first a letter',
    type: 'string',
    description: "The application's name; the folder's unless given.",
    pattern: '^[a-zA-Z][0-9a-zA-Z-]*$',
    examples: ['orders'],
  },
  provider,
  custom: {
    type: 'object',
    additionalProperties: true,
    description: 'Values of your own, to be used as `${self:custom.name}`.',
    examples: [{ stage: 'local' }],
  },
  functions: {
    type: 'object',
    description:
      "The functions, by key, in the Serverless Framework's grammar; `{}` where all are made over the Lambda API.",
    propertyNames: {
      title: 'letters, digits, `-` and `_`',
      type: 'string',
      pattern: FUNCTION_NAME_PATTERN,
    },
    additionalProperties: { $ref: '#/definitions/function' },
    examples: [{ checkout: { handler: 'src/checkout.handler' } }],
  },
  layers: layersSchema,
  resources: resourcesSchema,
  endpoints,
  clock,
}

/** The whole schema of `lambda.yml` for editors: draft-07, by the rules of SchemaStore. */
export function buildSchema(fragments: readonly EventFragment[]): PublishedSchema {
  return publish(buildGrammar(fragments))
}

/** The schema that the loader checks by, when variables and CloudFormation's functions are resolved. */
export interface Grammar extends JsonSchema {
  readonly $id: string
  readonly definitions: Definitions
}

export function buildGrammar(fragments: readonly EventFragment[]): Grammar {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://json.schemastore.org/lambent.json',
    title: 'Lambent lambda.yml',
    description:
      'AWS Lambda functions, their event sources, destinations and queues, for running them locally.',
    type: 'object',
    additionalProperties: false,
    required: ['functions'],
    properties,
    definitions: {
      function: functionSchema,
      queue: queueSchema,
      stream: streamSchema,
      topic: topicSchema,
      bus: busSchema,
      bucket: bucketSchema,
      accountId,
      endpoint: {
        title: '`embedded` or a URL',
        description: 'Where a service is.',
        type: 'string',
        pattern: '^(embedded|https?://\\S+)$',
        examples: ['embedded', 'http://127.0.0.1:4567'],
      },
      ...layerDefinitions,
      ...commonDefinitions,
      ...eventDefinitions(fragments),
    },
  }
}
