export { createFunctions, type FunctionsOptions } from './functions.ts'
export { profileOf, type RuntimeProfile } from './profile.ts'
export type {
  FunctionDefinition,
  FunctionEvents,
  Functions,
  LogLine,
  LogTail,
  RunReport,
  RunRequest,
  RunResult,
} from './types.ts'
