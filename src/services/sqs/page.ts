import * as errors from './errors.ts'

interface PageInput {
  readonly NextToken?: string
  readonly MaxResults?: number
}

const largestPage = 1_000

/** One page of sorted names. A token comes with it only if the caller asked for pages, as at AWS. */
export function pageOf(
  names: readonly string[],
  { NextToken, MaxResults }: PageInput,
): { page: readonly string[]; nextToken: string | undefined } {
  if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > largestPage))
    throw errors.invalidValue(
      MaxResults,
      'MaxResults',
      `MaxResults must be an integer between 1 and ${largestPage}.`,
    )
  const after = NextToken === undefined ? '' : readToken(NextToken)
  const rest = names.filter((name) => name > after)
  const page = rest.slice(0, MaxResults ?? largestPage)
  const last = page.at(-1)
  const hasMore = MaxResults !== undefined && last !== undefined && rest.length > page.length
  return { page, nextToken: hasMore ? Buffer.from(last).toString('base64') : undefined }
}

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64').toString('utf8')
  if (/^[\w.-]{1,80}$/.test(name)) return name
  throw errors.invalidParameter('Invalid or expired next token.')
}
