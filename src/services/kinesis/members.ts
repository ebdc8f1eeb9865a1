import type { Member, Pattern } from '../constraints.ts'
import type { StreamMode } from './stream.ts'

/** Members that many inputs have, with the constraints of AWS's model. */

/** How an input names its stream: one of the three. */
export interface StreamInput {
  readonly StreamName?: string
  readonly StreamARN?: string
  readonly StreamId?: string
}

export const streamMembers = ({ StreamName, StreamARN, StreamId }: StreamInput): Member[] =>
  [
    streamName(StreamName),
    { path: 'streamARN', value: StreamARN, least: 1, most: 2_048, pattern: streamArn },
    { path: 'streamId', value: StreamId, least: 1, most: 24, pattern: streamId },
  ].filter(({ value }) => value !== undefined)

export const streamName = (value: string | undefined, path = 'streamName'): Member => ({
  path,
  value,
  least: 1,
  most: 128,
  pattern: name,
})

export const streamArnMember = (value: string | undefined): Member => ({
  path: 'streamARN',
  value,
  least: 1,
  most: 2_048,
  pattern: streamArn,
})

export const consumerName = (value: string | undefined): Member => streamName(value, 'consumerName')

/** How an input names a consumer. */
export const consumerMembers = (
  input: {
    readonly StreamARN?: string
    readonly ConsumerName?: string
    readonly ConsumerARN?: string
    readonly StreamId?: string
  },
  needsArn = false,
): Member[] => [
  streamArnMember(input.StreamARN),
  consumerName(input.ConsumerName),
  {
    path: 'consumerARN',
    value: input.ConsumerARN,
    isRequired: needsArn,
    least: 1,
    most: 2_048,
    pattern: consumerArn,
  },
  ...streamMembers(input.StreamId === undefined ? {} : { StreamId: input.StreamId }),
]

export const shardIdMember = (path: string, value: string | undefined): Member => ({
  path,
  value,
  least: 1,
  most: 128,
  pattern: name,
})

export const sequenceNumberMember = (path: string, value: string | undefined): Member => ({
  path,
  value,
  pattern: sequenceNumber,
})

export const hashKeyMember = (path: string, value: string | undefined): Member => ({
  path,
  value,
  pattern: hashKey,
})

export const limitMember = (value: number | undefined, most: number, path = 'limit'): Member => ({
  path,
  value,
  least: 1,
  most,
})

export const required = (member: Member): Member => ({ ...member, isRequired: true })

const patternOf = (text: string): Pattern => ({ text, expression: new RegExp(`^(?:${text})$`) })

const name = patternOf('[a-zA-Z0-9_.-]+')
const streamArn = patternOf('arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+')
const consumerArn = patternOf(
  '^(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/[a-zA-Z0-9_.-]+:[0-9]+',
)
const streamId = patternOf('[a-z0-9]{20}-[a-z0-9]{3}')
const sequenceNumber = patternOf('0|([1-9]\\d{0,128})')
const hashKey = patternOf('0|([1-9]\\d{0,38})')
export const resourceArnPattern = patternOf('arn:aws.*:kinesis:.*:\\d{12}:.*stream/\\S+')

/** `StreamModeDetails` of an input. */
export interface ModeDetails {
  readonly StreamMode: StreamMode
}

export const modeMember = (details: ModeDetails | undefined): Member[] =>
  details === undefined
    ? []
    : [
        {
          path: 'streamModeDetails.streamMode',
          value: details.StreamMode,
          isRequired: true,
          oneOf: ['PROVISIONED', 'ON_DEMAND'],
        },
      ]

export const recordSizeMember = (value: number | undefined): Member => ({
  path: 'maxRecordSizeInKiB',
  value,
  least: 1_024,
  most: 10_240,
})
