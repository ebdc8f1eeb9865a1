import * as errors from './errors.ts'
import type { ConsumerRecord, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** Registered consumers (enhanced fan-out) of streams. */

/** A stream has no more (Kinesis Data Streams Developer Guide, "Quotas and limits"). */
export const MOST_CONSUMERS = 20

/** `NAME:EPOCH`, the seconds of its creation. */
export const consumerKey = ({ name, createdMs }: ConsumerRecord): string =>
  `${name}:${Math.floor(createdMs / 1_000)}`

export const consumerArn = ({ arn }: Stream, consumer: ConsumerRecord): string =>
  `${arn}/consumer/${consumerKey(consumer)}`

/** A consumer as `ListStreamConsumers` shows it. It is `ACTIVE` as soon as it is durable. */
export const consumerShape = (stream: Stream, consumer: ConsumerRecord): Record<string, unknown> => ({
  ConsumerName: consumer.name,
  ConsumerARN: consumerArn(stream, consumer),
  ConsumerStatus: 'ACTIVE',
  ConsumerCreationTimestamp: consumer.createdMs / 1_000,
})

/** A consumer and whose it is. */
export interface Registration {
  readonly stream: Stream
  readonly consumer: ConsumerRecord
}

/** How an input names a consumer: by its ARN, or by its stream's and its name. */
export interface ConsumerInput {
  readonly StreamARN?: string
  readonly ConsumerName?: string
  readonly ConsumerARN?: string
  readonly StreamId?: string
}

/** The consumer that an input names. Throws AWS's error when there is none. */
export function registrationOf(streams: Streams, input: ConsumerInput): Registration {
  const { ConsumerARN: arn, ConsumerName: name, StreamARN, StreamId } = input
  const [streamArn, key] = arn === undefined ? [StreamARN, undefined] : splitArn(arn)
  if (streamArn === undefined || (key === undefined && name === undefined))
    throw errors.invalidArgument(
      'Either the ConsumerARN, or the StreamARN and the ConsumerName must be specified.',
    )
  const stream = streams.ofInput({ StreamARN: streamArn, ...(StreamId !== undefined && { StreamId }) })
  const consumer = stream.record.consumers.find((one) =>
    key === undefined ? one.name === name : consumerKey(one) === key,
  )
  if (!consumer) throw noSuchConsumer(streams, stream, key?.split(':')[0] ?? name ?? '')
  const isOther =
    (name !== undefined && name !== consumer.name) || (StreamARN !== undefined && StreamARN !== stream.arn)
  if (isOther)
    throw errors.invalidArgument('ConsumerARN, StreamARN and ConsumerName name different consumers.')
  return { stream, consumer }
}

/** What AWS says when a consumer does not exist. */
export const noSuchConsumer = (streams: Streams, { name }: Stream, consumerName: string) =>
  errors.resourceNotFound(
    `Consumer ${consumerName} of stream ${name} under account ${streams.edges.identity.accountId} not found.`,
  )

function splitArn(consumerArnText: string): [streamArn: string, key: string] {
  const [streamArn = '', key = ''] = consumerArnText.split('/consumer/')
  return [streamArn, key]
}
