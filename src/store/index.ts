export { createMemoryStore, openStore } from './createStore.ts'
export {
  type DroppedPart,
  isCommitFailure,
  StoreClosedError,
  StoreCorruptError,
  StoreInUseError,
  StoreWriteError,
} from './errors.ts'
export type { OpenOptions } from './openBacking.ts'
export type * from './types.ts'
