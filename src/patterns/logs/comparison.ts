import { type Cursor, invalidPattern } from './cursor.ts'
import type { RegularExpressions } from './regularExpression.ts'

/** What is asked of one value, which is a text or a number. */
export type Comparison = (value: string | number) => boolean

type Order = (left: number, right: number) => boolean

const orders: Readonly<Record<string, Order>> = {
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** Takes an operator and a value: `= "4*"`, `!= %4\d\d%`, `>= 1.5e3`. Throws a PatternError when there is none. */
export function takeComparison(cursor: Cursor, expressions: RegularExpressions): Comparison {
  cursor.skipSpaces()
  const operator = cursor.take(/!=|<=|>=|=|<|>/y)
  if (operator === undefined) throw invalidPattern()
  cursor.skipSpaces()
  const order = orders[operator]
  if (order) return takeOrder(cursor, order)
  const equals = takeEquality(cursor, expressions)
  return operator === '=' ? equals : (value) => !equals(value)
}

function takeOrder(cursor: Cursor, order: Order): Comparison {
  const text = cursor.take(/[\w.+-]+/y) ?? ''
  if (!NUMBER.test(text)) throw invalidPattern()
  const limit = Number(text)
  return (value) => (typeof value === 'number' || NUMBER.test(value)) && order(Number(value), limit)
}

function takeEquality(cursor: Cursor, expressions: RegularExpressions): Comparison {
  const quoted = cursor.takeQuoted()
  if (quoted !== undefined) return ofText(compileText(quoted))
  const expression = cursor.takeRegularExpression()
  if (expression !== undefined) return ofText(expressions.compile(expression))
  const bare = cursor.take(/[^\s"%&|(){}[\],=<>!]+/y)
  if (bare === undefined) throw invalidPattern()
  const matches = ofText(compileText(bare))
  if (!NUMBER.test(bare)) return matches
  const number = Number(bare)
  return (value) => value === number || matches(value)
}

const ofText =
  (matches: (text: string) => boolean): Comparison =>
  (value) =>
    matches(String(value))

/** A text in which `*` stands for any text; `\*`, `\"` and `\\` stand for themselves. */
function compileText(text: string): (value: string) => boolean {
  const source = text.replaceAll(/\\.|\*+|[^\\*]+/gsu, (part) => {
    if (part.startsWith('*')) return '.*'
    return literal(part.startsWith('\\') ? part.slice(1) : part)
  })
  if (!/(?<!\\)\*/.test(text)) {
    const exact = text.replaceAll(/\\(.)/gsu, '$1')
    return (value) => value === exact
  }
  const expression = new RegExp(`^${source}$`, 's')
  return (value) => expression.test(value)
}

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
