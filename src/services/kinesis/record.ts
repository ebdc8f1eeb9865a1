import type { LogRecord } from '../../store/index.ts'
import { sequenceNumberOf } from './sequenceNumbers.ts'
import type { Shard } from './stream.ts'

/** A record of a Kinesis stream, as code in this process reads it. */
export interface KinesisRecord {
  /** Decimal digits; ascending within a shard, and from a shard to those that came from it. */
  readonly sequenceNumber: string
  readonly partitionKey: string
  readonly data: Uint8Array
  /** Epoch milliseconds. */
  readonly arrivedMs: number
  /** The invocation that put it, if a handler did. */
  readonly cause: string | undefined
}

/** A record of the log as this process reads it. */
export const kinesisRecord = (
  { prefix }: Shard,
  { sequence, key, data, atMs, meta }: LogRecord,
): KinesisRecord => ({
  sequenceNumber: sequenceNumberOf(prefix, sequence),
  partitionKey: key,
  data,
  arrivedMs: atMs,
  cause: meta?.['c'] as string | undefined,
})
