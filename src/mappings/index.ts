export type { MappingFigures } from './figures.ts'
export { createQueueMapping, type QueueMapping, type QueueMappingDependencies } from './queueMapping.ts'
