import type { BrokerMapping, BrokerSettings } from '../../services/lambda/index.ts'
import {
  type BrokerMappingSettings,
  type BrokerQueueConfig,
  brokerSources,
  type KafkaConfig,
  type MskConfig,
  type RabbitConfig,
  type SaslKind,
} from '../../sources/index.ts'
import type { Spec } from '../../spec/index.ts'

export type BrokerSourceName = keyof typeof brokerSources

/** How to get to a broker. */
export type BrokerConnection =
  | { readonly source: 'rabbitmq' | 'activemq'; readonly endpoint: string }
  | {
      readonly source: 'kafka' | 'msk'
      readonly servers: readonly string[]
      readonly login?: { readonly kind: SaslKind; readonly username: string; readonly password: string }
    }

/** A mapping of `lambda.yml` on a broker: what it reads, and how to get there. */
export interface DeclaredBroker {
  readonly functionName: string
  readonly settings: BrokerMappingSettings
  readonly connection: BrokerConnection
  /** The secrets that AWS would use; they are not read here. */
  readonly access: BrokerSettings['sourceAccess']
}

type Endpoints = Spec['endpoints']

/** The broker that an event of `lambda.yml` reads; the loader has made sure that it says where that is. */
export function declaredBroker(
  functionName: string,
  source: BrokerSourceName,
  config: unknown,
  endpoints: Endpoints,
): DeclaredBroker {
  if (source === 'rabbitmq' || source === 'activemq') {
    const given = config as RabbitConfig & BrokerQueueConfig
    return {
      functionName,
      settings: brokerSources[source].settings(given),
      connection: { source, endpoint: given.endpoint ?? endpoints[source] ?? '' },
      access: given.basicAuthArn === undefined ? [] : [{ type: 'BASIC_AUTH', uri: given.basicAuthArn }],
    }
  }
  const given = config as KafkaConfig & MskConfig
  const servers = given.bootstrapServers ?? serversIn(endpoints['kafka'])
  const login = loginOf(given)
  return {
    functionName,
    settings: brokerSources[source].settings({ ...given, bootstrapServers: servers }),
    connection: { source, servers, ...(login && { login }) },
    access: accessOf(given),
  }
}

/** The ways to log in, and their names in `SourceAccessConfigurations`. */
const ACCESS_TYPES: Readonly<Record<SaslKind, string>> = {
  saslPlainAuth: 'BASIC_AUTH',
  saslScram256Auth: 'SASL_SCRAM_256_AUTH',
  saslScram512Auth: 'SASL_SCRAM_512_AUTH',
}

const secretsOf = ({ accessConfigurations, saslScram512 }: KafkaConfig & MskConfig) =>
  Object.entries({
    ...accessConfigurations,
    ...(saslScram512 !== undefined && { saslScram512Auth: saslScram512 }),
  }) as [SaslKind, string | readonly string[]][]

const accessOf = (given: KafkaConfig & MskConfig): BrokerSettings['sourceAccess'] =>
  secretsOf(given).flatMap(([kind, uris]) => [uris].flat().map((uri) => ({ type: ACCESS_TYPES[kind], uri })))

function loginOf(given: KafkaConfig & MskConfig) {
  const [kind] = secretsOf(given)[0] ?? []
  return kind === undefined || given.credentials === undefined ? undefined : { kind, ...given.credentials }
}

const serversIn = (endpoint: string | undefined): readonly string[] =>
  endpoint === undefined ? [] : endpoint.split(',').map((server) => server.trim())

/**
 * How to get to the broker of a mapping: as the event of `lambda.yml` says that declared it, else as `endpoints` say.
 * `undefined` when neither does.
 */
export function connectionOf(
  mapping: BrokerMapping,
  declared: readonly DeclaredBroker[],
  endpoints: Endpoints,
): BrokerConnection | undefined {
  const own = declared.find((one) => isDeclaredBy(one, mapping))
  if (own) return own.connection
  const { source, bootstrapServers } = mapping.settings
  if (source === 'mq') return queueConnection(mapping, endpoints)
  // Only their names are known of the secrets that a mapping of the API has.
  const servers = source === 'selfManagedKafka' ? bootstrapServers : serversIn(endpoints['kafka'])
  return servers.length === 0 ? undefined : { source: source === 'msk' ? 'msk' : 'kafka', servers }
}

/** The ARN of a broker does not say of which kind it is: only RabbitMQ has virtual hosts. */
function queueConnection({ settings }: BrokerMapping, endpoints: Endpoints): BrokerConnection | undefined {
  const { rabbitmq, activemq } = endpoints
  if (rabbitmq !== undefined && (settings.virtualHost !== null || activemq === undefined))
    return { source: 'rabbitmq', endpoint: rabbitmq }
  if (activemq !== undefined && settings.virtualHost === null && rabbitmq === undefined)
    return { source: 'activemq', endpoint: activemq }
  return undefined
}

const isDeclaredBy = (
  one: DeclaredBroker,
  { functionName, qualifier, eventSourceArn, settings }: BrokerMapping,
) =>
  one.functionName === functionName &&
  qualifier === null &&
  one.settings.sourceArn === eventSourceArn &&
  [...settings.topics, ...settings.queues].includes(one.settings.channel) &&
  (eventSourceArn !== null ||
    settings.bootstrapServers.some((server) => one.settings.bootstrapServers.includes(server)))
