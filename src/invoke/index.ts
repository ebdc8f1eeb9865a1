export type { AsynchronousEvent } from './asynchronousEvent.ts'
export { type AsynchronousQueue, createAsynchronousQueue } from './asynchronousQueue.ts'
export { type ConcurrencyGate, type ConcurrencyLimits, createConcurrencyGate } from './concurrencyGate.ts'
export {
  createDeliver,
  type Deliver,
  type DeliveredMessage,
  type Deliverer,
  type Delivery,
} from './deliver.ts'
export type { Outcome, ThrottleReason } from './outcome.ts'
export { type Invocation, type RunDependencies, runInvocation } from './runInvocation.ts'
