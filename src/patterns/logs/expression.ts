import type { Cursor } from './cursor.ts'

type Test<Subject> = (subject: Subject) => boolean

/** Takes comparisons joined by `||`, `&&` (which binds more tightly) and parentheses; `takeOne` takes a comparison. */
export function takeExpression<Subject>(
  cursor: Cursor,
  takeOne: (cursor: Cursor) => Test<Subject>,
): Test<Subject> {
  const alternatives = [takeAll(cursor, takeOne)]
  while (cursor.takeText('||')) alternatives.push(takeAll(cursor, takeOne))
  const [only] = alternatives
  if (only && alternatives.length === 1) return only
  return (subject) => alternatives.some((test) => test(subject))
}

function takeAll<Subject>(cursor: Cursor, takeOne: (cursor: Cursor) => Test<Subject>): Test<Subject> {
  const tests = [takeUnit(cursor, takeOne)]
  while (cursor.takeText('&&')) tests.push(takeUnit(cursor, takeOne))
  const [only] = tests
  if (only && tests.length === 1) return only
  return (subject) => tests.every((test) => test(subject))
}

function takeUnit<Subject>(cursor: Cursor, takeOne: (cursor: Cursor) => Test<Subject>): Test<Subject> {
  if (!cursor.takeText('(')) {
    cursor.skipSpaces()
    return takeOne(cursor)
  }
  const inner = takeExpression(cursor, takeOne)
  cursor.expect(')')
  return inner
}
