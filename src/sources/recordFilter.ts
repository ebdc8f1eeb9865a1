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

/** What the patterns of a kind of source see of a record (event-source-mappings reference, section 6.1). */
export interface FilteredContent {
  /** The key under which patterns ask for the content: `body`, `data`, `dynamodb`. */
  readonly key: string
  /** Whether the content may be plain text, which a list under the key is for: `{"body": ["hello"]}`. */
  readonly mayBeText: boolean
  /** Where content is of another kind than a pattern wants, only what the pattern says about everything else counts. */
  readonly looksAway?: boolean
  /** The record with its content under the key: a text, in which JSON is looked for, or an object. */
  view(record: JsonObject): JsonObject
}

/**
 * Compiles the filters of a mapping, JSON texts of which a record has to match one, or none at all (Lambda Developer
 * Guide, "Control which events Lambda sends to your function"). JSON in the record's content is parsed for the patterns,
 * and only for them. Where content and pattern are of different kinds, one JSON and the other text, the record does not
 * match, unless the source `looksAway`. Throws {@link PatternError} with the reason.
 */
export function compileFilters(patterns: readonly string[], content: FilteredContent): RecordFilter {
  if (patterns.length === 0) return () => true
  const filters = patterns.map((text) => compileFilter(text, content))
  const looksAtContent = filters.some((filter) => filter.looksAtContent)
  return (record) => {
    const view = content.view(record)
    const json = looksAtContent ? jsonIn(view[content.key]) : undefined
    const kind = kindOf(view[content.key], json)
    const seen = json === undefined ? view : { ...view, [content.key]: json }
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

function compileFilter(text: string, { key, mayBeText, looksAway = false }: FilteredContent): CompiledFilter {
  const pattern = parsePattern(text)
  const whole = compilePattern(pattern, eventSourceMapping)
  if (!mayBeText && withoutOtherKinds(pattern, key, 'json', false) !== undefined)
    throw new PatternError(`"${key}" must be an object`)
  const only = (kind: ContentKind): Pattern => {
    const fitting = withoutOtherKinds(pattern, key, kind, looksAway)
    if (fitting === undefined) return whole
    return Object.keys(fitting).length === 0 ? ANYTHING : compilePattern(fitting, eventSourceMapping)
  }
  // A record without its content is judged by the patterns as they are, unless these are to look away.
  const ofKind = { json: only('json'), text: only('text'), none: only(looksAway ? 'none' : 'text') }
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
 * `{"exists": false}` does not hold, or, where the source looks away, left out. `undefined` when nothing had to be
 * changed; an empty object when nothing is left.
 */
function withoutOtherKinds(
  pattern: JsonValue,
  contentKey: string,
  kind: ContentKind,
  looksAway: boolean,
): JsonObject | undefined {
  if (!isObject(pattern)) return undefined
  let isChanged = false
  const entries = Object.entries(pattern).flatMap(([key, value]): [string, JsonValue][] => {
    if (value === undefined) return []
    if (key === '$or' && Array.isArray(value)) {
      const alternatives = (value as readonly JsonValue[]).map((one) => {
        const changed = withoutOtherKinds(one, contentKey, kind, looksAway)
        isChanged ||= changed !== undefined
        return changed ?? one
      })
      // One that asks for nothing any more always holds, and so does the choice.
      const isOpen = looksAway && alternatives.some((one) => isObject(one) && Object.keys(one).length === 0)
      return isOpen ? [] : [[key, alternatives]]
    }
    const isContent = key === contentKey || key.startsWith(`${contentKey}.`)
    const wanted: ContentKind = isObject(value) || key !== contentKey ? 'json' : 'text'
    if (!isContent || wanted === kind) return [[key, value]]
    isChanged = true
    return looksAway ? [] : Object.entries(NOWHERE)
  })
  return isChanged ? Object.fromEntries(entries) : undefined
}

/** An object, or the object or list that a text holds. A lone number or word is text: no field can be asked of it. */
function jsonIn(content: JsonValue | undefined): JsonValue | undefined {
  if (isObject(content)) return content
  if (typeof content !== 'string' || !/^\s*[{[]/.test(content)) return undefined
  try {
    return JSON.parse(content) as JsonValue
  } catch {
    return undefined
  }
}
