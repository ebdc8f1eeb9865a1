import { type StreamConfig, streamKindOf } from './streamConfig.ts'

const CONSUMER_ARN = /^(arn:aws:kinesis:[^/]+\/[^/]+)\/consumer\/.+$/

/**
 * The same configuration with a reference that says by itself what it leads to: a plain name of a table as
 * `dynamodb:name`, and of a consumer's ARN only that of its stream, with the consumer as one that is named.
 */
export function canonicalStream(config: StreamConfig): Readonly<Record<string, unknown>> {
  const key = (['stream', 'arn', 'table'] as const).find((each) => config[each] !== undefined)
  const reference = key && config[key]
  if (key === undefined || reference === undefined) return { ...config }
  const streamArn = CONSUMER_ARN.exec(reference)?.[1]
  if (streamArn !== undefined) return { ...config, [key]: streamArn, consumer: reference }
  const isPlain = !reference.includes(':')
  return isPlain && streamKindOf(config) === 'dynamodb'
    ? { ...config, [key]: `dynamodb:${reference}` }
    : { ...config }
}
