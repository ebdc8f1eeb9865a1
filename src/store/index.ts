export { createMemoryStore, openStore } from './createStore.ts'
export type { Deliver, DeliveredMessage, Delivery, InvocationOfRecord, MessageAttribute } from './delivery.ts'
export { isCommitFailure, StoreClosedError, StoreInUseError, StoreWriteError } from './errors.ts'
export type * from './types.ts'
