/** `1 message`, `4 messages`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Of a Kinesis stream, or of a table's stream, whose name has the time in it. */
const STREAM_ARN = /^arn:aws:(kinesis|dynamodb):[^:]*:[^:]*:(?:stream|table)\/([^/]+)/

/** What a batch from there is made of, by the ARN of the queue or stream. */
export const nounOfBatch = (arn: string): 'message' | 'record' =>
  STREAM_ARN.test(arn) ? 'record' : 'message'

/** `sqs:orders`, `kinesis:clicks`, `lambda:report` for an ARN, as `lambda.yml` writes it; anything else as it is. */
export function shortArn(arn: string): string {
  const [, streamService, stream] = STREAM_ARN.exec(arn) ?? []
  if (streamService && stream) return `${streamService}:${stream}`
  const [, , service, , , ...rest] = arn.split(':')
  const name = rest.at(-1)?.replace(/^event-bus\//, '')
  return arn.startsWith('arn:') && service && name ? `${service}:${name}` : arn
}
