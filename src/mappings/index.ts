export type { MappingFigures } from './figures.ts'
export { createQueueMapping, type QueueMapping, type QueueMappingDependencies } from './queueMapping.ts'
export {
  type BrokerMapping,
  type BrokerMappingDependencies,
  createBrokerMapping,
} from './brokers/brokerMapping.ts'
