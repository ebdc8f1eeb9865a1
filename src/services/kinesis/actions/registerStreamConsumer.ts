import type { Operation } from '../../operation.ts'
import { checkMembers } from '../../constraints.ts'
import { consumerShape, MOST_CONSUMERS } from '../consumers.ts'
import * as errors from '../errors.ts'
import { consumerName, required, streamArnMember, streamMembers } from '../members.ts'
import type { Stream } from '../stream.ts'
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
    checkRoom(streams, stream, input.ConsumerName)
    const consumer = {
      name: input.ConsumerName,
      createdMs: streams.edges.clock.now(),
      tags: input.Tags ?? {},
    }
    await streams.change(stream, { consumers: [...stream.record.consumers, consumer] })
    return { Consumer: { ...consumerShape(stream, consumer), ConsumerStatus: 'CREATING' } }
  }

function checkRoom(streams: Streams, { name, record: { consumers } }: Stream, consumerNamed: string): void {
  const { accountId } = streams.edges.identity
  if (consumers.some((consumer) => consumer.name === consumerNamed))
    throw errors.resourceInUse(
      `Consumer ${consumerNamed} of stream ${name} under account ${accountId} already exists.`,
    )
  if (consumers.length >= MOST_CONSUMERS)
    throw errors.limitExceeded(
      `Stream ${name} under account ${accountId} cannot have more than ${MOST_CONSUMERS} registered consumers.`,
    )
}
