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
