import type { JsonValue } from '../system/index.ts'
import type { Dialect } from './dialect.ts'
import { compileExpression } from './operators.ts'
import { PatternError } from './patternError.ts'
import { isList, isObject, type Scalar, type ValueTest } from './scalar.ts'
import { refuseComplexity } from './wildcard.ts'

/** What a pattern wants of one field: that any of its values passes, or, where allowed, that it is not there. */
export interface FieldTest {
  passes(value: Scalar): boolean
  readonly mayBeAbsent: boolean
  /** All that passes, when that is nothing but these texts. */
  readonly texts: readonly string[] | undefined
}

/** Compiles the list of a field: `["a", {"prefix": "b"}, {"exists": false}]`, of which any may hold. */
export function compileField(wanted: readonly JsonValue[], dialect: Dialect): FieldTest {
  if (wanted.length === 0) throw new PatternError('Empty arrays are not allowed')
  const exact = new Set<Scalar>()
  const expressions = wanted.flatMap((value) => {
    if (isObject(value)) return [compileExpression(value, dialect)]
    if (isList(value)) throw new PatternError('Match value must be String, number, true, false, or null')
    exact.add(value)
    return []
  })
  const tests = expressions.flatMap((each): ValueTest[] => (each.kind === 'test' ? [each.test] : []))
  refuseComplexity(
    expressions.flatMap((each) => (each.kind === 'test' && each.wildcard ? [each.wildcard] : [])),
  )
  const texts = [...exact].filter((value) => typeof value === 'string')
  return {
    passes: (value) => exact.has(value) || tests.some((test) => test(value)),
    mayBeAbsent: expressions.some(({ kind }) => kind === 'absent'),
    texts: texts.length === wanted.length ? texts : undefined,
  }
}
