/** What runs is known by this name: the function's own for `$LATEST`, `checkout:1` for a published version. */
export const deploymentName = ({
  name,
  version,
}: {
  readonly name: string
  readonly version: string
}): string => (version === '$LATEST' ? name : `${name}:${version}`)
