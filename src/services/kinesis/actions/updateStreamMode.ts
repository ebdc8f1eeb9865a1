import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import * as errors from '../errors.ts'
import { checkOnDemandLimit } from '../limits.ts'
import { type ModeDetails, modeMember, required, type StreamInput, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'

interface Input extends StreamInput {
  readonly StreamModeDetails: ModeDetails
  readonly WarmThroughputMiBps?: number
}

/** `UpdateStreamMode`: shards stay as they are. */
export const createUpdateStreamMode =
  (streams: Streams): Operation<Input> =>
  async (input) => {
    const { StreamModeDetails: details, WarmThroughputMiBps: warmMiBps } = input
    checkMembers([
      ...streamMembers(input),
      required({ path: 'streamModeDetails', value: details && '' }),
      ...modeMember(details),
      { path: 'warmThroughputMiBps', value: warmMiBps, least: 0 },
    ])
    const stream = streams.ofInput(input)
    const { StreamMode: mode } = details
    if (mode === 'PROVISIONED' && warmMiBps !== undefined)
      throw errors.validation('WarmThroughputMiBps can only be specified for a stream in ON_DEMAND mode.')
    if (mode === 'ON_DEMAND' && stream.record.mode !== mode) checkOnDemandLimit(streams)
    const kept = mode === 'ON_DEMAND' ? (warmMiBps ?? stream.record.warmMiBps) : undefined
    await streams.change(stream, { mode, warmMiBps: kept })
  }
