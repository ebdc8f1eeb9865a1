export type { SeenMessage } from '../services/sqs/index.ts'
export { eventFragments } from '../sources/index.ts'
export { buildSchema, type Problem, renderProblem, type Spec, SpecError } from '../spec/index.ts'
export type { ClockMode, Ledger, LedgerEntry, LedgerFact, Log } from '../system/index.ts'
export { isCommitFailure } from '../store/index.ts'
export { durationMs } from './duration.ts'
export type { CauseNode, EffectNode, EventLife, LifeNode, LifeStep } from './eventLife.ts'
export type { FunctionFailure, FunctionHealth } from './functionHealth.ts'
export type { FunctionMappingSummary, FunctionSummary } from './functionOverview.ts'
export type { InvocationSummary } from './invocationSummary.ts'
export type { QueueReaderSummary, QueueSummary } from './queueOverview.ts'
export type { Redrive } from './redrive.ts'
export type { Replay } from './replay.ts'
export { start } from './start.ts'
export type {
  SeenRecord,
  ShardProgress,
  ShardSummary,
  StreamReaderSummary,
  StreamSummary,
} from './streamSummary.ts'
export {
  type App,
  type AppClock,
  type AppStatus,
  type DynamoDbItem,
  type InvokeOptions,
  type InvokeResult,
  type ItemChange,
  NotSettledError,
  type SpiedEvent,
  type SpiedInvocation,
  type SpiedMessage,
  type SpiedNotification,
  type SpiedObject,
  type SpiedRecord,
  type SpiedLogEvent,
  type SpiedStreamRecord,
  type Spy,
  type StartOptions,
  type TableOfStream,
} from './types.ts'
export { validate } from './validate.ts'
