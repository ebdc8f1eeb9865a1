import type { Service } from '../service.ts'
import { append, type Arrival, type Placed } from './append.ts'
import { consumerArn, declareConsumers } from './consumers.ts'
import { type DeclaredStream, declareStream } from './declare.ts'
import { operationsOf } from './operations.ts'
import { recordAt, recordsIn, type SeenRecord } from './look.ts'
import { overviewOf, type StreamOverview } from './overview.ts'
import { checkRecord } from './putting.ts'
import { createStreamReader, type StreamReader } from './reader.ts'
import { shapes } from './shapes.ts'
import { type Edges, Streams } from './streams.ts'
import { Subscriptions } from './subscriptions.ts'

export type { DeclaredStream } from './declare.ts'
export type { ShardOverview, StreamOverview } from './overview.ts'
export type { StreamReader } from './reader.ts'
export type { SeenRecord } from './look.ts'
export type { KinesisRecord } from './record.ts'

/** Kinesis Data Streams, hosted here: the API for the gateway, and direct ways in and out for the rest of this process. */
export interface KinesisService {
  readonly service: Service
  /**
   * Creates the streams that a spec describes, or gives existing ones the spec's settings; a stream that is not among
   * them any more keeps its records.
   */
  declare(declared: readonly DeclaredStream[]): Promise<void>
  /** Registers consumers of a stream that are not there yet. Rejects with AWS's error when there is no such stream. */
  declareConsumers(streamName: string, names: readonly string[]): Promise<void>
  /** The ARN of a consumer, with the time of its registration in it; `undefined` when there is none of that name. */
  consumerArn(streamName: string, consumerName: string): string | undefined
  exists(streamName: string): boolean
  /** By name. */
  streamNames(): string[]
  arnOf(streamName: string): string
  /** The name of the stream that an ARN means; `undefined` when it is not here, or is one of another region or account. */
  streamOfArn(arn: string): string | undefined
  /** Reads a stream, now or once it exists; with `consumerArn` by enhanced fan-out, as that consumer. */
  reader(streamName: string, options?: { readonly consumerArn?: string }): StreamReader
  /** All streams with their shards, by name. */
  overview(): StreamOverview[]
  /** The latest records, at most `most` of each shard, in the order in which they came; none of a stream that is not there. */
  records(streamName: string, most: number): SeenRecord[]
  /** One record; `undefined` when it is gone. */
  record(streamName: string, shardId: string, sequenceNumber: string): SeenRecord | undefined
  /** Puts a record; resolves once it is durable. Rejects with AWS's error when there is no such stream. */
  put(streamName: string, record: Arrival, cause?: string): Promise<Placed>
  /** Reads the streams from the store again, after it was emptied from outside. */
  reload(): void
}

/** 10 MiB of data in base64, with keys and names of 500 records. */
const maximumBodyBytes = 16 * 1024 * 1024

/** Creates Kinesis over a store; streams that the store holds are there at once. */
export function createKinesisService(edges: Edges): KinesisService {
  const streams = new Streams(edges)
  return {
    service: {
      name: 'kinesis',
      operations: operationsOf(streams, new Subscriptions(streams)),
      notBuilt: [],
      maximumBodyBytes,
      json: { target: 'Kinesis_20131202', version: '1.1', shapes, emptyAnswers: true, cbor: true },
    },
    async declare(declared) {
      for (const stream of declared) await declareStream(streams, stream)
    },
    declareConsumers: (streamName, names) => declareConsumers(streams, streams.named(streamName), names),
    consumerArn(streamName, consumerName) {
      const stream = streams.get(streamName)
      const consumer = stream?.record.consumers.find(({ name }) => name === consumerName)
      return stream && consumer && consumerArn(stream, consumer)
    },
    exists: (streamName) => streams.get(streamName) !== undefined,
    streamNames: () => streams.all().map(({ name }) => name),
    arnOf: (streamName) => streams.arnOf(streamName),
    streamOfArn: (arn) => streams.all().find((stream) => stream.arn === arn)?.name,
    reader: (streamName, { consumerArn: arn } = {}) => createStreamReader(streams, streamName, arn),
    overview: () => streams.all().map((stream) => overviewOf(streams, stream)),
    records(streamName, most) {
      const stream = streams.get(streamName)
      return stream ? recordsIn(streams, stream, most) : []
    },
    record(streamName, shardId, sequenceNumber) {
      const stream = streams.get(streamName)
      return stream && recordAt(streams, stream, shardId, sequenceNumber)
    },
    async put(streamName, record, cause) {
      const stream = streams.named(streamName)
      checkRecord(stream, record)
      const [placed] = await append(streams, stream, [record], cause)
      return placed!
    },
    reload: () => streams.reload(),
  }
}
