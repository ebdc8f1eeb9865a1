import type { Effect } from '../../store/index.ts'
import type { Service } from '../service.ts'
import { createDescribeStream } from './actions/describeStream.ts'
import { createGetRecords } from './actions/getRecords.ts'
import { createGetShardIterator } from './actions/getShardIterator.ts'
import { createListStreams } from './actions/listStreams.ts'
import { append, appendWith, type Placed, type StreamChanges } from './append.ts'
import type { ItemChange } from './change.ts'
import { overviewOf, type StreamOverview } from './overview.ts'
import { createStreamReader, type StreamReader } from './reader.ts'
import { shapes } from './shapes.ts'
import { type Edges, type NewStream, Streams } from './streams.ts'

export type { Placed, StreamChanges } from './append.ts'
export type { ItemChange } from './change.ts'
export type { Item } from './item.ts'
export type { ShardOverview, StreamOverview } from './overview.ts'
export type { StreamReader } from './reader.ts'
export type { DynamoDbStreamRecord } from './record.ts'
export type { KeySchemaElement, StreamViewType } from './stream.ts'
export type { NewStream } from './streams.ts'

/** The streams of DynamoDB tables, hosted here: the API for the gateway, and direct ways in and out for this process. */
export interface DynamoDbStreamsService {
  readonly service: Service
  /** Gives a table a stream, and answers its ARN; one of the same label that is there already stays as it is. */
  open(stream: NewStream): Promise<string>
  /** Disables a stream; its records stay for the rest of their 24 hours. Nothing happens if there is none. */
  close(streamArn: string): Promise<void>
  /** Whether there is a stream of that ARN, or any of the table of that ARN; also a disabled one that may hold records. */
  exists(arn: string): boolean
  /** The newest stream of a table; `undefined` when it has none. */
  newestOf(tableArn: string): string | undefined
  /**
   * Puts changes of items into their table's stream, in order, and answers where their records went once that is durable;
   * a change that changes nothing has none. Rejects with AWS's error when there is no such stream.
   */
  put(streamArn: string, changes: readonly ItemChange[], cause?: string): Promise<readonly Placed[]>
  /**
   * The same in a transaction of the caller's, also for several streams: `commit` gets the effects, and applies them with its
   * own. Changes of one item are in the order in which `commit` applies them.
   */
  putWith<Result>(
    changes: readonly StreamChanges[],
    commit: (effects: readonly Effect[]) => Promise<Result>,
    cause?: string,
  ): Promise<Result>
  /** Reads a stream, or the newest stream of a table, now or once it exists. */
  reader(arn: string): StreamReader
  /** All streams with their shards, by ARN. */
  overview(): StreamOverview[]
  /** Reads the streams from the store again, after it was emptied from outside. */
  reload(): void
}

const maximumBodyBytes = 1024 * 1024

/** Creates DynamoDB Streams over a store; streams that the store holds are there at once. */
export function createDynamoDbStreamsService(edges: Edges): DynamoDbStreamsService {
  const streams = new Streams(edges)
  return {
    service: {
      // It signs as `dynamodb`, as the tables' own service does: requests are told apart by their targets.
      name: 'dynamodbStreams',
      operations: {
        ListStreams: createListStreams(streams),
        DescribeStream: createDescribeStream(streams),
        GetShardIterator: createGetShardIterator(streams),
        GetRecords: createGetRecords(streams),
      } satisfies Record<keyof typeof shapes, unknown>,
      notBuilt: [],
      maximumBodyBytes,
      json: {
        target: 'DynamoDBStreams_20120810',
        version: '1.0',
        namespace: 'com.amazonaws.dynamodb.v20120810',
        shapes,
      },
    },
    open: async (stream) => (await streams.open(stream)).arn,
    async close(streamArn) {
      const stream = streams.get(streamArn)
      if (stream) await streams.close(stream)
    },
    exists: (arn) => streams.find(arn) !== undefined,
    newestOf: (tableArn) => streams.find(tableArn)?.arn,
    put: async (streamArn, changes, cause) => append(streams, streams.named(streamArn), changes, cause),
    putWith: async (changes, commit, cause) => appendWith(streams, changes, cause, commit),
    reader: (arn) => createStreamReader(streams, arn),
    overview: () => streams.all().map((stream) => overviewOf(streams, stream)),
    reload: () => streams.reload(),
  }
}
