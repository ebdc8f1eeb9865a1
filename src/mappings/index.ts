export type { MappingFigures } from './figures.ts'
export { createQueueMapping, type QueueMapping, type QueueMappingDependencies } from './queueMapping.ts'
export {
  type BrokerMapping,
  type BrokerMappingDependencies,
  createBrokerMapping,
} from './brokers/brokerMapping.ts'
export { forgetPositions, takePositions } from './streams/positions.ts'
export type { StreamFigures } from './streams/figures.ts'
export type { StreamMappingDependencies } from './streams/shardContext.ts'
export type { ShardStatus } from './streams/shardStatus.ts'
export {
  createStreamMapping,
  type LastProcessingResult,
  type StreamMapping,
} from './streams/streamMapping.ts'
