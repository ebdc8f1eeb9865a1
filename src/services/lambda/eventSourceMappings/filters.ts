import { compilePattern, eventSourceMapping, isObject, PatternError } from '../../../patterns/index.ts'
import type { JsonValue } from '../../../system/index.ts'
import * as errors from '../errors.ts'
import type { SourceKind } from './sourceKind.ts'

const MOST_FILTERS = 10

/** Where a stream's record has its content, which is always JSON to a filter: a pattern of plain text says nothing there. */
const CONTENT: Readonly<Partial<Record<SourceKind, string>>> = { kinesis: 'data', dynamodb: 'dynamodb' }

/** Checks the filters of a mapping: JSON texts that are patterns. */
export function checkFilters(kind: SourceKind, filters: readonly string[]): void {
  if (filters.length > MOST_FILTERS)
    throw errors.invalidParameterValue(`A mapping has at most ${MOST_FILTERS} filters.`)
  for (const text of filters) if (!isPattern(kind, text)) throw invalidPattern()
}

function isPattern(kind: SourceKind, text: string): boolean {
  try {
    const pattern = JSON.parse(text) as JsonValue
    compilePattern(pattern, eventSourceMapping)
    const content = CONTENT[kind]
    return content === undefined || !asksForText(pattern, content)
  } catch (error) {
    if (error instanceof PatternError || error instanceof SyntaxError) return false
    throw error
  }
}

/** Whether a pattern, or one that it gives a choice of, has a list of texts where the content is. */
function asksForText(pattern: JsonValue, content: string): boolean {
  if (!isObject(pattern)) return false
  return Object.entries(pattern).some(([key, value]) =>
    key === '$or' && Array.isArray(value)
      ? (value as readonly JsonValue[]).some((one) => asksForText(one, content))
      : key === content && !isObject(value),
  )
}

const invalidPattern = (): Error => errors.invalidParameterValue('Invalid filter pattern definition.')
