export { createQueueMapping, type QueueMapping, type QueueMappingDependencies } from './queueMapping.ts'
