import type { EventComplaint, JsonSchema } from '../spec/index.ts'
import { type BrokerConfig, brokerProperties, settingsOfBroker } from './brokerConfig.ts'
import { kafkaContent } from './brokerFilter.ts'
import type { BrokerMappingSettings } from './defineBroker.ts'
import type { ConfigFragment } from './defineSource.ts'
import type { StartingPosition } from './defineStream.ts'
import { complaintsAboutFilters } from './filterPatterns.ts'

/** `kafka:` under `events:`. */
export interface KafkaConfig extends BrokerConfig {
  readonly topic: string
  readonly bootstrapServers?: readonly string[]
  /** How one proves who one is; the ARNs are those of secrets, for AWS. */
  readonly accessConfigurations?: { readonly [Kind in SaslKind]?: string | readonly string[] }
  /** Our own: what those secrets hold. */
  readonly credentials?: { readonly username: string; readonly password: string }
  readonly startingPosition?: StartingPosition
  /** Epoch seconds. */
  readonly startingPositionTimestamp?: number
  readonly consumerGroupId?: string
  readonly provisionedPollerConfig?: { readonly minimumPollers?: number; readonly maximumPollers?: number }
  readonly maximumRetryAttempts?: number
  readonly maximumRecordAgeInSeconds?: number
  readonly bisectBatchOnFunctionError?: boolean
  readonly functionResponseType?: 'ReportBatchItemFailures'
}

/** `msk:` under `events:`. */
export interface MskConfig extends Omit<KafkaConfig, 'accessConfigurations'> {
  readonly arn: string
  readonly saslScram512?: string
}

/** The ways to log in with a name and a password. */
export type SaslKind = 'saslPlainAuth' | 'saslScram256Auth' | 'saslScram512Auth'

const FOR_EVER = -1
/** AWS's numbers of pollers in provisioned mode. */
const FEWEST_POLLERS = 1
const USUAL_MOST_POLLERS = 200
const YOUNGEST_LIMIT_SECONDS = 60
const OLDEST_LIMIT_SECONDS = 604_800

/** The settings of a Kafka mapping; the ARN is `null`. */
export const settingsOfKafka = (
  config: Omit<KafkaConfig, 'accessConfigurations'>,
): BrokerMappingSettings => ({
  ...settingsOfBroker(config),
  sourceArn: null,
  channel: config.topic,
  bootstrapServers: config.bootstrapServers ?? [],
  consumerGroupId: config.consumerGroupId ?? null,
  startingPosition: config.startingPosition ?? 'TRIM_HORIZON',
  startingTimestampMs:
    config.startingPositionTimestamp === undefined ? null : config.startingPositionTimestamp * 1_000,
  provisionedPollers: pollersOf(config),
  maximumRetryAttempts: limitOf(config.maximumRetryAttempts),
  maximumRecordAgeMs: millisecondsOf(limitOf(config.maximumRecordAgeInSeconds)),
  bisectsOnError: config.bisectBatchOnFunctionError ?? false,
  reportsItemFailures: config.functionResponseType === 'ReportBatchItemFailures',
})

function pollersOf({
  provisionedPollerConfig: given,
}: Pick<KafkaConfig, 'provisionedPollerConfig'>): BrokerMappingSettings['provisionedPollers'] {
  if (given === undefined) return null
  const minimum = given.minimumPollers ?? FEWEST_POLLERS
  return { minimum, maximum: given.maximumPollers ?? Math.max(minimum, USUAL_MOST_POLLERS) }
}

const limitOf = (given: number = FOR_EVER): number | null => (given === FOR_EVER ? null : given)
const millisecondsOf = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1_000)

// ---- what a schema cannot say ------------------------------------------------------------------------------------

/** Settings that mean something only where pollers are provisioned. */
const PROVISIONED = ['maximumRetryAttempts', 'bisectBatchOnFunctionError', 'functionResponseType'] as const

function complaintsAbout(config: KafkaConfig & Partial<MskConfig>): EventComplaint[] {
  return [
    ...complaintsAboutFilters(config.filterPatterns, kafkaContent, '{ value: { kind: [new] } }'),
    ...complaintsAboutPosition(config),
    ...complaintsAboutProvisioning(config),
    ...complaintsAboutAge(config),
    ...complaintsAboutSecrets(config),
  ]
}

