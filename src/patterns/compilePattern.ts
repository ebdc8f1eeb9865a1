import type { JsonObject, JsonValue } from '../system/index.ts'
import type { Dialect } from './dialect.ts'
import { beginningsOf, fieldsOf } from './eventFields.ts'
import { compileField, type FieldTest } from './fieldTest.ts'
import { type Branch, holds } from './matchFields.ts'
import { PatternError } from './patternError.ts'
import { isList, isObject } from './scalar.ts'

/** A pattern that was understood. */
export interface Pattern {
  /** Whether the event matches; what is no JSON object never does. */
  matches(event: JsonValue): boolean
  /** When only events whose field `name` is one of some texts can match, these texts: to look patterns up by. */
  textsOf(name: string): readonly string[] | undefined
}

/** More combinations of `$or` than this are refused. */
const mostBranches = 1_000

/**
 * Compiles an event pattern (EventBridge User Guide, "Creating event patterns"; Lambda Developer Guide, "Control which
 * events Lambda sends to your function"). Throws {@link PatternError} with AWS's reason.
 * @example compilePattern({ source: ['shop'], detail: { total: [{ numeric: ['>', 100] }] } }, eventBridge)
 */
export function compilePattern(pattern: JsonValue, dialect: Dialect): Pattern {
  if (!isObject(pattern)) throw new PatternError('Filter is not an object')
  const branches = withObject([new Map()], undefined, pattern, dialect)
  const wanted = beginningsOf(branches.flatMap((branch) => [...branch.keys()]))
  return {
    matches(event) {
      if (!isObject(event)) return false
      const fields = fieldsOf(event, wanted)
      return branches.some((branch) => holds(branch, fields))
    },
    textsOf(name) {
      const each = branches.map((branch) => branch.get(name)?.texts)
      return each.every((texts) => texts !== undefined) ? [...new Set(each.flat())] : undefined
    },
  }
}

type Branches = readonly ReadonlyMap<string, FieldTest>[]

function withObject(
  branches: Branches,
  path: string | undefined,
  object: JsonObject,
  dialect: Dialect,
): readonly Branch[] {
  const entries = Object.entries(object)
  if (entries.length === 0) throw new PatternError('Empty objects are not allowed')
  return entries.reduce((sum, [key, value]) => withEntry(sum, path, key, value, dialect), branches)
}

function withEntry(
  branches: Branches,
  path: string | undefined,
  key: string,
  value: JsonValue | undefined,
  dialect: Dialect,
): Branches {
  if (isAlternatives(key, value)) {
    const forked = value.flatMap((alternative) => withObject(branches, path, alternative, dialect))
    if (forked.length > mostBranches)
      throw new PatternError(
        `Too many combinations of $or: ${forked.length}, of ${mostBranches} that are allowed`,
      )
    return forked
  }
  const name = path === undefined ? key : `${path}.${key}`
  if (isObject(value)) return withObject(branches, name, value, dialect)
  if (!isList(value)) throw new PatternError(`"${key}" must be an object or an array`)
  const test = compileField(value, dialect)
  return branches.map((branch) => new Map(branch).set(name, test))
}

/** `$or` is a field like any other unless it holds two or more objects of fields. */
const isAlternatives = (key: string, value: JsonValue | undefined): value is readonly JsonObject[] =>
  key === '$or' && isList(value) && value.length >= 2 && value.every(isAlternative)

const isAlternative = (value: JsonValue): boolean =>
  isObject(value) && !Object.keys(value).some((key) => reservedNames.has(key))

/** Names that the language keeps for operators, of today or to come, where they stand under `$or`. */
const reservedNames: ReadonlySet<string> = new Set([
  'exactly',
  'equals-ignore-case',
  'prefix',
  'suffix',
  'anything-but',
  'exists',
  'wildcard',
  'numeric',
  'cidr',
  '=',
  '<',
  '<=',
  '>',
  '>=',
  'regex',
  'not-wildcard',
  'not-equals-ignore-case',
  'date-after',
  'date-on-or-after',
  'date-before',
  'date-on-or-before',
  'in-date-range',
  'ip-address-in-range',
  'ip-address-not-in-range',
])
