import type { JsonObject, JsonValue } from '../system/index.ts'
import { isList, isObject, type Scalar } from './scalar.ts'

/** A leaf of an event, and in which elements of which lists it lies. */
export interface Field {
  readonly value: Scalar
  readonly place: Place | undefined
}

/** One list on the way to a leaf, the innermost first. */
export interface Place {
  /** Distinguishes the lists of one event. */
  readonly list: number
  readonly index: number
  readonly outer: Place | undefined
}

/**
 * The leaves of an event by name: `{"a":{"b":1}}` and `{"a.b":1}` both have `a.b`. Only names in `wanted`, which holds
 * the names' beginnings as well, are looked at.
 */
export function fieldsOf(event: JsonObject, wanted: ReadonlySet<string>): Map<string, Field[]> {
  const fields = new Map<string, Field[]>()
  let lists = 0

  function visitObject(object: JsonObject, path: string | undefined, place: Place | undefined): void {
    for (const key in object) {
      const name = path === undefined ? key : `${path}.${key}`
      const value = object[key]
      if (value !== undefined && wanted.has(name)) visit(value, name, place)
    }
  }

  function visit(value: JsonValue, name: string, place: Place | undefined): void {
    if (isObject(value)) visitObject(value, name, place)
    else if (isList(value)) visitList(value, name, place)
    else {
      const known = fields.get(name)
      if (known) known.push({ value, place })
      else fields.set(name, [{ value, place }])
    }
  }

  function visitList(values: readonly JsonValue[], name: string, outer: Place | undefined): void {
    const list = lists++
    values.forEach((value, index) => {
      // Plain values of one list stand beside each other; only what is built of parts must not be mixed.
      visit(value, name, isObject(value) || isList(value) ? { list, index, outer } : outer)
    })
  }

  visitObject(event, undefined, undefined)
  return fields
}

/** The names, and all that they begin with up to a dot. */
export function beginningsOf(names: Iterable<string>): Set<string> {
  const beginnings = new Set<string>()
  for (const name of names) {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
      beginnings.add(name.slice(0, dot))
    beginnings.add(name)
  }
  return beginnings
}