function complaintsAboutPosition(config: KafkaConfig): EventComplaint[] {
  const { startingPosition, startingPositionTimestamp } = config
  const isTimed = startingPosition === 'AT_TIMESTAMP'
  if (isTimed && startingPositionTimestamp === undefined)
    return [
      {
        path: ['startingPosition'],
        message: '`AT_TIMESTAMP` needs `startingPositionTimestamp`',
        hint: 'expected `startingPositionTimestamp`, in seconds since 1970',
      },
    ]
  if (isTimed || startingPositionTimestamp === undefined) return []
  return [
    {
      path: ['startingPositionTimestamp'],
      message: '`startingPositionTimestamp` means something with `AT_TIMESTAMP` only',
      hint: 'expected `startingPosition: AT_TIMESTAMP`',
    },
  ]
}

function complaintsAboutProvisioning(config: KafkaConfig): EventComplaint[] {
  const { provisionedPollerConfig: pollers } = config
  if (pollers === undefined)
    return PROVISIONED.filter((key) => config[key] !== undefined).map((key) => ({
      path: [key],
      message: `\`${key}\` is for provisioned mode only`,
      hint: 'expected `provisionedPollerConfig: { minimumPollers: 1 }` beside it',
    }))
  const { minimumPollers = 1, maximumPollers = Infinity } = pollers
  if (maximumPollers >= minimumPollers) return []
  return [
    {
      path: ['provisionedPollerConfig', 'minimumPollers'],
      message: `\`minimumPollers\` (${minimumPollers}) is more than \`maximumPollers\` (${maximumPollers})`,
      hint: `expected at most ${maximumPollers}`,
    },
  ]
}

function complaintsAboutAge({ maximumRecordAgeInSeconds: age = FOR_EVER }: KafkaConfig): EventComplaint[] {
  if (age === FOR_EVER || (age >= YOUNGEST_LIMIT_SECONDS && age <= OLDEST_LIMIT_SECONDS)) return []
  return [
    {
      path: ['maximumRecordAgeInSeconds'],
      message: 'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
      hint: 'expected -1, or 60 to 604800 seconds',
    },
  ]
}

function complaintsAboutSecrets(config: KafkaConfig & Partial<MskConfig>): EventComplaint[] {
  const { accessConfigurations = {}, saslScram512, credentials } = config
  const kinds = Object.keys(accessConfigurations)
  const path = saslScram512 === undefined ? ['accessConfigurations', kinds[0] ?? ''] : ['saslScram512']
  if (kinds.length > 1)
    return [
      {
        path: ['accessConfigurations', kinds[1] ?? ''],
        message: 'only one way to log in may be given',
        hint: `expected only \`${kinds[0]}\``,
      },
    ]
  const hasSecret = kinds.length > 0 || saslScram512 !== undefined
  if (hasSecret === (credentials !== undefined)) return []
  if (hasSecret)
    return [
      {
        path,
        message: `the secret of \`${path.at(-1)}\` cannot be read here`,
        hint: 'expected what it holds beside it: `credentials: { username: ..., password: ... }`',
      },
    ]
  return [
    {
      path: ['credentials'],
      message: '`credentials` do not say how to log in',
      hint: 'expected `accessConfigurations: { saslPlainAuth: ARN }`, or `saslScram256Auth`, or `saslScram512Auth`',
    },
  ]
}

// ---- what the file may say ---------------------------------------------------------------------------------------

const SERVERS: JsonSchema = {
  type: 'array',
  description: 'Where the brokers are. Unless given: `endpoints.kafka`.',
  items: {
    title: 'a host and a port, such as `127.0.0.1:9092`',
    description: 'A host and a port.',
    type: 'string',
    pattern: '^[^\\s:/]+:[0-9]{1,5}$',
    examples: ['127.0.0.1:9092'],
  },
  minItems: 1,
  maxItems: 10,
  examples: [['127.0.0.1:9092']],
}

const secret = (description: string): JsonSchema => ({
  description,
  oneOf: [
    { type: 'string', description: 'The ARN of a secret.', pattern: '^arn:\\S+$' },
    {
      type: 'array',
      description: 'The ARN of a secret, in a list.',
      items: { type: 'string', description: 'The ARN of a secret.', pattern: '^arn:\\S+$' },
      minItems: 1,
      maxItems: 1,
    },
  ],
  examples: ['arn:aws:secretsmanager:us-east-1:000000000000:secret:shop'],
})

