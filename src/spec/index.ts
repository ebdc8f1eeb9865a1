export { compareSpecs, type SpecDifference } from './compare.ts'
export { DEFAULT_ACCOUNT_ID } from './identity.ts'
export { layerFolder } from './layers.ts'
export type { JsonSchema } from './jsonSchema.ts'
export { loadSpec } from './load.ts'
export { buildSchema } from './schema/build.ts'
export { areQueuesForeign, areStreamsForeign, endpointOf, isForeign } from './foreign.ts'
export type { EventComplaint, EventFragment } from './schema/event.ts'
export {
  type EventSpec,
  type FunctionSpec,
  type LayerSpec,
  type LoggingSpec,
  type Problem,
  type QueueSpec,
  renderProblem,
  type Spec,
  SpecError,
  type StreamSpec,
} from './types.ts'
export { nearest } from './nearest.ts'
