import { isUtf8 } from 'node:buffer'
import type { JsonObject } from '../system/index.ts'
import type { FilteredContent } from './recordFilter.ts'

/**
 * Content that stands in the event in Base64: patterns see it decoded. What is no UTF-8 is of a kind that no pattern is
 * for, so that it is as if it were not there.
 */
const decoded = (key: string) => ({
  key,
  mayBeText: true,
  view(record: JsonObject): JsonObject {
    const { [key]: content, ...others } = record
    if (typeof content !== 'string') return record
    const bytes = Buffer.from(content, 'base64')
    return isUtf8(bytes) ? { ...others, [key]: bytes.toString() } : others
  },
})

/** Of messages of Amazon MQ. */
export const messageContent: FilteredContent = decoded('data')

/** Of records of Kafka: where value and pattern do not fit, only the rest counts. */
export const kafkaContent: FilteredContent = { ...decoded('value'), looksAway: true }
