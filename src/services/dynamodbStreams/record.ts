import type { JsonObject } from '../../system/index.ts'

/** A record of a DynamoDB stream, as code in this process reads it. */
export interface DynamoDbStreamRecord {
  /** Decimal digits; ascending within a shard. */
  readonly sequenceNumber: string
  /** The item's keys as JSON text: changes of one item stay in order. */
  readonly itemKey: string
  /** As `GetRecords` answers it: `eventID`, `eventName`, `eventVersion`, `eventSource`, `awsRegion`, `dynamodb`. */
  readonly record: JsonObject
  /** When the item was changed, epoch milliseconds. */
  readonly arrivedMs: number
  /** The invocation that changed the item, if a handler did. */
  readonly cause: string | undefined
  /** Of the stream that it is from, where a reader was asked for the newest stream of a table. */
  readonly streamArn?: string
}
