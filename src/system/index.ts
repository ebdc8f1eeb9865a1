export {
  type Chain,
  type ChainGraph,
  chainOf,
  type ChainLink,
  createChainGraph,
  linksOf,
  type LinkKind,
  subjectsOf,
} from './chain.ts'
export { type Activity, createActivity, parkedWhile, type Work } from './activity.ts'
export { type Clock, type ClockMode, type ControlledClock, createClock, sleep, type Timer } from './clock.ts'
export { createIds, type Ids } from './ids.ts'
export type { JsonObject, JsonValue } from './json.ts'
export { createLedger, type Ledger } from './ledger.ts'
export type { LedgerEntry, LedgerFact } from './ledgerEntry.ts'
export { type Log, silentLog } from './log.ts'
export { afterRealMs, stopwatchMs, wallClockMs } from './realTime.ts'
export { SortedMap } from './sortedMap.ts'
