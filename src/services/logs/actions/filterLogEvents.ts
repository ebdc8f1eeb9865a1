import { compileLogPattern, type LogPattern } from '../../../patterns/index.ts'
import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import { compare, idOf, type LogEvent, type Place, placeOf } from '../event.ts'
import type { LogGroup } from '../group.ts'
import type { Groups } from '../groups.ts'
import { check, checkLength, limitMember, streamMember, timeMember, tokenMember } from '../members.ts'
import { textOf, tokenOf } from '../page.ts'
import { type ReadStream, readGroup } from '../read.ts'
import { type GroupInput, groupInputMembers, groupOfInput } from '../which.ts'
import { fitting, MOST_EVENTS } from './getLogEvents.ts'

interface Input extends GroupInput {
  readonly logStreamNames?: readonly string[]
  readonly logStreamNamePrefix?: string
  readonly startTime?: number
  readonly endTime?: number
  readonly filterPattern?: string
  readonly nextToken?: string
  readonly limit?: number
}

type FoundEvent = LogEvent & { readonly logStreamName: string }

/** `FilterLogEvents`: what matches in all streams of a group, or in some, by time. A page is never empty without being the last. */
export const createFilterLogEvents =
  (groups: Groups): Operation<Input> =>
  async (input) => {
    checkInput(input)
    const { matches } = patternOf(input.filterPattern ?? '')
    const from = input.nextToken === undefined ? undefined : placeIn(input.nextToken)
    const streams = await wanted(groups, groupOfInput(groups, input), input)
    const found = streams.flatMap((stream) => eventsIn(stream, input, from)).sort(compare)
    const matching = found.filter(({ message }) => matches(message))
    const page = fitting(matching, input.limit ?? MOST_EVENTS)
    const last = page.at(-1)
    return {
      events: page.map(eventShape),
      // Empty on AWS as well, since 2023.
      searchedLogStreams: [],
      ...(last && page.length < matching.length && { nextToken: tokenOf(idOf(last)) }),
    }
  }

function checkInput(input: Input): void {
  const { logStreamNames, logStreamNamePrefix } = input
  check([
    ...groupInputMembers(input),
    ...(logStreamNames ?? []).map((one, index) => streamMember(one, `logStreamNames.${index + 1}.member`)),
    streamMember(logStreamNamePrefix, 'logStreamNamePrefix'),
    timeMember('startTime', input.startTime),
    timeMember('endTime', input.endTime),
    { path: 'filterPattern', value: input.filterPattern, most: 1_024 },
    tokenMember(input.nextToken),
    limitMember(input.limit, MOST_EVENTS),
  ])
  if (logStreamNames) checkLength('logStreamNames', logStreamNames, [1, 100])
  if (logStreamNames && logStreamNamePrefix !== undefined)
    throw errors.invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.')
}

/** Compiles a filter pattern; throws AWS's error for one that it would not take. */
export function patternOf(text: string): LogPattern {
  try {
    return compileLogPattern(text)
  } catch (error) {
    throw errors.ofPattern(error)
  }
}

function placeIn(token: string): Place {
  const place = placeOf(textOf(token))
  if (!place) throw errors.invalidParameter('The specified nextToken is invalid.')
  return place
}

async function wanted(groups: Groups, group: LogGroup, input: Input): Promise<ReadStream[]> {
  const { logStreamNames, logStreamNamePrefix = '' } = input
  const streams = await readGroup(groups, group)
  const isThere = (name: string): boolean => streams.some((stream) => stream.name === name)
  if (logStreamNames?.every(isThere) === false) throw errors.streamNotFound()
  return streams.filter(({ name }) => logStreamNames?.includes(name) ?? name.startsWith(logStreamNamePrefix))
}

function eventsIn(
  { name, events }: ReadStream,
  { startTime = 0, endTime = Infinity }: Input,
  from: Place | undefined,
): FoundEvent[] {
  return events
    .filter(
      (event) =>
        event.timestamp >= startTime &&
        event.timestamp <= endTime &&
        (from === undefined || compare(event, from) > 0),
    )
    .map((event) => ({ ...event, logStreamName: name }))
}

const eventShape = (event: FoundEvent): object => ({
  logStreamName: event.logStreamName,
  timestamp: event.timestamp,
  message: event.message,
  ingestionTime: event.ingestionTime,
  eventId: idOf(event),
})
