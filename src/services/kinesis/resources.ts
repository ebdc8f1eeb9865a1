import { checkMembers } from './constraints.ts'
import * as errors from './errors.ts'
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

/** `NAME:EPOCH`, the seconds of its creation. */
const consumerKey = ({ name, createdMs }: ConsumerRecord): string =>
  `${name}:${Math.floor(createdMs / 1_000)}`

function consumerResource(streams: Streams, stream: Stream, key: string): Resource {
  const consumer = stream.record.consumers.find((one) => consumerKey(one) === key)
  if (!consumer)
    throw errors.resourceNotFound(
      `Consumer ${key.split(':')[0]} of stream ${stream.name} under account ${streams.edges.identity.accountId} not found.`,
    )
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
