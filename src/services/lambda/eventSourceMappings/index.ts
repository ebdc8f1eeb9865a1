export type {
  BrokerFacts,
  BrokerMapping,
  DeclaredMapping,
  EventSourceMapping,
  MappingHost,
  QueueFacts,
  StreamFacts,
} from './mapping.ts'
export { createMappingRegistry, type MappingRegistry } from './mappingRegistry.ts'
export { createMappingOperations } from './operations.ts'
export type { BrokerSettings, MappingSettings, QueueSettings, StreamSettings } from './settings.ts'
export { changeMappingTags, mappingTags } from './tags.ts'
