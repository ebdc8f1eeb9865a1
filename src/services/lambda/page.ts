import { within } from './constraints.ts'
import * as errors from './errors.ts'

export interface PageInput {
  readonly Marker?: string
  readonly MaxItems?: number
}

/** Checks `MaxItems` against what the operation allows. */
export const pageViolations = ({ MaxItems }: PageInput, most: number): errors.Violation[] =>
  within('maxItems', MaxItems, 1, most)

/** One page of a list in order of its keys: `NextMarker` is there when more follow. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { Marker, MaxItems }: PageInput,
  largest: number,
): { readonly items: Item[]; readonly next: { readonly NextMarker?: string } } {
  const after = Marker === undefined ? '' : readMarker(Marker)
  const size = Math.min(MaxItems ?? largest, largest)
  const rest = items.filter((item) => keyOf(item) > after)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  const next =
    last !== undefined && rest.length > size
      ? { NextMarker: Buffer.from(keyOf(last)).toString('base64') }
      : {}
  return { items: page, next }
}

function readMarker(marker: string): string {
  const key = Buffer.from(marker, 'base64').toString('utf8')
  if (/^[\w.$-]+$/.test(key)) return key
  throw errors.invalidParameterValue('Invalid Marker')
}
