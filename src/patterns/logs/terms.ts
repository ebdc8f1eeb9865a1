import { PatternError } from '../patternError.ts'
import { Cursor, invalidPattern } from './cursor.ts'
import { RegularExpressions } from './regularExpression.ts'

type Test = (message: string) => boolean

interface Term {
  readonly sign: '' | '?' | '-'
  readonly test: Test
}

/** Compiles terms: all of those without a sign, none of those with `-`; or, where all have `?`, one of them. */
export function compileTerms(text: string): Test {
  const terms = termsOf(text)
  const wanted = terms.filter(({ sign }) => sign === '')
  const unwanted = terms.filter(({ sign }) => sign === '-')
  if (wanted.length + unwanted.length === 0) return (message) => terms.some(({ test }) => test(message))
  return (message) => wanted.every(({ test }) => test(message)) && !unwanted.some(({ test }) => test(message))
}

function termsOf(text: string): Term[] {
  const cursor = new Cursor(text)
  const expressions = new RegularExpressions()
  const terms: Term[] = []
  for (cursor.skipSpaces(); !cursor.isAtEnd; cursor.skipSpaces()) {
    const sign = (cursor.take(/[?-]/y) ?? '') as Term['sign']
    terms.push({ sign, test: takeTest(cursor, expressions) })
  }
  return terms
}

function takeTest(cursor: Cursor, expressions: RegularExpressions): Test {
  const quoted = cursor.takeQuoted()
  if (quoted !== undefined) return containing(quoted.replaceAll(/\\(["\\])/g, '$1'))
  const expression = cursor.takeRegularExpression()
  if (expression !== undefined) return expressions.compile(expression)
  const term = cursor.take(/[^\s"]+/y)
  if (term === undefined) throw invalidPattern()
  if (!/^[\p{L}\p{N}_]+$/u.test(term)) throw new PatternError(`Invalid character(s) in term '${term}'`)
  return containing(term)
}

const containing =
  (term: string): Test =>
  (message) =>
    message.includes(term)
