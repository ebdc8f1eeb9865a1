import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import { sizeOf } from '../event.ts'
import { dayMs, horizonMs, type LogGroup } from '../group.ts'
import type { Groups } from '../groups.ts'
import { check, checkLength, groupMember, required, streamMember, timeMember } from '../members.ts'
import { type NewEvent, put } from '../put.ts'
import { readStream } from '../read.ts'
import { UPLOAD_TOKEN } from './describeLogStreams.ts'

interface Input {
  readonly logGroupName: string
  readonly logStreamName: string
  readonly logEvents: readonly NewEvent[]
}

const MOST_BYTES = 1_048_576
const OLDEST_MS = 14 * dayMs
const NEWEST_MS = 2 * 60 * 60 * 1_000

/** `PutLogEvents`. Sequence tokens are taken and mean nothing, as on AWS since 2023. */
export const createPutLogEvents =
  (groups: Groups): Operation<Input> =>
  async (input) => {
    checkInput(input)
    const { logGroupName, logStreamName, logEvents } = input
    const group = groups.named(logGroupName)
    const stream = group.streams.get(logStreamName) ?? (await ofFunction(groups, group, logStreamName))
    checkEvents(logEvents)
    const { from, to, rejected } = sift(logEvents, group, groups.edges.clock.now())
    await put(groups, group, stream, logEvents.slice(from, to))
    return {
      nextSequenceToken: UPLOAD_TOKEN,
      ...(rejected && { rejectedLogEventsInfo: rejected }),
    }
  }

function checkInput({ logGroupName, logStreamName, logEvents }: Input): void {
  check([required(groupMember(logGroupName)), required(streamMember(logStreamName))])
  checkLength('logEvents', logEvents, [1, 10_000])
  check(
    logEvents.flatMap(({ timestamp, message }, index) => [
      required(timeMember(`logEvents.${index + 1}.member.timestamp`, timestamp)),
      required({ path: `logEvents.${index + 1}.member.message`, value: message, least: 1 }),
    ]),
  )
}

/** A stream that a function writes to is there, too. */
async function ofFunction(
  groups: Groups,
  group: LogGroup,
  name: string,
): Promise<Awaited<ReturnType<Groups['createStream']>>> {
  if (!(await readStream(groups, group, name))) throw errors.streamNotFound()
  return group.streams.get(name) ?? (await groups.createStream(group, name))
}

function checkEvents(events: readonly NewEvent[]): void {
  const bytes = events.reduce((sum, { message }) => sum + sizeOf(message), 0)
  if (bytes > MOST_BYTES)
    throw errors.invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${MOST_BYTES}`)
  const isOutOfOrder = events.some(
    ({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? timestamp),
  )
  if (isOutOfOrder)
    throw errors.invalidParameter(
      'Log events in a single PutLogEvents request must be in chronological order.',
    )
  if ((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) > dayMs)
    throw errors.invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    )
}

/** Which of the events, in order of time, are neither too old nor too new; of the others the ends are told. */
function sift(
  events: readonly NewEvent[],
  group: LogGroup,
  nowMs: number,
): { readonly from: number; readonly to: number; readonly rejected: object | undefined } {
  const before = (limitMs: number): number => {
    const index = events.findIndex(({ timestamp }) => timestamp >= limitMs)
    return index < 0 ? events.length : index
  }
  const tooOld = before(nowMs - OLDEST_MS)
  const expired = before(horizonMs(group, nowMs))
  const to = before(nowMs + NEWEST_MS + 1)
  const rejected = {
    ...(to < events.length && { tooNewLogEventStartIndex: to }),
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
  }
  return {
    from: Math.max(tooOld, expired),
    to,
    rejected: Object.keys(rejected).length > 0 ? rejected : undefined,
  }
}
