import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { required, type StreamInput, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly RetentionPeriodHours: number
}

const LEAST_HOURS = 24
const MOST_HOURS = 8_760

/** `IncreaseStreamRetentionPeriod`, `DecreaseStreamRetentionPeriod`: what is then too old is gone at once. */
export const createRetentionPeriod =
  (streams: Streams, direction: 'Increase' | 'Decrease'): Operation<Input> =>
  async (input) => {
    const { RetentionPeriodHours: hours } = input
    checkMembers([...streamMembers(input), required({ path: 'retentionPeriodHours', value: hours })])
    const stream = streams.ofInput(input)
    checkBounds(hours)
    checkDirection(direction, stream.name, hours, stream.record.retentionHours)
    if (hours !== stream.record.retentionHours) await streams.change(stream, { retentionHours: hours })
  }

function checkBounds(hours: number): void {
  if (hours < LEAST_HOURS)
    throw errors.invalidArgument(
      `Minimum allowed retention period is ${LEAST_HOURS} hours. Requested retention period (${hours} hours) is too short.`,
    )
  if (hours > MOST_HOURS)
    throw errors.invalidArgument(
      `Maximum allowed retention period is ${MOST_HOURS} hours. Requested retention period (${hours} hours) is too long.`,
    )
}

function checkDirection(direction: string, name: string, hours: number, current: number): void {
  const wanted = `Requested retention period (${hours} hours) for stream ${name}`
  if (direction === 'Increase' && hours < current)
    throw errors.invalidArgument(
      `${wanted} can not be shorter than existing retention period (${current} hours). Use DecreaseRetentionPeriod API.`,
    )
  if (direction === 'Decrease' && hours > current)
    throw errors.invalidArgument(
      `${wanted} can not be longer than existing retention period (${current} hours). Use IncreaseRetentionPeriod API.`,
    )
}
