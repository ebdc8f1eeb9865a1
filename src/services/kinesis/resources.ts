import { checkMembers } from '../constraints.ts'
import { consumerKey, noSuchConsumer } from './consumers.ts'
import { resourceArnPattern, required, streamMembers } from './members.ts'
import type { ConsumerRecord, Stream } from './stream.ts'
import type { Streams } from './streams.ts'
import type { Tags } from './tags.ts'

/** How an input names a stream or a consumer. */
export interface ResourceInput {
  readonly ResourceARN: string
  readonly StreamId?: string
}

/** What streams and consumers both have. */
export interface Kept {
  readonly tags: Tags
  /** JSON. */
  readonly policy?: string | undefined
}

export interface Resource extends Kept {
  /** Stores a change; `undefined` takes a member away. */
  change(change: Partial<Kept>): Promise<void>
}

/** The stream or the consumer that an ARN means. Throws AWS's error when there is none. */
export function resourceOf(streams: Streams, { ResourceARN: arn, StreamId }: ResourceInput): Resource {
  checkMembers([
    required({ path: 'resourceARN', value: arn, least: 1, most: 2_048, pattern: resourceArnPattern }),
    ...streamMembers(StreamId === undefined ? {} : { StreamId }),
  ])
  const [streamArn = '', consumer] = arn.split('/consumer/')
  const stream = streams.ofInput({ StreamARN: streamArn, ...(StreamId !== undefined && { StreamId }) })
  return consumer === undefined
    ? streamResource(streams, stream)
    : consumerResource(streams, stream, consumer)
}

const streamResource = (streams: Streams, stream: Stream): Resource => ({
  tags: stream.record.tags,
  policy: stream.record.policy,
  change: (change) => streams.change(stream, change),
})

function consumerResource(streams: Streams, stream: Stream, key: string): Resource {
  const consumer = stream.record.consumers.find((one) => consumerKey(one) === key)
  if (!consumer) throw noSuchConsumer(streams, stream, key.split(':')[0] ?? '')
  return {
    tags: consumer.tags,
    policy: consumer.policy,
    change: (change) =>
      streams.change(stream, {
        consumers: stream.record.consumers.map((one) =>
          consumerKey(one) === key ? ({ ...one, ...change } as ConsumerRecord) : one,
        ),
      }),
  }
}
