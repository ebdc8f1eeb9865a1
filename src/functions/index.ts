export { createFunctions, type FunctionsOptions } from './functions.ts'
export { deploymentName } from './deploymentName.ts'
export { packageFolderOf, SnapshotError } from './snapshot.ts'
export type {
  CodeSnapshot,
  FunctionDefinition,
  FunctionEvents,
  Functions,
  Logging,
  LogLine,
  LogTail,
  ProvisionedStock,
  ResponseHead,
  ResponseSink,
  RunReport,
  RunRequest,
  RunResult,
} from './types.ts'
