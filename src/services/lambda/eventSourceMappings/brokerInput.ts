import { longest, matching, oneOf, typed, typedList } from '../constraints.ts'
import type * as errors from '../errors.ts'
import type { CreateInput, KafkaInput, SettingsInput } from './input.ts'

/** AWS's constraints on the parameters of clusters and brokers. */

export const BROKER_BLOCKS = [
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
] as const

const KAFKA_BLOCKS = ['AmazonManagedKafkaEventSourceConfig', 'SelfManagedKafkaEventSourceConfig'] as const

const ACCESS_TYPES = [
  'BASIC_AUTH',
  'VPC_SUBNET',
  'VPC_SECURITY_GROUP',
  'SASL_SCRAM_512_AUTH',
  'SASL_SCRAM_256_AUTH',
  'VIRTUAL_HOST',
  'CLIENT_CERTIFICATE_TLS_AUTH',
  'SERVER_ROOT_CA_CERTIFICATE',
]
const MOST_ACCESS_CONFIGURATIONS = 22
const LONGEST_URI = 200
const URI = String.raw`[a-zA-Z0-9-\/*:_+=.@-]*`
const uri = /^[a-zA-Z0-9\-/*:_+=.@]*$/

const LONGEST_TOPIC = 249
const TOPIC = String.raw`[^.]([a-zA-Z0-9\-_.]+)`
const topic = /^[^.][a-zA-Z0-9\-_.]+$/
const LONGEST_QUEUE = 1_000

const MOST_SERVERS = 10
const LONGEST_SERVER = 300
const SERVER = String.raw`(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9]):[0-9]{1,5}`
const server =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?:\d{1,5}$/

const DATABASE = String.raw`[^ /\.$\x22]*`
const database = /^[^ /.$"]*$/
const COLLECTION = String.raw`(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)`
const collection = /^(?!system\.)\w[^$]*$/

/** Checks that each member is of its type. */
export function checkBrokerTypes(input: SettingsInput): void {
  typedList('SourceAccessConfigurations', input.SourceAccessConfigurations, 'object')
  for (const { Type, URI: value } of input.SourceAccessConfigurations ?? []) {
    typed('Type', Type, 'string')
    typed('URI', value, 'string')
  }
  for (const block of KAFKA_BLOCKS) {
    typed('ConsumerGroupId', input[block]?.ConsumerGroupId, 'string')
    typed('SchemaRegistryConfig', input[block]?.SchemaRegistryConfig, 'object')
  }
  for (const member of ['DatabaseName', 'CollectionName', 'FullDocument'] as const)
    typed(member, input.DocumentDBEventSourceConfig?.[member], 'string')
  typed('SystemLogLevel', input.LoggingConfig?.SystemLogLevel, 'string')
}

/** What a new mapping may get wrong. */
export const brokerViolations = (input: CreateInput): errors.Violation[] => [
  ...exactlyOne('topics', input.Topics, LONGEST_TOPIC, (path, name) => matching(path, name, TOPIC, topic)),
  ...exactlyOne('queues', input.Queues, LONGEST_QUEUE, () => []),
  ...serverViolations(input),
  ...accessViolations(input),
]

/** What an update may get wrong as well. */
export const accessViolations = (input: SettingsInput): errors.Violation[] => [
  ...count('sourceAccessConfigurations', input.SourceAccessConfigurations, 0, MOST_ACCESS_CONFIGURATIONS),
  ...(input.SourceAccessConfigurations ?? []).flatMap(({ Type, URI: value }, index) => {
    const path = `sourceAccessConfigurations.${index + 1}.member`
    return [...oneOf(`${path}.type`, Type ?? undefined, ACCESS_TYPES), ...uriViolations(`${path}.uRI`, value)]
  }),
  ...KAFKA_BLOCKS.flatMap((block) => groupViolations(block, input[block])),
  ...documentViolations(input),
  ...oneOf('loggingConfig.systemLogLevel', input.LoggingConfig?.SystemLogLevel ?? undefined, [
    'DEBUG',
    'INFO',
    'WARN',
  ]),
]

const groupViolations = (block: string, given: KafkaInput | null | undefined): errors.Violation[] =>
  uriViolations(`${block.charAt(0).toLowerCase()}${block.slice(1)}.consumerGroupId`, given?.ConsumerGroupId)

function documentViolations({ DocumentDBEventSourceConfig: given }: SettingsInput): errors.Violation[] {
  const path = 'documentDBEventSourceConfig'
  return [
    ...text(`${path}.databaseName`, given?.DatabaseName, 63),
    ...matching(`${path}.databaseName`, given?.DatabaseName ?? undefined, DATABASE, database),
    ...text(`${path}.collectionName`, given?.CollectionName, 57),
    ...matching(`${path}.collectionName`, given?.CollectionName ?? undefined, COLLECTION, collection),
    ...oneOf(`${path}.fullDocument`, given?.FullDocument ?? undefined, ['UpdateLookup', 'Default']),
  ]
}

function serverViolations({ SelfManagedEventSource: source }: CreateInput): errors.Violation[] {
  const path = 'selfManagedEventSource.endpoints'
  const endpoints = (source?.Endpoints ?? {}) as Readonly<Record<string, readonly string[] | null>>
  return Object.entries(endpoints).flatMap(([type, servers]) => {
    typedList('Endpoints', servers, 'string')
    return [
      ...(type === 'KAFKA_BOOTSTRAP_SERVERS' ? [] : oneOf(path, type, ['KAFKA_BOOTSTRAP_SERVERS'])),
      ...count(`${path}.${type}`, servers, 1, MOST_SERVERS),
      ...(servers ?? []).flatMap((one, index) => {
        const member = `${path}.${type}.${index + 1}.member`
        return [...text(member, one, LONGEST_SERVER), ...matching(member, one, SERVER, server)]
      }),
    ]
  })
}

const exactlyOne = (
  path: string,
  names: readonly string[] | null | undefined,
  longestName: number,
  more: (path: string, name: string) => errors.Violation[],
): errors.Violation[] => [
  ...count(path, names, 1, 1),
  ...(names ?? []).flatMap((name, index) => {
    const member = `${path}.${index + 1}.member`
    return [...text(member, name, longestName), ...more(member, name)]
  }),
]

const uriViolations = (path: string, value: string | null | undefined): errors.Violation[] => [
  ...text(path, value, LONGEST_URI),
  ...matching(path, value ?? undefined, URI, uri),
]

/** A text that is not empty. */
const text = (path: string, value: string | null | undefined, limit: number): errors.Violation[] => [
  ...(value === ''
    ? [{ value, path, constraint: 'Member must have length greater than or equal to 1' }]
    : []),
  ...longest(path, value ?? undefined, limit),
]

function count(
  path: string,
  list: readonly unknown[] | null | undefined,
  least: number,
  most: number,
): errors.Violation[] {
  if (!list) return []
  const value = `[${list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ')}]`
  const constraint = (bound: string, limit: number) =>
    `Member must have length ${bound} than or equal to ${limit}`
  return [
    ...(list.length < least ? [{ value, path, constraint: constraint('greater', least) }] : []),
    ...(list.length > most ? [{ value, path, constraint: constraint('less', most) }] : []),
  ]
}
