export { createMemoryStore, openStore } from './createStore.ts'
export { isCommitFailure, StoreClosedError, StoreInUseError, StoreWriteError } from './errors.ts'
export type * from './types.ts'
