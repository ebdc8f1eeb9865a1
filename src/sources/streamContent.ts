import type { FilteredContent } from './recordFilter.ts'

/**
 * Patterns for records of Kinesis find the data, decoded, at the top of the record, and there as well what else is under
 * `kinesis`: `{"data": {"kind": ["buy"]}, "partitionKey": ["user-1"]}`.
 */
export const recordData: FilteredContent = {
  key: 'data',
  mayBeText: false,
  view(record) {
    const own = record['kinesis'] as { readonly data: string }
    return { ...record, ...own, data: Buffer.from(own.data, 'base64').toString() }
  },
}

/** Patterns for changes of DynamoDB items see the record as the function does; it is JSON from the start. */
export const itemChange: FilteredContent = { key: 'dynamodb', mayBeText: false, view: (record) => record }
