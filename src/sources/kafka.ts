import { kafkaContent } from './brokerFilter.ts'
import { type BrokerSource, defineBroker } from './defineBroker.ts'
import { signedBytes } from './javaValues.ts'
import {
  type KafkaConfig,
  kafkaFragment,
  type MskConfig,
  mskFragment,
  settingsOfKafka,
} from './kafkaConfig.ts'
import { compileFilters } from './recordFilter.ts'

/** A record of a Kafka topic. */
export interface KafkaMessage {
  readonly topic: string
  readonly partition: number
  /** Decimal digits. */
  readonly offset: string
  readonly timestampMs: number
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME' | 'NO_TIMESTAMP_TYPE'
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** In order; a name may come more than once. */
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[]
}

type Shared = Omit<
  BrokerSource<never, KafkaMessage>,
  'name' | 'config' | 'examples' | 'settings' | 'envelope'
>

const partitionOf = ({ topic, partition }: KafkaMessage): string => `${topic}-${partition}`

const shared: Shared = {
  filter: ({ filters }) => compileFilters(filters, kafkaContent),
  id: (message) => `${partitionOf(message)}@${message.offset}`,
  lane: partitionOf,
  group: partitionOf,
  member: 'records',
  retries: 'here',
  position: (message) => ({ partition: partitionOf(message), offset: BigInt(message.offset) }),
  arrivedMs: ({ timestampMs }) => timestampMs,
  record: ({ topic, partition, offset, timestampMs, timestampType, key, value, headers }) => ({
    topic,
    partition,
    offset: Number(offset),
    timestamp: timestampMs,
    timestampType,
    ...(key !== null && { key: Buffer.from(key).toString('base64') }),
    ...(value !== null && { value: Buffer.from(value).toString('base64') }),
    headers: headers.map(([name, bytes]) => ({ [name]: signedBytes(bytes) })),
  }),
}

/** A topic of one's own Kafka as an event source (Lambda Developer Guide, "Using Lambda with self-managed Apache Kafka"). */
export const kafka = defineBroker<KafkaConfig, KafkaMessage>({
  ...shared,
  name: 'kafka',
  config: kafkaFragment,
  examples: [
    { topic: 'orders', bootstrapServers: ['127.0.0.1:9092'] },
    {
      topic: 'orders',
      bootstrapServers: ['127.0.0.1:9092', '127.0.0.1:9093'],
      accessConfigurations: { saslPlainAuth: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop' },
      credentials: { username: 'shop', password: 'secret' },
      batchSize: 100,
      maximumBatchingWindow: 1,
      startingPosition: 'AT_TIMESTAMP',
      startingPositionTimestamp: 1_700_000_000,
      consumerGroupId: 'shop',
      filterPatterns: [{ value: { kind: ['new'] } }],
      enabled: false,
    },
    {
      topic: 'orders',
      bootstrapServers: ['127.0.0.1:9092'],
      provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 5 },
      maximumRetryAttempts: 3,
      maximumRecordAgeInSeconds: 3_600,
      functionResponseType: 'ReportBatchItemFailures',
    },
  ],
  settings: settingsOfKafka,
  envelope: ({ bootstrapServers }) => ({
    eventSource: 'SelfManagedKafka',
    bootstrapServers: bootstrapServers.join(','),
  }),
})

/** A topic of Amazon MSK as an event source (Lambda Developer Guide, "Using Lambda with Amazon MSK"). */
export const msk = defineBroker<MskConfig, KafkaMessage>({
  ...shared,
  name: 'msk',
  config: mskFragment,
  examples: [
    {
      arn: 'arn:aws:kafka:us-east-1:000000000000:cluster/shop/abcd-1234',
      topic: 'orders',
      bootstrapServers: ['127.0.0.1:9092'],
      startingPosition: 'LATEST',
    },
  ],
  settings: (config) => ({ ...settingsOfKafka(config), sourceArn: config.arn }),
  envelope: ({ sourceArn, bootstrapServers }) => ({
    eventSource: 'aws:kafka',
    eventSourceArn: sourceArn,
    bootstrapServers: bootstrapServers.join(','),
  }),
})
