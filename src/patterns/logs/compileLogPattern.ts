import { compileJsonFields } from './jsonFields.ts'
import type { LogPattern } from './logPattern.ts'
import { compileSpacedFields } from './spacedFields.ts'
import { compileTerms } from './terms.ts'

/**
 * Compiles a filter pattern (CloudWatch Logs User Guide, "Filter pattern syntax"); an empty one matches everything.
 * Throws a PatternError with AWS's text.
 * @example compileLogPattern('{ $.level = "ERROR" }').matches('{"level":"ERROR"}')
 */
export function compileLogPattern(text: string): LogPattern {
  const pattern = text.trim()
  if (pattern.startsWith('{')) return compileJsonFields(pattern)
  if (pattern.startsWith('[')) return compileSpacedFields(pattern)
  const matches = pattern === '' ? () => true : compileTerms(pattern)
  return { matches, extract: (message) => (matches(message) ? {} : undefined) }
}
