import type { Field, Place } from './eventFields.ts'
import type { FieldTest } from './fieldTest.ts'

/** Fields that must all hold, by name. */
export type Branch = ReadonlyMap<string, FieldTest>

/** Where the fields chosen so far lie: the element of each list. */
type Choice = ReadonlyMap<number, number>

interface Wanted {
  readonly name: string
  /** Where the fields lie whose value passes. */
  readonly places: readonly Place[]
  /** Where all fields of the name lie, when there may also be none. */
  readonly absentFrom: readonly Place[] | undefined
}

/**
 * Whether an event's fields hold for a branch. The values that pass must lie within the same element of every list
 * that they share: `{"list":{"a":[1],"b":[2]}}` wants one element with both.
 */
export function holds(branch: Branch, fields: ReadonlyMap<string, readonly Field[]>): boolean {
  const wanted: Wanted[] = []
  for (const [name, test] of branch) {
    const named = fields.get(name) ?? []
    if (named.length === 0) {
      if (!test.mayBeAbsent) return false
      continue
    }
    const passing = named.filter(({ value }) => test.passes(value))
    // A field outside of all lists goes with everything.
    if (passing.some(({ place }) => !place)) continue
    const mayBeAbsent = test.mayBeAbsent && named.every(({ place }) => place)
    if (passing.length === 0 && !mayBeAbsent) return false
    wanted.push({ name, places: placesOf(passing), absentFrom: mayBeAbsent ? placesOf(named) : undefined })
  }
  return choose(wanted.sort(inOrder), 0, new Map())
}

const placesOf = (fields: readonly Field[]): readonly Place[] => [
  ...new Set(fields.flatMap(({ place }) => (place ? [place] : []))),
]

/** What must be somewhere is chosen before what may be nowhere; the order in the pattern never matters. */
const inOrder = (a: Wanted, b: Wanted): number =>
  Number(a.absentFrom !== undefined) - Number(b.absentFrom !== undefined) || (a.name < b.name ? -1 : 1)

function choose(wanted: readonly Wanted[], index: number, choice: Choice): boolean {
  const next = wanted[index]
  if (!next) return true
  for (const place of next.places) {
    const extended = extend(choice, place)
    if (extended && choose(wanted, index + 1, extended)) return true
  }
  const isAbsent = next.absentFrom?.every((place) => !extend(choice, place)) === true
  return isAbsent && choose(wanted, index + 1, choice)
}

/** The choice with one more place, or `undefined` when that lies in another element of a list. */
function extend(choice: Choice, place: Place): Choice | undefined {
  const extended = new Map(choice)
  for (let at: Place | undefined = place; at; at = at.outer) {
    const chosen = extended.get(at.list)
    if (chosen !== undefined && chosen !== at.index) return undefined
    extended.set(at.list, at.index)
  }
  return extended
}
