export { createMemoryStore, openStore } from './createStore.ts'
export type { Deliver, DeliveredMessage, Delivery, InvocationOfRecord, MessageAttribute } from './delivery.ts'
export {
  type DroppedPart,
  isCommitFailure,
  StoreClosedError,
  StoreCorruptError,
  StoreInUseError,
  StoreWriteError,
} from './errors.ts'
export { type History, type HistoryBounds, MOST_PAYLOAD_BYTES, openHistory } from './history.ts'
export { createMemoryHistory } from './memoryHistory.ts'
export type { OpenOptions } from './openBacking.ts'
export type * from './types.ts'
