import { checkMembers, limitMember } from './constraints.ts'
import { validation } from './errors.ts'

export interface PageInput {
  readonly NextToken?: string
  readonly Limit?: number
}

const largestPage = 100

/** One page of what is sorted by its name, and the token for the next one if there is more. */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { NextToken, Limit }: PageInput,
): { readonly page: readonly Item[]; readonly next: { readonly NextToken?: string } } {
  checkMembers([limitMember(Limit)])
  const after = NextToken === undefined ? '' : nameIn(NextToken)
  const rest = items.filter((item) => nameOf(item) > after)
  const page = rest.slice(0, Limit ?? largestPage)
  const last = page.at(-1)
  const next =
    last !== undefined && rest.length > page.length
      ? { NextToken: Buffer.from(nameOf(last)).toString('base64') }
      : {}
  return { page, next }
}

function nameIn(token: string): string {
  const name = Buffer.from(token, 'base64').toString('utf8')
  if (Buffer.from(name).toString('base64') === token) return name
  throw validation('The NextToken is not valid.')
}
