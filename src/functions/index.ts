export { createFunctions, type FunctionsOptions } from './functions.ts'
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
