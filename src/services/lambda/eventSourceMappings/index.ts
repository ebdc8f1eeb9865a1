export type {
  DeclaredMapping,
  EventSourceMapping,
  MappingHost,
  MappingSettings,
  QueueFacts,
} from './mapping.ts'
export { createMappingRegistry, type MappingRegistry } from './mappingRegistry.ts'
export { createMappingOperations } from './operations.ts'
export { createTagOperations } from './tags.ts'
