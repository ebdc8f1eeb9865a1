import type { DynamoDbStreamRecord } from '../services/dynamodbStreams/index.ts'
import type { JsonObject, JsonValue } from '../system/index.ts'
import { defineStream } from './defineStream.ts'
import { compileFilters } from './recordFilter.ts'
import { type StreamConfig, streamSettings } from './streamConfig.ts'
import { itemChange } from './streamContent.ts'
import { streamFragment } from './streamFragment.ts'

/** The stream of a DynamoDB table as an event source (Lambda Developer Guide, "Using Lambda with Amazon DynamoDB"). */
export const dynamodb = defineStream<StreamConfig, DynamoDbStreamRecord>({
  name: 'dynamodb',
  config: streamFragment,
  examples: [
    { table: 'carts' },
    { type: 'dynamodb', stream: 'carts', startingPosition: 'LATEST' },
    {
      arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/carts/stream/2026-01-01T10:00:00.123',
      filterPatterns: [{ eventName: ['INSERT'] }],
      destinations: { onFailure: { type: 'sns', arn: 'arn:aws:sns:us-east-1:000000000000:alerts' } },
    },
  ],
  settings: streamSettings,
  filter: ({ filters }) => compileFilters(filters, itemChange),
  sequenceNumber: (record) => record.sequenceNumber,
  orderKey: (record) => record.itemKey,
  arrivedMs: (record) => record.arrivedMs,
  cause: (record) => record.cause,
  record: ({ record, streamArn }, { settings }) => ({
    ...withLowerCaseIdentity(record),
    eventSourceARN: streamArn ?? settings.streamArn,
  }),
  failure: { infoMember: 'DDBStreamBatchInfo', time: (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z` },
})

/** The API says `Type` and `PrincipalId` where the event of Lambda says `type` and `principalId`. */
function withLowerCaseIdentity(record: JsonObject): JsonObject {
  const { userIdentity } = record as { readonly userIdentity?: JsonObject }
  if (userIdentity === undefined || userIdentity === null) return record
  const entries = Object.entries(userIdentity).map(([key, value]): [string, JsonValue | undefined] => [
    `${key.charAt(0).toLowerCase()}${key.slice(1)}`,
    value,
  ])
  return { ...record, userIdentity: Object.fromEntries(entries) }
}
