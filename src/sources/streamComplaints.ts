import type { EventComplaint } from '../spec/index.ts'
import { complaintsAboutFilters } from './filterPatterns.ts'
import { type StreamConfig, type StreamKind, streamKindOf } from './streamConfig.ts'
import { itemChange, recordData } from './streamContent.ts'

/** What a schema cannot say about `stream:`, in AWS's words where AWS has any; references are as written. */
export function complaintsAboutStream(config: StreamConfig): EventComplaint[] {
  const kind = streamKindOf(config)
  return [
    ...complaintsAboutKind(config, kind),
    ...complaintsAboutConsumer(config, kind),
    ...complaintsAboutPosition(config, kind),
    ...complaintsAboutWindow(config),
    ...complaintsAboutAge(config),
    ...complaintsAboutDestination(config),
    ...complaintsAboutPatterns(config, kind),
  ]
}

const complaint = (key: string, message: string, hint: string): EventComplaint[] => [
  { path: [key], message, hint },
]

function complaintsAboutKind(config: StreamConfig, kind: StreamKind): EventComplaint[] {
  const { type } = config
  if (type === undefined || type === kind) return []
  const noun = kind === 'kinesis' ? 'a stream of Kinesis' : 'a table of DynamoDB'
  return complaint(
    'type',
    `this is ${noun}, not of the type \`${type}\``,
    `expected \`type: ${kind}\`, or none`,
  )
}

function complaintsAboutConsumer(
  { consumer, stream, arn }: StreamConfig,
  kind: StreamKind,
): EventComplaint[] {
  if (consumer === undefined || consumer === false) return []
  if (kind === 'dynamodb')
    return complaint(
      'consumer',
      'streams of DynamoDB have no consumers',
      'expected no `consumer`: enhanced fan-out is for streams of Kinesis',
    )
  const reference = stream ?? arn ?? ''
  if (reference.includes('/consumer/'))
    return complaint('consumer', 'a consumer is named twice', 'expected no `consumer` beside the ARN of one')
  const isOfAnother =
    typeof consumer === 'string' && consumer.startsWith('arn:') && streamIn(consumer) !== streamIn(reference)
  return isOfAnother
    ? complaint(
        'consumer',
        `this is a consumer of the stream \`${streamIn(consumer)}\``,
        `expected one of \`${streamIn(reference)}\``,
      )
    : []
}

/** The name of the stream in any reference to it or to a consumer of it. */
const streamIn = (reference: string): string =>
  /[:/]stream\/([^/]+)/.exec(reference)?.[1] ?? reference.slice(reference.lastIndexOf(':') + 1)

function complaintsAboutPosition(config: StreamConfig, kind: StreamKind): EventComplaint[] {
  const { startingPosition, startingPositionTimestamp: timestamp } = config
  if (startingPosition !== 'AT_TIMESTAMP')
    return timestamp === undefined
      ? []
      : complaint(
          'startingPositionTimestamp',
          'a timestamp is for `startingPosition: AT_TIMESTAMP` only',
          'expected `startingPosition: AT_TIMESTAMP`, or no timestamp',
        )
  if (kind === 'dynamodb')
    return complaint(
      'startingPosition',
      `Unsupported starting position for arn type: ${config.stream ?? config.arn ?? config.table ?? ''}`,
      'expected `TRIM_HORIZON` or `LATEST`',
    )
  const example = "`startingPositionTimestamp`: seconds since 1970, or such as `'2026-01-31T08:00:00Z'`"
  if (timestamp === undefined)
    return complaint('startingPosition', '`AT_TIMESTAMP` needs a timestamp', `expected ${example}`)
  if (typeof timestamp === 'number' || !Number.isNaN(Date.parse(timestamp))) return []
  return complaint('startingPositionTimestamp', `\`${timestamp}\` is no time`, `expected ${example}`)
}

const complaintsAboutWindow = (config: StreamConfig): EventComplaint[] =>
  config.batchWindow === undefined || config.maximumBatchingWindow === undefined
    ? []
    : complaint(
        'maximumBatchingWindow',
        '`batchWindow` and `maximumBatchingWindow` are the same setting',
        'expected one of them',
      )

function complaintsAboutAge({ maximumRecordAgeInSeconds: age = -1 }: StreamConfig): EventComplaint[] {
  if (age === -1 || age >= 60) return []
  return complaint(
    'maximumRecordAgeInSeconds',
    'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    'expected `-1`, or 60 or more',
  )
}

/** The Serverless Framework's long form says twice what the destination is. */
function complaintsAboutDestination({ destinations }: StreamConfig): EventComplaint[] {
  const given = destinations?.onFailure
  if (typeof given !== 'object' || !given.arn.startsWith('arn:')) return []
  const service = given.arn.split(':')[2] ?? ''
  if (given.type === service) return []
  const path = ['destinations', 'onFailure', 'type']
  const hint = `expected \`type: ${service}\``
  return [{ path, message: `the ARN is none of the type \`${given.type ?? ''}\``, hint }]
}

const complaintsAboutPatterns = ({ filterPatterns }: StreamConfig, kind: StreamKind): EventComplaint[] =>
  kind === 'kinesis'
    ? complaintsAboutFilters(filterPatterns, recordData, '{ data: { kind: [buy] } }')
    : complaintsAboutFilters(filterPatterns, itemChange, '{ dynamodb: { NewImage: { kind: { S: [buy] } } } }')
