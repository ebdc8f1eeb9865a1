export { type BatchDecision, type BatchFacts, decideBatch } from './decideBatch.ts'
export { createQueueMapping, type QueueMapping, type QueueMappingDependencies } from './queueMapping.ts'
