import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { consumerShape, registerConsumer } from '../consumers.ts'
import { consumerName, required, streamArnMember, streamMembers } from '../members.ts'
import type { Streams } from '../streams.ts'
import { checkNewTags, checkTagMap, type Tags } from '../tags.ts'

interface Input {
  readonly StreamARN: string
  readonly ConsumerName: string
  readonly StreamId?: string
  readonly Tags?: Tags
}

/** `RegisterStreamConsumer`: answers `CREATING` as AWS does, and is `ACTIVE` by then. */
export const createRegisterStreamConsumer =
  (streams: Streams): Operation<Input> =>
  async (input) => {
    checkMembers([
      required(streamArnMember(input.StreamARN)),
      required(consumerName(input.ConsumerName)),
      ...streamMembers(input.StreamId === undefined ? {} : { StreamId: input.StreamId }),
    ])
    if (input.Tags) {
      checkTagMap(input.Tags)
      checkNewTags({}, input.Tags)
    }
    const stream = streams.ofInput(input)
    const consumer = await registerConsumer(streams, stream, input.ConsumerName, input.Tags ?? {})
    return { Consumer: { ...consumerShape(stream, consumer), ConsumerStatus: 'CREATING' } }
  }
