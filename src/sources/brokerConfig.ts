import type { JsonSchema } from '../spec/index.ts'
import { messageContent } from './brokerFilter.ts'
import type { BrokerMappingSettings } from './defineBroker.ts'
import type { ConfigFragment } from './defineSource.ts'
import {
  complaintsAboutFilters,
  type FilterPatterns,
  filterPatternsSchema,
  filtersOf,
} from './filterPatterns.ts'

/** What all brokers may have below their key under `events:`. */
export interface BrokerConfig {
  readonly batchSize?: number
  /** Seconds. */
  readonly maximumBatchingWindow?: number
  readonly filterPatterns?: FilterPatterns
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
  windowMs:
    config.maximumBatchingWindow === undefined ? USUAL_WINDOW_MS : config.maximumBatchingWindow * 1_000,
  provisionedPollers: null,
  maximumRetryAttempts: null,
  maximumRecordAgeMs: null,
  bisectsOnError: false,
  reportsItemFailures: false,
  filters: filtersOf(config.filterPatterns),
  metrics: [],
  isEnabled: config.enabled ?? true,
})

/** Where no ARN is given, the event still needs one: of a broker that has the key's name. */
const localArn = (name: string): string => `arn:aws:mq:us-east-1:000000000000:broker:${name}:b-local`

export const settingsOfQueue = (config: BrokerQueueConfig, name: string): BrokerMappingSettings => ({
  ...settingsOfBroker(config),
  sourceArn: config.arn ?? localArn(name),
  channel: config.queue,
})

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
  filterPatterns: filterPatternsSchema(
    'Only messages that match one of these reach the function; all others are done without it. AWS allows five, ten by a raised quota.',
    'A pattern of fields, as a mapping or as JSON text. JSON in the content is looked into.',
    { [contentKey]: { kind: ['new'] } },
  ),
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
        ...brokerProperties(messageContent.key),
      },
    },
    complaints: (given) => {
      const { filterPatterns } = given as unknown as BrokerQueueConfig
      return complaintsAboutFilters(filterPatterns, messageContent, '{ data: { kind: [new] } }')
    },
  }
}
