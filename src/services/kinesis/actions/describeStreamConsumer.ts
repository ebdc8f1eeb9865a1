import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { type ConsumerInput, consumerShape, registrationOf } from '../consumers.ts'
import { consumerMembers } from '../members.ts'
import type { Streams } from '../streams.ts'

/** `DescribeStreamConsumer`. */
export const createDescribeStreamConsumer =
  (streams: Streams): Operation<ConsumerInput> =>
  (input) => {
    checkMembers(consumerMembers(input))
    const { stream, consumer } = registrationOf(streams, input)
    return { ConsumerDescription: { ...consumerShape(stream, consumer), StreamARN: stream.arn } }
  }
