import type { JsonValue } from '../../system/index.ts'
import { isList, isObject } from '../scalar.ts'
import { type Cursor, invalidPattern } from './cursor.ts'

/** `anyMember` is `.*`, `anyItem` is `[*]`. */
type Step = { readonly name: string } | { readonly index: number } | 'anyMember' | 'anyItem'

/** Where values lie in a message. */
export interface Selector {
  /** As the pattern has it. */
  readonly text: string
  /** The values that are there; none where the way ends. */
  readonly valuesIn: (message: JsonValue) => readonly JsonValue[]
}

/** Takes `$.a.b[0]`, `$.a[*].b`, `$.*`, `$['a.b']`. Throws a PatternError when something else comes. */
export function takeSelector(cursor: Cursor): Selector {
  if (cursor.take(/\$/y) === undefined) throw invalidPattern()
  const steps: Step[] = []
  let text = '$'
  for (let part = takePart(cursor); part !== undefined; part = takePart(cursor)) {
    text += part
    steps.push(stepOf(part))
  }
  if (steps.length === 0) throw invalidPattern()
  return {
    text,
    valuesIn: (message) =>
      steps.reduce<readonly JsonValue[]>(
        (values, step) => values.flatMap((value) => follow(value, step)),
        [message],
      ),
  }
}

const takePart = (cursor: Cursor): string | undefined =>
  cursor.take(/\.?\[(?:\d+|\*|'[^']+'|"[^"]+")\]|\.\*|\.[\p{L}\p{N}_@-]+/uy)

function stepOf(part: string): Step {
  if (part === '.*') return 'anyMember'
  const inside = /\[(.*)\]$/s.exec(part)?.[1]
  if (inside === undefined) return { name: part.slice(1) }
  if (inside === '*') return 'anyItem'
  return /^\d+$/.test(inside) ? { index: Number(inside) } : { name: inside.slice(1, -1) }
}

function follow(value: JsonValue, step: Step): readonly JsonValue[] {
  if (step === 'anyItem') return isList(value) ? value : []
  if (step === 'anyMember') return isObject(value) ? Object.values(value).filter(isThere) : []
  if ('index' in step) return isList(value) ? [value[step.index]].filter(isThere) : []
  return isObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]].filter(isThere) : []
}

const isThere = (value: JsonValue | undefined): value is JsonValue => value !== undefined
