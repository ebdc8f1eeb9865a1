import * as errors from './errors.ts'
import type { ConsumerRecord, Stream } from './stream.ts'
import type { Streams } from './streams.ts'

/** Registered consumers (enhanced fan-out) of streams. */

/** A stream has no more (Kinesis Data Streams Developer Guide, "Quotas and limits"). */
const MOST_CONSUMERS = 20

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

/** Registers a consumer; resolves once it is durable. Throws AWS's errors when there is one of that name, or one too many. */
export async function registerConsumer(
  streams: Streams,
  stream: Stream,
  name: string,
  tags: ConsumerRecord['tags'],
): Promise<ConsumerRecord> {
  checkRoom(streams, stream, name)
  const consumer = { name, createdMs: streams.edges.clock.now(), tags }
  await streams.change(stream, { consumers: [...stream.record.consumers, consumer] })
  return consumer
}

/** Registers those of the names that are not there yet. */
export async function declareConsumers(
  streams: Streams,
  stream: Stream,
  names: readonly string[],
): Promise<void> {
  const known = new Set(stream.record.consumers.map(({ name }) => name))
  for (const name of names) if (!known.has(name)) await registerConsumer(streams, stream, name, {})
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
