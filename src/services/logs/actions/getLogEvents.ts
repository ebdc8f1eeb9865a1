import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import { idOf, indexFrom, type LogEvent, type Place, placeOf, sizeOf } from '../event.ts'
import type { Groups } from '../groups.ts'
import { check, limitMember, required, streamMember, timeMember, tokenMember } from '../members.ts'
import { readStream } from '../read.ts'
import { type GroupInput, groupInputMembers, groupOfInput } from '../which.ts'

interface Input extends GroupInput {
  readonly logStreamName: string
  readonly startTime?: number
  readonly endTime?: number
  readonly nextToken?: string
  readonly limit?: number
  readonly startFromHead?: boolean
}

export const MOST_EVENTS = 10_000
export const MOST_PAGE_BYTES = 1_048_576

/** `GetLogEvents`: a page of one stream. Whoever follows the tokens has reached the end when one comes back as it went. */
export const createGetLogEvents =
  (groups: Groups): Operation<Input> =>
  async (input) => {
    checkInput(input)
    const stream = await readStream(groups, groupOfInput(groups, input), input.logStreamName)
    if (!stream) throw errors.streamNotFound()
    const { startTime = 0, endTime = Infinity, nextToken, limit = MOST_EVENTS } = input
    const token = nextToken === undefined ? undefined : readToken(nextToken)
    const within = stream.events.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime)
    const isForward = token ? token.isForward : input.startFromHead === true
    const page = isForward
      ? fitting(token ? within.slice(indexFrom(within, after(token.place))) : within, limit)
      : fitting(
          (token ? within.slice(0, indexFrom(within, token.place)) : within).toReversed(),
          limit,
        ).toReversed()
    return { events: page.map(eventShape), ...tokens(page, token) }
  }

const checkInput = (input: Input): void =>
  check([
    ...groupInputMembers(input),
    required(streamMember(input.logStreamName)),
    timeMember('startTime', input.startTime),
    timeMember('endTime', input.endTime),
    tokenMember(input.nextToken),
    limitMember(input.limit, MOST_EVENTS),
  ])

/** As many of the first events as a page holds, by number and by bytes; at least one. */
export function fitting<Event extends { readonly message: string }>(
  events: readonly Event[],
  limit: number,
): Event[] {
  let bytes = 0
  const page: Event[] = []
  for (const event of events) {
    bytes += sizeOf(event.message)
    if (page.length === limit || (bytes > MOST_PAGE_BYTES && page.length > 0)) break
    page.push(event)
  }
  return page
}

/** Forward tokens name the last event that was seen, backward ones the first that was. */
interface Token {
  readonly isForward: boolean
  readonly place: Place
}

function tokens(page: readonly LogEvent[], token: Token | undefined): object {
  const [first, last] = [page[0], page.at(-1)]
  if (first && last) return { nextForwardToken: `f/${idOf(last)}`, nextBackwardToken: `b/${idOf(first)}` }
  const place = token?.place ?? BEGINNING
  // At an end the token stays as it is; the one for the way back turns around behind the event that it names.
  const back = token?.isForward === true ? after(place) : place
  const forth = token?.isForward === false ? before(place) : place
  return { nextForwardToken: `f/${idOf(forth)}`, nextBackwardToken: `b/${idOf(back)}` }
}

const BEGINNING: Place = { timestamp: 0, origin: 0, sequence: 0 }

export const after = (place: Place): Place => ({ ...place, sequence: place.sequence + 1 })

const before = (place: Place): Place => ({ ...place, sequence: Math.max(0, place.sequence - 1) })

function readToken(token: string): Token {
  const place = /^[fb]\//.test(token) ? placeOf(token.slice(2)) : undefined
  if (!place) throw errors.invalidParameter('The specified nextToken is invalid.')
  return { isForward: token.startsWith('f'), place }
}

const eventShape = ({ timestamp, message, ingestionTime }: LogEvent): object => ({
  timestamp,
  message,
  ingestionTime,
})
