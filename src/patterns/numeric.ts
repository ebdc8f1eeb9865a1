import type { JsonValue } from '../system/index.ts'
import { PatternError } from './patternError.ts'
import { isList, type ValueTest } from './scalar.ts'

const largest = 5e9
const decimals = 6

/** Compiles the value of `numeric`: `["=", 5]`, `[">", 0]`, `[">=", 0, "<", 100]`. Only JSON numbers pass. */
export function compileNumeric(expression: JsonValue | undefined): ValueTest {
  if (!isList(expression)) throw new PatternError('Value of numeric must be an array.')
  const [operator, operand, ...rest] = expression
  if (typeof operator !== 'string')
    throw new PatternError(
      `Invalid member in numeric match: ${expression.length === 0 ? ']' : shown(operator)}`,
    )
  const bound = numberFor(operator, operand)
  switch (operator) {
    case '=':
      return alone(rest, (value) => value === bound)
    case '<':
      return alone(rest, (value) => value < bound)
    case '<=':
      return alone(rest, (value) => value <= bound)
    case '>':
      return both((value) => value > bound, upperBound(rest, bound))
    default:
      return both((value) => value >= bound, upperBound(rest, bound))
  }
}

/** A number that the comparison can hold: within five billion, six digits after the point. */
export function comparable(value: JsonValue | undefined): number {
  const number = value as number
  if (Math.abs(number) > largest) throw new PatternError('Value must be between -5.0E9 and 5.0E9, inclusive')
  if (!isComparable(number)) throw new PatternError('Only values upto 6 decimals are supported')
  return number
}

const isComparable = (value: number): boolean =>
  Math.abs(value) <= largest && Number(value.toFixed(decimals)) === value

function numberFor(operator: string, operand: JsonValue | undefined): number {
  if (!['=', '<', '<=', '>', '>='].includes(operator))
    throw new PatternError(`Unrecognized numeric range operator: ${operator}`)
  if (typeof operand !== 'number')
    throw new PatternError(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`)
  return comparable(operand)
}

type NumberTest = (value: number) => boolean

function alone(rest: readonly JsonValue[], test: NumberTest): ValueTest {
  if (rest.length > 0) throw new PatternError('Too many elements in numeric expression')
  return both(test, undefined)
}

const both =
  (lower: NumberTest, upper: NumberTest | undefined): ValueTest =>
  (value) =>
    typeof value === 'number' && isComparable(value) && lower(value) && (upper?.(value) ?? true)

/** What may stand behind a lower bound. */
function upperBound(rest: readonly JsonValue[], bottom: number): NumberTest | undefined {
  if (rest.length === 0) return undefined
  const [operator, operand, ...surplus] = rest
  if (typeof operator !== 'string') throw new PatternError(`Bad value in numeric range: ${shown(operator)}`)
  if (operator !== '<' && operator !== '<=') throw new PatternError(`Bad numeric range operator: ${operator}`)
  const top = numberFor(operator, operand)
  if (surplus.length > 0) throw new PatternError('Too many terms in numeric range expression')
  if (bottom >= top) throw new PatternError('Bottom must be less than top')
  return operator === '<' ? (value) => value < top : (value) => value <= top
}

const shown = (value: JsonValue | undefined): string =>
  typeof value === 'object' && value !== null ? (Array.isArray(value) ? '[' : '{') : String(value)
