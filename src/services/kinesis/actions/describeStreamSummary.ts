import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { streamShape, warmThroughput } from '../describe.ts'
import { type StreamInput, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'

/** `DescribeStreamSummary`. */
export const createDescribeStreamSummary =
  (streams: Streams): Operation<StreamInput> =>
  (input) => {
    checkMembers(streamMembers(input))
    const stream = streams.ofInput(input)
    const { record } = stream
    return {
      StreamDescriptionSummary: {
        ...streamShape(stream),
        StreamId: record.id,
        OpenShardCount: stream.open.length,
        ConsumerCount: record.consumers.length,
        MaxRecordSizeInKiB: record.maximumRecordKiB,
        ...(record.warmMiBps !== undefined && { WarmThroughput: warmThroughput(record.warmMiBps) }),
      },
    }
  }
