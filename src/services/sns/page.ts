import * as errors from './errors.ts'

const pageSize = 100

/** One page of a list, in the order of its ARNs. The token is the last ARN of the page before. */
export function pageOf<Item>(
  items: readonly Item[],
  arnOf: (item: Item) => string,
  nextToken: string | undefined,
): { readonly page: readonly Item[]; readonly NextToken?: string } {
  const after = nextToken === undefined || nextToken === '' ? '' : readToken(nextToken)
  const rest = items.filter((item) => arnOf(item) > after).sort((a, b) => (arnOf(a) < arnOf(b) ? -1 : 1))
  const page = rest.slice(0, pageSize)
  const last = page.at(-1)
  return last === undefined || rest.length === page.length
    ? { page }
    : { page, NextToken: Buffer.from(arnOf(last)).toString('base64') }
}

function readToken(token: string): string {
  const arn = Buffer.from(token, 'base64').toString('utf8')
  if (!arn.startsWith('arn:')) throw errors.invalidParameter('NextToken')
  return arn
}
