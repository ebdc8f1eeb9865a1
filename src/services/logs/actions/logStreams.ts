import type { Operation } from '../../operation.ts'
import * as errors from '../errors.ts'
import type { Groups } from '../groups.ts'
import { check, groupMember, required, streamMember } from '../members.ts'
import { readStream } from '../read.ts'

interface Input {
  readonly logGroupName: string
  readonly logStreamName: string
}

/** `CreateLogStream`. */
export const createCreateLogStream =
  (groups: Groups): Operation<Input> =>
  async (input) => {
    checkInput(input)
    const group = groups.named(input.logGroupName)
    const existing = await readStream(groups, group, input.logStreamName)
    if (existing ?? group.streams.get(input.logStreamName)) throw errors.streamExists()
    await groups.createStream(group, input.logStreamName)
  }

/** `DeleteLogStream`, with its events. */
export const createDeleteLogStream =
  (groups: Groups): Operation<Input> =>
  async (input) => {
    checkInput(input)
    const group = groups.named(input.logGroupName)
    if (!(await readStream(groups, group, input.logStreamName))) throw errors.streamNotFound()
    await groups.removeStream(group, input.logStreamName)
  }

const checkInput = ({ logGroupName, logStreamName }: Input): void =>
  check([required(groupMember(logGroupName)), required(streamMember(logStreamName))])
