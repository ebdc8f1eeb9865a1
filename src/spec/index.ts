export {
  compareSpecs,
  type FunctionChange,
  type Mapping,
  type MappingChange,
  type QueueChange,
  type SpecDifference,
} from './compare.ts'
export { parseDuration } from './duration.ts'
export type { Files } from './files.ts'
export type { JsonSchema } from './jsonSchema.ts'
export { type LoadOptions, loadSpec } from './load.ts'
export { buildSchema } from './schema/build.ts'
export type { EventComplaint, EventFragment } from './schema/event.ts'
export {
  type EventSpec,
  type FunctionSpec,
  type FunctionUrlSpec,
  type Problem,
  type QueueSpec,
  renderProblem,
  type Spec,
  SpecError,
} from './types.ts'