const properties: Readonly<Record<string, JsonSchema>> = {
  topic: { type: 'string', description: 'The name of the topic.', minLength: 1, maxLength: 249 },
  bootstrapServers: SERVERS,
  credentials: {
    type: 'object',
    description: 'What the secret holds that AWS logs in with.',
    additionalProperties: false,
    required: ['username', 'password'],
    properties: {
      username: { type: 'string', description: 'The name.', minLength: 1 },
      password: { type: 'string', description: 'The password.' },
    },
    examples: [{ username: 'shop', password: 'secret' }],
  },
  startingPosition: {
    type: 'string',
    description: 'Where a consumer group begins that has read nothing yet.',
    enum: ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'],
    default: 'TRIM_HORIZON',
  },
  startingPositionTimestamp: {
    type: 'integer',
    description: 'With `AT_TIMESTAMP`: seconds since 1970.',
    minimum: 0,
    maximum: 253_402_300_799,
  },
  consumerGroupId: {
    title: 'the name of a consumer group',
    type: 'string',
    description: "The consumer group; the mapping's own id unless given.",
    pattern: '^[A-Za-z0-9/*:_+=.@-]+$',
    maxLength: 200,
    examples: ['shop'],
  },
  provisionedPollerConfig: {
    type: 'object',
    description: 'Provisioned mode: with it come retries, ages and partial failures.',
    additionalProperties: false,
    properties: {
      minimumPollers: {
        type: 'integer',
        description: 'Pollers to begin with.',
        default: FEWEST_POLLERS,
        minimum: FEWEST_POLLERS,
        maximum: 200,
      },
      maximumPollers: {
        type: 'integer',
        description: 'The most pollers.',
        default: USUAL_MOST_POLLERS,
        minimum: FEWEST_POLLERS,
        maximum: 2_000,
      },
    },
    examples: [{ minimumPollers: 1, maximumPollers: 5 }],
  },
  maximumRetryAttempts: {
    type: 'integer',
    description:
      'How often a batch that fails is tried again; -1: until it succeeds. In provisioned mode only.',
    minimum: -1,
    maximum: 10_000,
  },
  maximumRecordAgeInSeconds: {
    type: 'integer',
    description: 'Records that are older are left out; -1: never.',
    minimum: -1,
    maximum: 604_800,
  },
  bisectBatchOnFunctionError: {
    type: 'boolean',
    description: 'Splits a batch that fails in two. In provisioned mode only.',
  },
  functionResponseType: {
    type: 'string',
    description: 'Lets the handler name the records that failed. In provisioned mode only.',
    enum: ['ReportBatchItemFailures'],
  },
  ...brokerProperties(kafkaContent.key),
}

const fragment = (
  description: string,
  required: readonly string[],
  more: Readonly<Record<string, JsonSchema>>,
): ConfigFragment => ({
  description,
  schema: {
    type: 'object',
    description,
    additionalProperties: false,
    required,
    properties: { ...more, ...properties },
  },
  complaints: (config) => complaintsAbout(config as unknown as KafkaConfig),
})

/** What `lambda.yml` may say below `kafka:`. */
export const kafkaFragment = fragment(
  'Reads a topic of Apache Kafka and invokes the function with batches of its records. Needs the package `kafkajs`.',
  ['topic'],
  {
    accessConfigurations: {
      type: 'object',
      description: 'How to log in; what the secret holds stands under `credentials`.',
      additionalProperties: false,
      properties: {
        saslPlainAuth: secret('SASL/PLAIN.'),
        saslScram256Auth: secret('SASL/SCRAM with SHA-256.'),
        saslScram512Auth: secret('SASL/SCRAM with SHA-512.'),
      },
      examples: [{ saslPlainAuth: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop' }],
    },
  },
)

/** What `lambda.yml` may say below `msk:`. */
export const mskFragment = fragment(
  'Reads a topic of Amazon MSK, from the Kafka that `bootstrapServers` or `endpoints.kafka` names. Needs the package `kafkajs`.',
  ['arn', 'topic'],
  {
    arn: {
      title: 'the ARN of a cluster of Amazon MSK',
      description: 'What the event names as its source.',
      type: 'string',
      pattern: '^arn:aws[a-z-]*:kafka:[a-z0-9-]+:[0-9]{12}:cluster/\\S+$',
      examples: ['arn:aws:kafka:us-east-1:000000000000:cluster/shop/abcd-1234'],
    },
    saslScram512: secret('SASL/SCRAM with SHA-512.'),
  },
)
