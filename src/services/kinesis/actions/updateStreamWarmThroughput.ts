import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { warmThroughput } from '../describe.ts'
import * as errors from '../errors.ts'
import { required, type StreamInput, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'

/** `UpdateStreamWarmThroughput`: kept and shown; a stream takes what the machine takes. */
export const createUpdateStreamWarmThroughput =
  (streams: Streams): Operation<StreamInput & { readonly WarmThroughputMiBps: number }> =>
  async (input) => {
    const { WarmThroughputMiBps: miBps } = input
    checkMembers([...streamMembers(input), required({ path: 'warmThroughputMiBps', value: miBps, least: 0 })])
    const stream = streams.ofInput(input)
    if (stream.record.mode !== 'ON_DEMAND')
      throw errors.validation('WarmThroughputMiBps can only be specified for a stream in ON_DEMAND mode.')
    await streams.change(stream, { warmMiBps: miBps })
    return { StreamName: stream.name, StreamARN: stream.arn, WarmThroughput: warmThroughput(miBps) }
  }
