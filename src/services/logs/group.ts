import type { JsonObject } from '../../system/index.ts'
import { Gate } from '../gate.ts'
import type { LogEvent } from './event.ts'

/** What the store holds of a log group. */
export interface GroupRecord extends JsonObject {
  /** Names its events in the store: a group that is created again does not get the old one's. */
  readonly id: string
  readonly createdMs: number
  readonly tags: Readonly<Record<string, string>>
  readonly retentionDays?: number
  /** What `lambda.yml` said last; another word of it counts again. */
  readonly declaredDays?: number
  readonly keyId?: string
  readonly isProtected?: true
  /** How many streams were ever created. */
  readonly streamsEver: number
}

/** What the store holds of a stream that somebody created. Those of functions are known by their lines. */
export interface StreamRecord extends JsonObject {
  /** Of its group, from 1. */
  readonly number: number
  readonly createdMs: number
  readonly firstMs?: number
  readonly lastMs?: number
  readonly ingestedMs?: number
  /** Of its events, as AWS counts them. */
  readonly bytes: number
}

export interface LogGroup {
  readonly name: string
  /** Without `:*`. */
  readonly arn: string
  record: GroupRecord
  readonly streams: Map<string, LogStream>
}

export interface LogStream {
  readonly name: string
  record: StreamRecord
  /** One put at a time. */
  readonly gate: Gate
  /** In order; `undefined` until somebody reads. */
  events: LogEvent[] | undefined
}

export const streamOf = (name: string, record: StreamRecord): LogStream => ({
  name,
  record,
  gate: new Gate(),
  events: undefined,
})

export const dayMs = 24 * 60 * 60 * 1_000

/** Events before this time are no longer there. */
export const horizonMs = ({ record }: LogGroup, nowMs: number): number =>
  record.retentionDays === undefined ? 0 : nowMs - record.retentionDays * dayMs
