import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { LogGroup } from '../group.ts'
import type { Groups } from '../groups.ts'
import { check, limitMember, streamMember, tokenMember } from '../members.ts'
import { pageOf } from '../page.ts'
import { type ReadStream, readGroup } from '../read.ts'
import { type GroupInput, groupInputMembers, groupOfInput } from '../which.ts'

interface Input extends GroupInput {
  readonly logStreamNamePrefix?: string
  readonly orderBy?: 'LogStreamName' | 'LastEventTime'
  readonly descending?: boolean
  readonly nextToken?: string
  readonly limit?: number
}

/** `DescribeLogStreams`, by name or by the time of the latest event. */
export const createDescribeLogStreams =
  (groups: Groups): Operation<Input> =>
  async (input) => {
    checkInput(input)
    const group = groupOfInput(groups, input)
    const { logStreamNamePrefix = '', orderBy, descending = false } = input
    const keyOf = orderBy === 'LastEventTime' ? timeKey : nameKey
    const streams = (await readGroup(groups, group))
      .filter(({ name }) => name.startsWith(logStreamNamePrefix))
      .sort((one, other) => (keyOf(one) < keyOf(other) === descending ? 1 : -1))
    const { page, next } = pageOf(streams, keyOf, { ...input, isDescending: descending })
    return { logStreams: page.map((stream) => streamShape(group, stream)), ...next }
  }

function checkInput(input: Input): void {
  check([
    ...groupInputMembers(input),
    streamMember(input.logStreamNamePrefix, 'logStreamNamePrefix'),
    { path: 'orderBy', value: input.orderBy, oneOf: ['LogStreamName', 'LastEventTime'] },
    tokenMember(input.nextToken),
    limitMember(input.limit, 50),
  ])
  if (input.orderBy === 'LastEventTime' && input.logStreamNamePrefix !== undefined)
    throw errors.invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
}

const nameKey = ({ name }: ReadStream): string => name

/** Sorts as numbers do; names tell streams of one time apart. */
const timeKey = ({ name, events }: ReadStream): string =>
  `${String(events.at(-1)?.timestamp ?? 0).padStart(16, '0')} ${name}`

/** A stream as AWS answers it; `storedBytes` of streams is always 0 there. */
function streamShape({ arn }: LogGroup, { name, events, created }: ReadStream): object {
  const [first, last] = [events[0], events.at(-1)]
  return {
    logStreamName: name,
    creationTime: created?.record.createdMs ?? first?.timestamp ?? 0,
    ...(first && { firstEventTimestamp: first.timestamp }),
    ...(last && {
      lastEventTimestamp: last.timestamp,
      lastIngestionTime: Math.max(created?.record.ingestedMs ?? 0, last.ingestionTime),
    }),
    uploadSequenceToken: UPLOAD_TOKEN,
    arn: `${arn}:log-stream:${name}`,
    storedBytes: 0,
  }
}

/** AWS still answers one, and takes any. */
export const UPLOAD_TOKEN = '49039859502829460344447837345264498128000000000000000000'
