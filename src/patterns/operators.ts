import type { JsonObject, JsonValue } from '../system/index.ts'
import { compileCidr } from './cidr.ts'
import type { Dialect, RestrictedOperator } from './dialect.ts'
import { comparable, compileNumeric } from './numeric.ts'
import { PatternError } from './patternError.ts'
import { isList, isObject, ofText, type ValueTest } from './scalar.ts'
import { compileWildcard, type Wildcard } from './wildcard.ts'

/** What one operator comes to. */
export type Expression =
  | { readonly kind: 'test'; readonly test: ValueTest; readonly wildcard?: Wildcard }
  /** `{"exists": false}`: the field must not be there. */
  | { readonly kind: 'absent' }

/** Compiles an operator, such as `{"prefix": "a"}`. */
export function compileExpression(expression: JsonObject, dialect: Dialect): Expression {
  const [name] = Object.keys(expression)
  if (name === undefined) throw new PatternError('Match expression name not found')
  const compile = Object.hasOwn(operators, name) ? operators[name] : undefined
  if (!compile) throw new PatternError(`Unrecognized match type ${name}`)
  const compiled = compile(expression[name], dialect)
  onlyKeyOf(expression, name === 'numeric' || name === 'anything-but')
  return compiled
}

type Compile = (value: JsonValue | undefined, dialect: Dialect) => Expression

const operators: Readonly<Record<string, Compile>> = {
  exactly(value) {
    const text = textOf(value, 'exact match pattern must be a string')
    return test((field) => field === text)
  },
  prefix: (value) => test(affix('prefix', value)),
  suffix: (value) => test(affix('suffix', value)),
  'equals-ignore-case'(value) {
    const text = folded(textOf(value, 'equals-ignore-case match pattern must be a string'))
    return test(ofText((field) => folded(field) === text))
  },
  numeric: (value) => test(compileNumeric(value)),
  exists(value) {
    if (typeof value !== 'boolean')
      throw new PatternError('exists match pattern must be either true or false.')
    return value ? test(() => true) : { kind: 'absent' }
  },
  cidr(value, dialect) {
    refuse('cidr', dialect)
    return test(compileCidr(textOf(value, 'prefix match pattern must be a string')))
  },
  wildcard(value, dialect) {
    refuse('wildcard', dialect)
    const wildcard = compileWildcard(textOf(value, wildcardMustBeText))
    return { kind: 'test', test: ofText((field) => wildcard.matches(field)), wildcard }
  },
  'anything-but': (value, dialect) => test(anythingBut(value, dialect)),
}

const wildcardMustBeText = 'wildcard match pattern must be a string'

const test = (valueTest: ValueTest): Expression => ({ kind: 'test', test: valueTest })

const folded = (text: string): string => text.toLowerCase()

function textOf(value: JsonValue | undefined, otherwise: string): string {
  if (typeof value !== 'string') throw new PatternError(otherwise)
  return value
}

function onlyKeyOf(expression: JsonObject, isNumeric = false): void {
  if (Object.keys(expression).length === 1) return
  throw new PatternError(
    isNumeric ? 'Too many elements in numeric expression' : 'Only one key allowed in match expression',
  )
}

function refuse(operator: RestrictedOperator, dialect: Dialect): void {
  if (dialect.refused.has(operator)) throw new PatternError(`The operator ${operator} is not supported here`)
}

/** `prefix` or `suffix`, which may ignore the case. */
function affix(name: 'prefix' | 'suffix', value: JsonValue | undefined): ValueTest {
  if (!isObject(value)) {
    const text = textOf(value, `${name} match pattern must be a string`)
    return ofText((field) => hasAffix[name](field, text))
  }
  const [inner] = Object.keys(value)
  if (inner === undefined)
    throw new PatternError(`${name === 'prefix' ? 'Prefix' : 'Suffix'} expression name not found`)
  if (inner !== 'equals-ignore-case') throw new PatternError(`Unsupported ${name} pattern: ${inner}`)
  const text = folded(textOf(value[inner], 'equals-ignore-case match pattern must be a string'))
  onlyKeyOf(value)
  return ofText((field) => hasAffix[name](folded(field), text))
}

const hasAffix = {
  prefix: (field: string, text: string) => field.startsWith(text),
  suffix: (field: string, text: string) => field.endsWith(text),
} as const

// ---- anything-but ------------------------------------------------------------------------------------------------

/** Passes what is there and is none of these: other kinds of values, null among them, pass. */
function anythingBut(value: JsonValue | undefined, dialect: Dialect): ValueTest {
  if (isObject(value)) return anythingButOperator(value, dialect)
  const values = listed(value)
  for (const each of values)
    if (typeof each !== 'string' && typeof each !== 'number')
      throw new PatternError('Inside anything but list, start|null|boolean is not supported.')
  const kinds = new Set(values.map((each) => typeof each))
  if (kinds.size !== 1)
    throw new PatternError(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    )
  const excluded = new Set(values.map((each) => (typeof each === 'number' ? comparable(each) : each)))
  return (field) => !excluded.has(field)
}

function anythingButOperator(expression: JsonObject, dialect: Dialect): ValueTest {
  refuse('anything-but of an operator', dialect)
  const [name] = Object.keys(expression)
  if (name === undefined) throw new PatternError('Anything-But expression name not found')
  const compile = Object.hasOwn(negatable, name) ? negatable[name] : undefined
  if (!compile) throw new PatternError(`Unsupported anything-but pattern: ${name}`)
  const tests = listed(expression[name]).map(compile)
  onlyKeyOf(expression, true)
  return (field) => typeof field !== 'string' || !tests.some((isExcluded) => isExcluded(field))
}

const affixMustBeText = 'prefix/suffix match pattern must be a string'

const negatable: Readonly<Record<string, (value: JsonValue) => (field: string) => boolean>> = {
  prefix(value) {
    const text = nonEmpty(textOf(value, affixMustBeText))
    return (field) => field.startsWith(text)
  },
  suffix(value) {
    const text = nonEmpty(textOf(value, affixMustBeText))
    return (field) => field.endsWith(text)
  },
  'equals-ignore-case'(value) {
    const text = folded(
      textOf(
        value,
        'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
      ),
    )
    return (field) => folded(field) === text
  },
  wildcard(value) {
    const wildcard = compileWildcard(textOf(value, wildcardMustBeText))
    return (field) => wildcard.matches(field)
  },
}

function nonEmpty(text: string): string {
  if (text === '') throw new PatternError('Null prefix/suffix not allowed')
  return text
}

/** A single value is a list of one. */
function listed(value: JsonValue | undefined): readonly JsonValue[] {
  if (isList(value)) return value
  if (typeof value === 'string' || typeof value === 'number') return [value]
  throw new PatternError('Value of anything-but must be an array or single string/number value.')
}
