import * as errors from './errors.ts'

/** One page of a list in order of its keys, and the token for the next one if there is more. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  page: { readonly nextToken?: string; readonly limit?: number; readonly isDescending?: boolean },
): { readonly page: readonly Item[]; readonly next: { readonly nextToken?: string } } {
  const after = page.nextToken === undefined ? undefined : textOf(page.nextToken)
  const isBehind = (key: string): boolean =>
    after === undefined || (page.isDescending === true ? key < after : key > after)
  const rest = items.filter((item) => isBehind(keyOf(item)))
  const shown = rest.slice(0, page.limit ?? MOST_ITEMS)
  const last = shown.at(-1)
  const hasMore = last !== undefined && rest.length > shown.length
  return { page: shown, next: hasMore ? { nextToken: tokenOf(keyOf(last)) } : {} }
}

const MOST_ITEMS = 50

export const tokenOf = (text: string): string => Buffer.from(text).toString('base64url')

/** What a token was made of; throws AWS's error for one that was made by nobody. */
export function textOf(token: string): string {
  const text = Buffer.from(token, 'base64url').toString()
  if (tokenOf(text) === token) return text
  throw errors.invalidParameter('The specified nextToken is invalid.')
}
