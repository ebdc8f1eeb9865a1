import type { JsonObject } from '../../system/index.ts'
import type { Identity } from './arns.ts'

/** What is to become an event. */
export interface NewEvent {
  readonly source: string
  readonly detailType: string
  readonly detail: JsonObject
  readonly resources?: readonly string[]
  /** Default: now. */
  readonly timeMs?: number
}

/** An event as targets get it. */
export interface BusEvent extends JsonObject {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  /** Whole seconds: `2024-04-28T07:20:20Z`. */
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: JsonObject
}

export const busEventOf = (event: NewEvent, id: string, nowMs: number, identity: Identity): BusEvent => ({
  version: '0',
  id,
  'detail-type': event.detailType,
  source: event.source,
  account: identity.accountId,
  time: `${new Date(event.timeMs ?? nowMs).toISOString().slice(0, 19)}Z`,
  region: identity.region,
  resources: event.resources ?? [],
  detail: event.detail,
})

/** What an entry counts toward the limit (EventBridge User Guide, "Calculating PutEvents event entry size"). */
export const entryBytes = (entry: {
  readonly Time?: unknown
  readonly Source?: string
  readonly DetailType?: string
  readonly Detail?: string
  readonly Resources?: readonly string[]
}): number =>
  (entry.Time === undefined ? 0 : timeBytes) +
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    0,
  )

const timeBytes = 14
