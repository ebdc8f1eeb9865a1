import * as errors from '../errors.ts'
import {
  checkOnFailure,
  checkPollers,
  commonAfter,
  newCommonSettings,
  newRetrySettings,
  pollersOf,
  retriesAfter,
  secondsToMs,
} from './commonSettings.ts'
import type { CreateInput, KafkaInput, SettingsInput } from './input.ts'
import type { BrokerSettings, BrokerSource, Pollers } from './settings.ts'
import { missing, nameOf, type SourceKind } from './sourceKind.ts'
import type { ReadPosition } from './startingPosition.ts'
import { unsupported } from './supported.ts'

const USUAL_BATCH_SIZE = 100
const USUAL_POLLERS: Pollers = { minimum: 1, maximum: 200 }
const VIRTUAL_HOST = 'VIRTUAL_HOST'

/** Which credentials and networks each kind can be told of. */
const ACCESS_TYPES: Readonly<Partial<Record<SourceKind, readonly string[]>>> = {
  msk: ['CLIENT_CERTIFICATE_TLS_AUTH', 'SASL_SCRAM_512_AUTH'],
  selfManagedKafka: [
    'BASIC_AUTH',
    'VPC_SUBNET',
    'VPC_SECURITY_GROUP',
    'SASL_SCRAM_256_AUTH',
    'SASL_SCRAM_512_AUTH',
    'CLIENT_CERTIFICATE_TLS_AUTH',
    'SERVER_ROOT_CA_CERTIFICATE',
  ],
  mq: ['BASIC_AUTH', VIRTUAL_HOST],
  documentDb: ['BASIC_AUTH'],
}

/** The settings of a new mapping of a cluster or broker; refuses one that lacks what it cannot be without. */
export function newBrokerSettings(
  source: BrokerSource,
  input: CreateInput,
  position: ReadPosition,
): BrokerSettings {
  const servers = input.SelfManagedEventSource?.Endpoints?.KAFKA_BOOTSTRAP_SERVERS
  if (source === 'selfManagedKafka' && !servers?.length) throw missing('selfManagedEventSource')
  if (source === 'mq' && !input.Queues) throw missing('queues')
  if (source !== 'mq' && !input.Topics) throw missing('topics')
  const isNeeded = source === 'mq'
  if (isNeeded && !typesOf(input).includes('BASIC_AUTH')) throw missing('sourceAccessConfigurations')
  return brokerSettingsAfter(
    {
      kind: 'broker',
      source,
      ...newCommonSettings(USUAL_BATCH_SIZE),
      ...newRetrySettings,
      ...position,
      bootstrapServers: servers ?? [],
      topics: input.Topics ?? [],
      queues: input.Queues ?? [],
      consumerGroupId: kafkaOf(source, input)?.ConsumerGroupId ?? null,
      virtualHost: virtualHostOf(input) ?? null,
      sourceAccess: [],
      windowMs: null,
      provisionedPollers: null,
    },
    input,
  )
}

/** The settings after a request; refuses one that would change what cannot be. `ownGroupId`: the mapping's id. */
export function brokerSettingsAfter(
  before: BrokerSettings,
  input: SettingsInput,
  ownGroupId?: string,
): BrokerSettings {
  checkNotBuilt(before, input)
  const { ProvisionedPollerConfig: pollers, SourceAccessConfigurations: access } = input
  if (access && (virtualHostOf(input) ?? null) !== before.virtualHost) throw notUpdatable(VIRTUAL_HOST)
  const group = kafkaOf(before.source, input)?.ConsumerGroupId
  if (group && group !== (before.consumerGroupId ?? ownGroupId)) throw notUpdatable('ConsumerGroupId')
  return {
    ...before,
    ...commonAfter(before, input),
    ...retriesAfter(before, input),
    windowMs: secondsToMs(input.MaximumBatchingWindowInSeconds) ?? before.windowMs,
    provisionedPollers: pollers ? pollersOf(pollers, USUAL_POLLERS) : before.provisionedPollers,
    sourceAccess: access
      ? access.map(({ Type, URI }) => ({ type: Type ?? '', uri: URI ?? '' }))
      : before.sourceAccess,
  }
}

export function checkBrokerSettings(settings: BrokerSettings): void {
  const { source, provisionedPollers, onFailureArn } = settings
  checkAccess(
    source,
    settings.sourceAccess.map(({ type }) => type),
  )
  if (provisionedPollers) checkPollers(provisionedPollers)
  else checkWithoutPollers(settings)
  if (onFailureArn === null) return
  if (!onFailureArn.startsWith('kafka://')) checkOnFailure(onFailureArn)
  throw notBuilt(`DestinationConfig of ${nameOf(source)} event sources`)
}

/** What Kafka can do in provisioned mode only. */
function checkWithoutPollers(settings: BrokerSettings): void {
  if (settings.maximumRetryAttempts !== null) throw unsupported('MaximumRetryAttempts')
  if (settings.bisectsOnError) throw unsupported('BisectBatchOnFunctionError')
  if (settings.reportsItemFailures) throw unsupported('FunctionResponseTypes')
}

/** Checks a request for Amazon DocumentDB, of which no mapping can be made here. */
export function checkDocumentDb(input: CreateInput): void {
  const types = typesOf(input)
  if (!types.includes('BASIC_AUTH')) throw missing('sourceAccessConfigurations')
  checkAccess('documentDb', types)
  if (!input.DocumentDBEventSourceConfig?.DatabaseName) throw missing('documentDBEventSourceConfig')
}

function checkAccess(kind: SourceKind, types: readonly string[]): void {
  const foreign = types.find((type) => !ACCESS_TYPES[kind]?.includes(type))
  if (foreign !== undefined)
    throw errors.invalidParameterValue(
      `The source access type ${foreign} is not supported for ${nameOf(kind)} event sources.`,
    )
}

/** Refuses by name what is AWS's and not built here. */
function checkNotBuilt({ source }: BrokerSettings, input: SettingsInput): void {
  if (kafkaOf(source, input)?.SchemaRegistryConfig) throw notBuilt('SchemaRegistryConfig')
  if (input.LoggingConfig?.SystemLogLevel) throw notBuilt('LoggingConfig')
  if (input.ProvisionedPollerConfig?.PollerGroupName) throw notBuilt('PollerGroupName')
}

const notBuilt = (what: string): Error =>
  errors.invalidParameterValue(`${what} is not supported by this version.`)

const notUpdatable = (what: string): Error =>
  errors.invalidParameterValue(`${what} cannot be updated. Create another event source mapping.`)

const kafkaOf = (source: BrokerSource, input: SettingsInput): KafkaInput | null | undefined =>
  source === 'msk' ? input.AmazonManagedKafkaEventSourceConfig : input.SelfManagedKafkaEventSourceConfig

const typesOf = (input: SettingsInput): string[] =>
  (input.SourceAccessConfigurations ?? []).map(({ Type }) => Type ?? '')

const virtualHostOf = (input: SettingsInput): string | undefined =>
  (input.SourceAccessConfigurations ?? []).find(({ Type }) => Type === VIRTUAL_HOST)?.URI ?? undefined
