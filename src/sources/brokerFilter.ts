import { isUtf8 } from 'node:buffer'
import type { JsonObject, JsonValue } from '../system/index.ts'
import { type ContentRules, compileFilters, type RecordFilter } from './recordFilter.ts'

/**
 * Compiles filters for records whose content stands in the event in Base64: the patterns see it decoded. What is no
 * UTF-8 is of a kind that no pattern is for.
 */
export function decodedFilter(patterns: readonly string[], rules: ContentRules): RecordFilter {
  const matches = compileFilters(patterns, rules.contentKey, rules.mismatch)
  if (patterns.length === 0) return matches
  return (record) => matches(decoded(record, rules.contentKey))
}

function decoded(record: JsonObject, key: string): JsonObject {
  const content: JsonValue | undefined = record[key]
  if (typeof content !== 'string') return record
  const bytes = Buffer.from(content, 'base64')
  const { [key]: _, ...others } = record
  return isUtf8(bytes) ? { ...record, [key]: bytes.toString() } : others
}
