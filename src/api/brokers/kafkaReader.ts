import type * as Kafka from 'kafkajs'
import type { BrokerMappingSettings, BrokerReader, KafkaMessage } from '../../sources/index.ts'
import type { BrokerConnection } from './connections.ts'
import type { ReaderEdges } from './rabbitReader.ts'

/** Kafka's client, as far as it is used here. */
export type KafkaPackage = Pick<typeof Kafka, 'Kafka'>

export function createKafkaReader(
  _kafka: KafkaPackage,
  _connection: Extract<BrokerConnection, { servers: readonly string[] }>,
  _settings: BrokerMappingSettings,
  _groupId: string,
  _edges: ReaderEdges,
): BrokerReader<KafkaMessage> {
  throw new Error('not yet')
}
