import type { JsonValue } from '../../system/index.ts'
import { takeComparison } from './comparison.ts'
import { Cursor, invalidPattern } from './cursor.ts'
import { takeExpression } from './expression.ts'
import type { LogPattern } from './logPattern.ts'
import { RegularExpressions } from './regularExpression.ts'
import { type Selector, takeSelector } from './selector.ts'

type Test = (message: JsonValue) => boolean

/** Compiles `{ $.level = "ERROR" && $.latency > 100 }`; messages that are no JSON never match. */
export function compileJsonFields(text: string): LogPattern {
  const cursor = new Cursor(text)
  const expressions = new RegularExpressions()
  const selectors: Selector[] = []
  cursor.expect('{')
  const test = takeExpression(cursor, (at) => takeTest(at, expressions, selectors))
  cursor.expect('}')
  cursor.skipSpaces()
  if (!cursor.isAtEnd) throw invalidPattern()
  const matches = (message: JsonValue | undefined): message is JsonValue =>
    message !== undefined && test(message)
  return {
    matches: (message) => matches(parsed(message)),
    extract(message) {
      const value = parsed(message)
      return matches(value) ? extracted(selectors, value) : undefined
    },
  }
}

function takeTest(cursor: Cursor, expressions: RegularExpressions, selectors: Selector[]): Test {
  const selector = takeSelector(cursor)
  selectors.push(selector)
  const { valuesIn } = selector
  cursor.skipSpaces()
  const word = cursor.take(/IS\s+(?:NULL|TRUE|FALSE)\b|NOT\s+EXISTS\b/iy)
  if (word !== undefined) return ofWord(valuesIn, word)
  const compare = takeComparison(cursor, expressions)
  return (message) => valuesIn(message).some((value) => isComparable(value) && compare(value))
}

/** Of JSON's values texts and numbers are compared, nothing else. */
const isComparable = (value: JsonValue): value is string | number =>
  typeof value === 'string' || typeof value === 'number'

function ofWord(valuesIn: Selector['valuesIn'], word: string): Test {
  if (/^NOT/i.test(word)) return (message) => valuesIn(message).length === 0
  const wanted = /NULL$/i.test(word) ? null : /TRUE$/i.test(word)
  return (message) => valuesIn(message).includes(wanted)
}

function parsed(message: string): JsonValue | undefined {
  // Most lines are no JSON, and an exception costs more than a look.
  if (!/^\s*[{[]/.test(message)) return undefined
  try {
    return JSON.parse(message) as JsonValue
  } catch {
    return undefined
  }
}

const extracted = (selectors: readonly Selector[], message: JsonValue): Record<string, string> =>
  Object.fromEntries(
    selectors.flatMap(({ text, valuesIn }) => {
      const [first] = valuesIn(message)
      if (first === undefined) return []
      return [[text, typeof first === 'string' ? first : JSON.stringify(first)]]
    }),
  )
