import { PatternError } from '../patterns/index.ts'
import type { EventComplaint, JsonSchema } from '../spec/index.ts'
import type { JsonObject } from '../system/index.ts'
import { compileFilters, type FilteredContent } from './recordFilter.ts'

/** `filterPatterns` of an event: as written, or as JSON text. */
export type FilterPatterns = readonly (JsonObject | string)[]

const MOST_PATTERN_CHARACTERS = 4_096

/** The filter patterns as JSON texts. */
export const filtersOf = (patterns: FilterPatterns = []): readonly string[] =>
  patterns.map((pattern) => (typeof pattern === 'string' ? pattern : JSON.stringify(pattern)))

/** What is wrong with the patterns of an event; `example` is one that would do. */
export function complaintsAboutFilters(
  patterns: FilterPatterns | undefined,
  content: FilteredContent,
  example: string,
): EventComplaint[] {
  return filtersOf(patterns).flatMap((text, index) =>
    complaintsAboutFilter(text, content, example).map((about) => ({
      path: ['filterPatterns', index],
      ...about,
    })),
  )
}

function complaintsAboutFilter(
  text: string,
  content: FilteredContent,
  example: string,
): Omit<EventComplaint, 'path'>[] {
  if (text.length > MOST_PATTERN_CHARACTERS) {
    const message = `the pattern has ${text.length} characters as JSON`
    return [{ message, hint: `expected at most ${MOST_PATTERN_CHARACTERS}` }]
  }
  try {
    compileFilters([text], content)
    return []
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    const hint = `expected a pattern such as \`${example}\`: ${error.message}`
    return [{ message: 'Invalid filter pattern definition.', hint }]
  }
}

/** The schema of `filterPatterns`. */
export function filterPatternsSchema(
  description: string,
  ofOne: string,
  example: Readonly<Record<string, unknown>>,
): JsonSchema {
  return {
    type: 'array',
    description,
    items: {
      description: ofOne,
      oneOf: [
        { type: 'object', description: 'A mapping of fields to lists.', additionalProperties: true },
        { type: 'string', description: 'JSON text.', minLength: 1 },
      ],
      examples: [example],
    },
    minItems: 1,
    maxItems: 10,
    examples: [[example]],
  }
}
