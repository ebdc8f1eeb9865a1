import { PatternError } from '../patterns/index.ts'
import type { EventComplaint, JsonSchema } from '../spec/index.ts'
import type { JsonObject } from '../system/index.ts'
import { decodedFilter } from './brokerFilter.ts'
import type { BrokerMappingSettings } from './defineBroker.ts'
import type { ConfigFragment } from './defineSource.ts'
import type { ContentRules } from './recordFilter.ts'

/** What all brokers may have below their key under `events:`. */
export interface BrokerConfig {
  readonly batchSize?: number
  /** Seconds. */
  readonly maximumBatchingWindow?: number
  /** As written, or as JSON text. */
  readonly filterPatterns?: readonly (JsonObject | string)[]
  readonly metricsConfig?: { readonly metrics: readonly 'EventCount'[] }
  readonly enabled?: boolean
}

/** `rabbitmq:` and `activemq:` under `events:`. */
export interface BrokerQueueConfig extends BrokerConfig {
  readonly arn?: string
  readonly queue: string
  /** Where the broker really is, with the credentials. */
  readonly endpoint?: string
  readonly basicAuthArn?: string
}

const USUAL_BATCH = 100
/** AWS's batching window for brokers when none is set. */
const USUAL_WINDOW_MS = 500

/** The settings that all brokers share, and AWS's defaults for the others. */
export const settingsOfBroker = (
  config: BrokerConfig,
): Omit<BrokerMappingSettings, 'sourceArn' | 'channel'> => ({
  virtualHost: '/',
  bootstrapServers: [],
  consumerGroupId: null,
  startingPosition: 'TRIM_HORIZON',
  startingTimestampMs: null,
  batchSize: config.batchSize ?? USUAL_BATCH,
  windowMs: config.maximumBatchingWindow === undefined ? USUAL_WINDOW_MS : config.maximumBatchingWindow * 1_000,
  isProvisioned: false,
  maximumRetryAttempts: null,
  maximumRecordAgeMs: null,
  bisectsOnError: false,
  reportsItemFailures: false,
  filters: filtersOf(config),
  metrics: config.metricsConfig?.metrics ?? [],
  isEnabled: config.enabled ?? true,
})

/** Where no ARN is given, the event still needs one: of a broker that has the key's name. */
const localArn = (name: string): string => `arn:aws:mq:us-east-1:000000000000:broker:${name}:b-local`

export const settingsOfQueue = (config: BrokerQueueConfig, name: string): BrokerMappingSettings => ({
  ...settingsOfBroker(config),
  sourceArn: config.arn ?? localArn(name),
  channel: config.queue,
})

/** The filter patterns as JSON texts. */
const filtersOf = ({ filterPatterns = [] }: BrokerConfig): readonly string[] =>
  filterPatterns.map((pattern) => (typeof pattern === 'string' ? pattern : JSON.stringify(pattern)))

// ---- what a schema cannot say ------------------------------------------------------------------------------------

const MOST_PATTERN_CHARACTERS = 4_096

/** What is wrong with the filter patterns, in AWS's words. */
export function complaintsAboutFilters(config: BrokerConfig, rules: ContentRules): EventComplaint[] {
  return filtersOf(config).flatMap((text, index) =>
    complaintsAboutFilter(text, ['filterPatterns', index], rules),
  )
}

function complaintsAboutFilter(
  text: string,
  path: EventComplaint['path'],
  rules: ContentRules,
): EventComplaint[] {
  if (text.length > MOST_PATTERN_CHARACTERS) {
    const message = `the pattern has ${text.length} characters as JSON`
    return [{ path, message, hint: `expected at most ${MOST_PATTERN_CHARACTERS}` }]
  }
  try {
    decodedFilter([text], rules)
    return []
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    const hint = `expected a pattern such as \`{ ${rules.contentKey}: { kind: [new] } }\`: ${error.message}`
    return [{ path, message: 'Invalid filter pattern definition.', hint }]
  }
}

function complaintsAboutCredentials({ endpoint, basicAuthArn }: BrokerQueueConfig): EventComplaint[] {
  if (basicAuthArn === undefined || endpoint === undefined || new URL(endpoint).username !== '') return []
  return [
    {
      path: ['basicAuthArn'],
      message: 'the secret of `basicAuthArn` cannot be read here',
      hint: 'expected the credentials in the endpoint: `endpoint: amqp://user:password@127.0.0.1:5672`',
    },
  ]
}

// ---- what the file may say ---------------------------------------------------------------------------------------

