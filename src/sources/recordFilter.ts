import {
  compilePattern,
  eventSourceMapping,
  isObject,
  type Pattern,
  PatternError,
} from '../patterns/index.ts'
import type { JsonObject, JsonValue } from '../system/index.ts'

/** Whether a record is for the function. */
export type RecordFilter = (record: JsonObject) => boolean

/** The content of a record is JSON, plain text or not there, and each wants its own kind of pattern. */
type ContentKind = 'json' | 'text' | 'none'

/** What a filter does that asks for content of another kind than the record has. */
export type Mismatch =
  /** The record does not match. */
  | 'drops'
  /** Only what the filter says about everything else counts. */
  | 'looks away'

/** Where the content of a record is, and how filters treat it. */
export interface ContentRules {
  readonly contentKey: string
  readonly mismatch: Mismatch
}

/**
 * Compiles the filters of a mapping, JSON texts of which a record has to match one, or none at all (Lambda Developer
 * Guide, "Using event filtering with an Amazon SQS event source"). The record's `contentKey` holds text; JSON in it is
 * parsed for the patterns, and only for them. Where content and pattern are of different kinds, one JSON and the other
 * text, the record does not match, or the pattern looks at the rest only: see {@link Mismatch}. Throws
 * {@link PatternError} with the reason.
 */
export function compileFilters(
  patterns: readonly string[],
  contentKey: string,
  mismatch: Mismatch = 'drops',
): RecordFilter {
  if (patterns.length === 0) return () => true
  const filters = patterns.map((text) => compileFilter(text, { contentKey, mismatch }))
  const looksAtContent = filters.some((filter) => filter.looksAtContent)
  return (record) => {
    const json = looksAtContent ? jsonIn(record[contentKey]) : undefined
    const kind = kindOf(record[contentKey], json)
    const seen = json === undefined ? record : { ...record, [contentKey]: json }
    return filters.some((filter) => filter[kind].matches(seen))
  }
}

function kindOf(content: JsonValue | undefined, json: JsonValue | undefined): ContentKind {
  if (json !== undefined) return 'json'
  return content === undefined ? 'none' : 'text'
}

interface CompiledFilter extends Readonly<Record<ContentKind, Pattern>> {
  readonly looksAtContent: boolean
}

const ANYTHING: Pattern = { matches: () => true, textsOf: () => undefined }

function compileFilter(text: string, rules: ContentRules): CompiledFilter {
  const pattern = parsePattern(text)
  const whole = compilePattern(pattern, eventSourceMapping)
  const only = (kind: ContentKind): Pattern => {
    const fitting = withoutOtherKinds(pattern, rules, kind)
    if (fitting === undefined) return whole
    return Object.keys(fitting).length === 0 ? ANYTHING : compilePattern(fitting, eventSourceMapping)
  }
  // A record without its content is judged by the patterns as they are, unless these are to look away.
  const ofKind = {
    json: only('json'),
    text: only('text'),
    none: rules.mismatch === 'drops' ? only('text') : only('none'),
  }
  return { ...ofKind, looksAtContent: ofKind.json !== whole || ofKind.text !== whole }
}

function parsePattern(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    throw new PatternError(error instanceof Error ? error.message : String(error))
  }
}

/** A field that no record has: what asks for it never matches. */
const NOWHERE = { '\u0000': [{ exists: true }] } as const

/**
 * The pattern for content of one kind: what it says about content of the other kind is made impossible, so that even
 * `{"exists": false}` does not hold, or is left out. `undefined` when nothing had to be changed; an empty object when
 * nothing is left.
 */
function withoutOtherKinds(
  pattern: JsonValue,
  rules: ContentRules,
  kind: ContentKind,
): JsonObject | undefined {
  if (!isObject(pattern)) return undefined
  const { contentKey, mismatch } = rules
  const instead = mismatch === 'drops' ? Object.entries(NOWHERE) : []
  let isChanged = false
  const entries = Object.entries(pattern).flatMap(([key, value]): [string, JsonValue][] => {
    if (value === undefined) return []
    if (key === '$or' && Array.isArray(value)) {
      const alternatives = (value as readonly JsonValue[]).map((one) => {
        const changed = withoutOtherKinds(one, rules, kind)
        isChanged ||= changed !== undefined
        return changed ?? one
      })
      // One that asks for nothing any more always holds, and so does the choice.
      const isOpen = alternatives.some((one) => isObject(one) && Object.keys(one).length === 0)
      return isOpen && isChanged ? [] : [[key, alternatives]]
    }
    const isContent = key === contentKey || key.startsWith(`${contentKey}.`)
    const wanted: ContentKind = isObject(value) || key !== contentKey ? 'json' : 'text'
    if (!isContent || wanted === kind) return [[key, value]]
    isChanged = true
    return instead
  })
  return isChanged ? Object.fromEntries(entries) : undefined
}

/** The object or list that a text holds as JSON. A lone number or word is text: no field can be asked of it. */
function jsonIn(content: JsonValue | undefined): JsonValue | undefined {
  if (typeof content !== 'string' || !/^\s*[{[]/.test(content)) return undefined
  try {
    return JSON.parse(content) as JsonValue
  } catch {
    return undefined
  }
}
