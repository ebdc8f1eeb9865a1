/** `1 message`, `4 messages`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** `sqs:orders`, `lambda:report` for an ARN, as `lambda.yml` writes it; anything else as it is. */
export function shortArn(arn: string): string {
  const [, , service, , , ...rest] = arn.split(':')
  // Of a stream, and of a table's stream, the name comes before slashes: consumers and labels have colons.
  const [, stream] = /^(?:stream|table)\/([^/]+)/.exec(rest[0] ?? '') ?? []
  const name = stream ?? rest.at(-1)?.replace(/^event-bus\//, '')
  return arn.startsWith('arn:') && service && name ? `${service}:${name}` : arn
}