/** Properties that all brokers share. */
export const brokerProperties = (contentKey: string): Readonly<Record<string, JsonSchema>> => ({
  batchSize: {
    type: 'integer',
    description: 'The most messages in one invocation.',
    default: USUAL_BATCH,
    minimum: 1,
    maximum: 10_000,
  },
  maximumBatchingWindow: {
    description: 'The longest time to gather a batch, from its first message on; half a second unless given.',
    oneOf: [
      { type: 'integer', description: 'Seconds.', minimum: 0, maximum: 300 },
      { $ref: '#/definitions/duration' },
    ],
    examples: [5, '1m'],
  },
  filterPatterns: {
    type: 'array',
    description:
      'Only messages that match one of these reach the function; all others are done without it. AWS allows five, ten by a raised quota.',
    items: {
      description: 'A pattern of fields, as a mapping or as JSON text. JSON in the content is looked into.',
      oneOf: [
        { type: 'object', description: 'A mapping of fields to lists.', additionalProperties: true },
        { type: 'string', description: 'JSON text.', minLength: 1 },
      ],
      examples: [{ [contentKey]: { kind: ['new'] } }],
    },
    minItems: 1,
    maxItems: 10,
    examples: [[{ [contentKey]: { kind: ['new'] } }]],
  },
  metricsConfig: {
    type: 'object',
    description: 'Figures of the mapping.',
    additionalProperties: false,
    required: ['metrics'],
    properties: {
      metrics: {
        type: 'array',
        description: 'Names of groups of figures.',
        items: {
          type: 'string',
          description: 'How many messages were polled, filtered, handed over, failed and done.',
          enum: ['EventCount'],
        },
        minItems: 1,
        maxItems: 1,
        examples: [['EventCount']],
      },
    },
    examples: [{ metrics: ['EventCount'] }],
  },
  enabled: { type: 'boolean', description: 'Whether the mapping reads.', default: true },
})

const BROKERS = {
  rabbitmq: {
    noun: 'RabbitMQ',
    endpoint: 'amqp://guest:guest@127.0.0.1:5672',
    spoken: 'AMQP 0-9-1',
    package: 'amqplib',
  },
  activemq: {
    noun: 'ActiveMQ',
    endpoint: 'amqp://admin:admin@127.0.0.1:5672',
    spoken: 'AMQP 1.0',
    package: 'rhea-promise',
  },
} as const

const CONTENT: ContentRules = { contentKey: 'data', mismatch: 'drops' }

/** What `lambda.yml` may say below `rabbitmq:` or `activemq:`. */
export function brokerFragment(name: keyof typeof BROKERS): ConfigFragment {
  const broker = BROKERS[name]
  const description = `Reads a queue of a ${broker.noun} broker and invokes the function with batches of its messages. Needs the package \`${broker.package}\`.`
  return {
    description,
    schema: {
      type: 'object',
      description,
      additionalProperties: false,
      required: ['queue'],
      properties: {
        arn: {
          title: 'the ARN of a broker of Amazon MQ',
          description: 'What the event names as its source. Where the broker really is, `endpoint` says.',
          type: 'string',
          pattern: '^arn:aws[a-z-]*:mq:[a-z0-9-]+:[0-9]{12}:broker:\\S+$',
          examples: ['arn:aws:mq:us-east-1:000000000000:broker:shop:b-1234'],
        },
        queue: { type: 'string', description: 'The name of the queue.', minLength: 1, maxLength: 1_000 },
        ...(name === 'rabbitmq' && {
          virtualHost: {
            type: 'string',
            description: 'The virtual host of the queue.',
            default: '/',
            minLength: 1,
            maxLength: 200,
          },
        }),
        endpoint: {
          title: `an \`amqp://\` or \`amqps://\` URL`,
          description: `Where the broker is, with its credentials; it speaks ${broker.spoken}. Unless given: \`endpoints.${name}\`.`,
          type: 'string',
          pattern: '^amqps?://[^\\s/]+/?$',
          examples: [broker.endpoint],
        },
        basicAuthArn: {
          title: 'the ARN of a secret',
          description: 'For AWS; here the credentials stand in the endpoint.',
          type: 'string',
          pattern: '^arn:\\S+$',
          examples: ['arn:aws:secretsmanager:us-east-1:000000000000:secret:shop'],
        },
        ...brokerProperties(CONTENT.contentKey),
      },
    },
    complaints: (given) => {
      const config = given as unknown as BrokerQueueConfig
      return [...complaintsAboutCredentials(config), ...complaintsAboutFilters(config, CONTENT)]
    },
  }
}
